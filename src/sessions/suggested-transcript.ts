import { newId } from '../kernel/ids.ts';
import type { Logger } from '../kernel/logger.ts';
import { makeSegment, type TranscriptSegment } from '../model/transcript-segment.ts';
import { type SessionTime, SuggestedTimes } from './suggested-times.ts';

/**
 * What a client sends that transcribes by itself (`custom_stt=enabled`), as it has come: only
 * `SuggestedTranscriptReader` knows what of it can be used. Its form is
 * `{ segments: [{ id, text, speaker, is_user, person_id, start, end }], stt_provider }`, with times in
 * seconds from the first audio byte, or from the start of the connection if no audio is sent.
 */
export type SuggestedTranscript = Readonly<Record<string, unknown>>;

/** Why something in a message is no segment. */
export type SkipReason = 'not an object' | 'no text' | 'text too long' | 'too many segments';

export interface ReadTranscript {
  segments: TranscriptSegment[];
  /** The client's own ids, by those of the segments. */
  clientIds: ReadonlyMap<string, string>;
  /** What was left out, by reason. */
  skipped: ReadonlyMap<SkipReason, number>;
}

const MAX_SEGMENTS = 20_000;
const MAX_TEXT_LENGTH = 20_000;
const MAX_NAME_LENGTH = 100;
const MAX_LABEL_LENGTH = 50;
/** Lists within lists that are looked into. */
const MAX_DEPTH = 4;
/** A speaker's number beyond this is none. */
const MAX_SPEAKER = 9_999;

interface Candidate {
  source: Record<string, unknown>;
  text: string;
  start: unknown;
  end: unknown;
}

/** Reads what the client of one session suggests: each segment by itself, so that a bad one harms no other. */
export class SuggestedTranscriptReader {
  readonly #times = new SuggestedTimes();
  #skipped = 0;

  /** Logs how much was left out over the whole session, if anything was. */
  log(logger: Logger): void {
    if (this.#skipped > 0) logger.warn({ skipped: this.#skipped }, 'suggested segments skipped');
  }

  read(message: SuggestedTranscript, session: SessionTime): ReadTranscript {
    const skipped = new Map<SkipReason, number>();
    const skip = (reason: SkipReason): void => {
      this.#skipped += 1;
      skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
    };
    const candidates: Candidate[] = [];
    for (const item of flatten(message.segments, MAX_DEPTH)) {
      const candidate = toCandidate(item);
      if (typeof candidate === 'string') skip(candidate);
      else if (candidate.text === '') continue;
      else if (candidates.length >= MAX_SEGMENTS) skip('too many segments');
      else candidates.push(candidate);
    }
    this.#times.observe(candidates, session);
    const sttProvider = nameOf(message.stt_provider);
    const clientIds = new Map<string, string>();
    const segments = candidates.map((candidate) => {
      // The client's own id is not taken: ids are document keys, and another conversation may have it.
      const id = newId();
      const clientId = nameOf(candidate.source.id);
      if (clientId !== null) clientIds.set(id, clientId);
      return makeSegment({
        id,
        text: candidate.text,
        speaker: speakerOf(candidate.source),
        isUser: flagOf(candidate.source.is_user),
        personId: nameOf(candidate.source.person_id),
        ...this.#times.read(candidate, session),
        sttProvider,
      });
    });
    return { segments, clientIds, skipped };
  }
}

/** What a client is told of what could not be read. Holds no words of anybody. */
export function skippedText({ segments, skipped }: ReadTranscript): string {
  const reasons = [...skipped].map(([reason, count]) => `${reason} (${count})`);
  const total = [...skipped.values()].reduce((sum, count) => sum + count, 0);
  return `${total} of ${total + segments.length} segments of suggested_transcript could not be read: ${reasons.join(', ')}.`;
}

/** The members of a list, and of the lists in it; a value that is no list is one member. */
function* flatten(value: unknown, depth: number): Generator<unknown> {
  if (Array.isArray(value) && depth > 0) {
    for (const member of value) yield* flatten(member, depth - 1);
  } else if (isRecord(value) && !('text' in value) && 'segments' in value && depth > 0) {
    yield* flatten(value.segments, depth - 1);
  } else yield value;
}

function toCandidate(item: unknown): Candidate | SkipReason {
  const source = typeof item === 'string' ? { text: item } : item;
  if (!isRecord(source)) return 'not an object';
  const { text, start, end } = source;
  if (typeof text === 'number' && Number.isFinite(text)) {
    return { source, text: String(text), start, end };
  }
  if (typeof text !== 'string') return 'no text';
  const trimmed = text.trim();
  if (trimmed.length > MAX_TEXT_LENGTH) return 'text too long';
  return { source, text: trimmed, start, end };
}

/** The speaker's label; a number becomes the label of that number. */
function speakerOf({ speaker, speaker_id }: Record<string, unknown>): string {
  for (const value of [speaker, speaker_id]) {
    const isDigits = typeof value === 'string' && /^\d{1,4}$/.test(value.trim());
    const number = isDigits ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number)) {
      if (number >= 0 && number <= MAX_SPEAKER) return `SPEAKER_${String(number).padStart(2, '0')}`;
    } else if (typeof number === 'string' && number.trim() !== '') {
      return number.trim().slice(0, MAX_LABEL_LENGTH);
    }
  }
  return 'SPEAKER_00';
}

function flagOf(value: unknown): boolean {
  if (typeof value === 'string') return ['true', '1', 'yes'].includes(value.trim().toLowerCase());
  return value === true || value === 1;
}

/** A text or number as a name; null for nothing, and for what is too long to be one. */
function nameOf(value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string') return null;
  const name = text.trim();
  return name === '' || name.length > MAX_NAME_LENGTH ? null : name;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
