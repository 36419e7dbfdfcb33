import type { SpeakerCorrections } from '../model/speaker-correction.ts';
import type { SttWord } from '../stt/stt-event.ts';

/**
 * Numbers of a stream's speakers → those of the conversation's labels. Each stream counts its
 * speakers anew, and whoever is played to it first comes first. Where the user has said in this
 * conversation that speaker 1 is Anna, a later stream's Anna, recognised by her voice, is speaker 1
 * again, and nobody else is. Speakers who are not recognised take the numbers that are left, in the
 * order in which they begin to speak.
 */
export class SpeakerNumbers {
  readonly #labels = new Map<number, number>();
  readonly #taken = new Set<number>();
  #corrections: SpeakerCorrections['speakers'] = {};

  /**
   * A stream begins in a conversation of which the user has said this so far.
   *
   * @param continued speakers of an earlier stream that keep their labels as their numbers
   */
  begin(
    corrections: SpeakerCorrections | undefined,
    continued: readonly { speaker: number | null }[] = [],
  ): void {
    this.#labels.clear();
    this.#taken.clear();
    this.#corrections = corrections?.speakers ?? {};
    for (const { speaker } of continued) if (speaker !== null) this.#take(speaker, speaker);
  }

  /** The label of a speaker who was recognised, which has to be asked for before the first words. */
  recognised(speaker: number, personId: string): number {
    const known = this.#labels.get(speaker);
    if (known !== undefined) return known;
    const said = Object.keys(this.#corrections)
      .filter((label) => this.#corrections[label] === personId)
      .map(Number)
      .find((label) => !this.#taken.has(label));
    return this.#take(speaker, said ?? this.#lowest((label) => !(label in this.#corrections)));
  }

  /** The words with the labels of their speakers. */
  labelled(words: readonly SttWord[]): SttWord[] {
    return words.map((word) => {
      const { speaker } = word;
      if (speaker === null) return word;
      const label =
        this.#labels.get(speaker) ??
        this.#take(
          speaker,
          this.#lowest(() => true),
        );
      return { ...word, speaker: label };
    });
  }

  #take(speaker: number, label: number): number {
    this.#labels.set(speaker, label);
    this.#taken.add(label);
    return label;
  }

  #lowest(fits: (label: number) => boolean): number {
    let label = 0;
    while (this.#taken.has(label) || !fits(label)) label += 1;
    return label;
  }
}
