import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import { people } from '../model/people/person.ts';
import type { DocumentReader } from '../store/document-store.ts';

/** Most people of one session. */
const MAX_KNOWN = 1_000;

/**
 * Leaves out of segments the people that their user does not have: clients and services name ids,
 * and one of them could be somebody else's, or of a person that was deleted.
 */
export class KnownPeople {
  readonly #reader: DocumentReader;
  readonly #uid: string;
  readonly #known = new Set<string>();

  constructor(reader: DocumentReader, uid: string) {
    this.#reader = reader;
    this.#uid = uid;
  }

  async check(segments: readonly TranscriptSegment[]): Promise<TranscriptSegment[]> {
    const asked = new Set(
      segments.flatMap(({ personId }) =>
        personId === null || this.#known.has(personId) ? [] : [personId],
      ),
    );
    if (asked.size > 0) {
      if (this.#known.size > MAX_KNOWN) this.#known.clear();
      const found = await this.#reader.findMany(people, this.#uid, [...asked]);
      for (const { id } of found) this.#known.add(id);
    }
    return segments.map((segment) =>
      segment.personId === null || this.#known.has(segment.personId)
        ? segment
        : { ...segment, personId: null },
    );
  }
}
