/**
 * Numbers for the labels by which a vendor tells the speakers of one connection apart (`"1"`,
 * `"S2"`, `"SPEAKER_00"`): 0 for the first label that is heard, 1 for the second.
 */
export class SpeakerLabels {
  readonly #numbers = new Map<string, number>();

  /** Null for no label. */
  numberOf(label: string | null | undefined): number | null {
    if (label === null || label === undefined || label === '') return null;
    const known = this.#numbers.get(label);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(label, number);
    return number;
  }
}
