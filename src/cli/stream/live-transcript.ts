import type { Segment } from '../../client/records.ts';
import { unnamedSpeaker } from '../../text/unnamed-speaker.ts';
import { clockTime } from '../terminal.ts';

/**
 * The transcript as it grows. Only the last segment still changes as a rule, so that a line is
 * given out once a later segment has begun; what changes after that is given out again, marked.
 */
export class LiveTranscript {
  readonly #segments = new Map<string, Segment>();
  readonly #shown = new Map<string, string>();
  readonly #nameOf: (personId: string) => string | undefined;

  /** @param nameOf name of a person by id, as far as it is known here */
  constructor(nameOf: (personId: string) => string | undefined) {
    this.#nameOf = nameOf;
  }

  /** The words that may still change; empty if there are none. */
  get tail(): string {
    return [...this.#segments.values()].at(-1)?.text ?? '';
  }

  /** Takes new and changed segments and answers the lines that are settled now. */
  update(segments: readonly Segment[]): string[] {
    for (const segment of segments) this.#segments.set(segment.id, segment);
    return this.#linesOf([...this.#segments.keys()].slice(0, -1));
  }

  /** Takes away segments whose words have moved to others. */
  delete(ids: readonly string[]): void {
    for (const id of ids) this.#segments.delete(id);
  }

  /** The lines that are left at the end. */
  finish(): string[] {
    return this.#linesOf([...this.#segments.keys()]);
  }

  #linesOf(ids: readonly string[]): string[] {
    const lines: string[] = [];
    for (const id of ids) {
      const segment = this.#segments.get(id);
      if (!segment) continue;
      const line = `${clockTime(segment.start)} ${this.#speakerOf(segment)}: ${segment.text}`;
      const before = this.#shown.get(id);
      if (before === line) continue;
      this.#shown.set(id, line);
      lines.push(before === undefined ? line : `${line}  (corrected)`);
    }
    return lines;
  }

  #speakerOf(segment: Segment): string {
    if (segment.is_user) return 'You';
    const name = segment.person_id === null ? undefined : this.#nameOf(segment.person_id);
    return name ?? unnamedSpeaker(segment.speaker_id);
  }
}
