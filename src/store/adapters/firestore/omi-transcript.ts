import { deflateSync } from 'node:zlib';
import { z } from 'zod';
import { AppError } from '../../../kernel/errors.ts';
import { inflateTextSync } from '../../../kernel/inflate.ts';
import type { UserCipher } from '../../../kernel/user-cipher.ts';
import {
  makeSegment,
  segmentsFromJson,
  segmentsToJson,
  speakerIdOf,
  type TranscriptSegment,
  transcriptSegmentSchema,
  translationSchema,
  wordSchema,
} from '../../../model/transcript-segment.ts';
import { storedName } from './field-codec.ts';

/** A segment as Omi stores it, seconds; `words` is ours, and Omi passes over it. */
const omiSegmentSchema = z.looseObject({
  id: z.string().nullish(),
  text: z.string().nullish(),
  speaker: z.string().nullish(),
  is_user: z.boolean().nullish(),
  person_id: z.string().nullish(),
  start: z.number().nullish(),
  end: z.number().nullish(),
  translations: z.array(translationSchema).nullish().catch([]),
  speech_profile_processed: z.boolean().nullish(),
  stt_provider: z.string().nullish(),
  words: z.array(wordSchema).nullish().catch([]),
});

/** Fields of a segment that `toOmiSegment` gives a form of their own. */
const MAPPED: ReadonlySet<string> = new Set<keyof TranscriptSegment>([
  'id',
  'text',
  'speaker',
  'isUser',
  'personId',
  'startMs',
  'endMs',
  'translations',
  'speechProfileProcessed',
  'sttProvider',
  'words',
]);

/** What the model has beyond Omi's: it stands beside Omi's fields under names in Omi's style. */
const OWN_FIELDS = Object.entries(transcriptSegmentSchema.shape).filter(
  ([name]) => !MAPPED.has(name),
);

/** The field `transcript_segments` of Omi's conversation for one of our chunks. */
export function toOmiTranscript(
  segmentsZlibBase64: string,
  owner: string,
  cipher: UserCipher | null,
): Buffer | string {
  const segments = segmentsFromJson(inflateTextSync(Buffer.from(segmentsZlibBase64, 'base64')));
  const zipped = deflateSync(JSON.stringify(segments.map(toOmiSegment)));
  return cipher ? cipher.encryptText(owner, zipped.toString('hex')) : zipped;
}

/**
 * Our chunk for what stands in `transcript_segments`: zlib bytes, their encrypted hexadecimal text, or
 * a plain list. Undefined where there are no segments.
 */
export function fromOmiTranscript(
  stored: unknown,
  conversationId: string,
  owner: string,
  cipher: UserCipher | null,
): string | undefined {
  const plain = readStored(stored, owner, cipher);
  const segments = z
    .array(omiSegmentSchema)
    .parse(plain)
    .map((segment, i) => fromOmiSegment(segment, `${conversationId}-${i}`));
  if (segments.length === 0) return undefined;
  return deflateSync(segmentsToJson(segments)).toString('base64');
}

function readStored(stored: unknown, owner: string, cipher: UserCipher | null): unknown {
  if (stored === undefined || stored === null || stored === '') return [];
  if (stored instanceof Uint8Array) return JSON.parse(inflateTextSync(stored));
  if (typeof stored !== 'string') return stored;
  if (!cipher) {
    throw new AppError(
      'not-configured',
      'A transcript is encrypted: ENCRYPTION_SECRET has to be the one that it was stored with.',
    );
  }
  const text = cipher.decryptText(owner, stored);
  // Omi's oldest encrypted transcripts are JSON without compression.
  if (text.startsWith('[')) return JSON.parse(text);
  return JSON.parse(inflateTextSync(Buffer.from(text, 'hex')));
}

function toOmiSegment(segment: TranscriptSegment): Record<string, unknown> {
  return {
    id: segment.id,
    text: segment.text,
    speaker: segment.speaker,
    speaker_id: speakerIdOf(segment.speaker),
    is_user: segment.isUser,
    person_id: segment.personId,
    start: segment.startMs / 1000,
    end: segment.endMs / 1000,
    translations: segment.translations,
    speech_profile_processed: segment.speechProfileProcessed,
    stt_provider: segment.sttProvider,
    words: segment.words,
    ...ownFieldsOf(segment),
  };
}

function ownFieldsOf(segment: TranscriptSegment): Record<string, unknown> {
  const fields = new Map<string, unknown>(Object.entries(segment));
  return Object.fromEntries(OWN_FIELDS.map(([name]) => [storedName(name), fields.get(name)]));
}

/** Those of the own fields that are there and are of their kind; Omi's segments have none. */
function readOwnFields(stored: Record<string, unknown>): Partial<TranscriptSegment> {
  return Object.fromEntries(
    OWN_FIELDS.flatMap(([name, schema]) => {
      const parsed = schema.safeParse(stored[storedName(name)]);
      return parsed.success && parsed.data !== undefined ? [[name, parsed.data]] : [];
    }),
  );
}

function fromOmiSegment(
  stored: z.infer<typeof omiSegmentSchema>,
  fallbackId: string,
): TranscriptSegment {
  return makeSegment({
    id: stored.id || fallbackId,
    text: stored.text ?? '',
    speaker: stored.speaker ?? 'SPEAKER_00',
    isUser: stored.is_user ?? false,
    personId: stored.person_id ?? null,
    startMs: Math.round((stored.start ?? 0) * 1000),
    endMs: Math.round((stored.end ?? 0) * 1000),
    translations: stored.translations ?? [],
    speechProfileProcessed: stored.speech_profile_processed ?? true,
    sttProvider: stored.stt_provider ?? null,
    words: stored.words ?? [],
    ...readOwnFields(stored),
  });
}
