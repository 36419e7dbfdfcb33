import { AppError } from '../../kernel/errors.ts';
import { binaryKind } from './binary-files.ts';
import { decodeText } from './decode-text.ts';
import {
  type ImportedTranscript,
  type ImportedTurn,
  LeftOutCounter,
} from './imported-transcript.ts';
import { documentKind, otherKind } from './other-files.ts';
import { TRANSCRIPT_FORMATS } from './registry.ts';
import { FORMAT_FAMILIES, TextFile, type TranscriptFormat } from './transcript-format.ts';

/** Largest transcript, bytes; a day of speech has about one megabyte. */
export const MAX_TRANSCRIPT_BYTES = 64 * 2 ** 20;

export interface ParseOptions {
  /** The last part of the file's path. */
  fileName: string;
  /** A family or an id of a format; null to recognise it by what the file holds, then by its name. */
  format: string | null;
  /** Of the text, as of the WHATWG encoding standard; null to find it out. */
  encoding?: string | null;
  /** People who may speak in it. */
  knownNames?: readonly string[];
  /** IANA zone of times of day that the file gives without one. */
  timeZone?: string;
}

/**
 * Reads a transcript file of any known kind. Takes time linear in its size.
 *
 * @throws `bad-request` that says what is wrong with it, without its words
 */
export async function parseTranscript(
  bytes: Uint8Array,
  options: ParseOptions,
): Promise<ImportedTranscript> {
  const kind = binaryKind(bytes);
  if (kind !== null) throw new AppError('bad-request', `It is ${kind}, not a transcript.`);
  const { text, unreadable } = decodeText(bytes, options.encoding ?? null);
  if (text.trim() === '') throw new AppError('bad-request', 'It is empty.');
  const file = new TextFile({
    name: options.fileName,
    text,
    knownNames: options.knownNames ?? [],
    timeZone: options.timeZone ?? 'UTC',
  });
  const format = chooseFormat(file, options.format);
  const { talks, leftOut } = format.parse(file);
  const spoken = talks.filter((talk) => talk.turns.length > 0);
  if (spoken.length === 0) {
    throw new AppError('bad-request', `No speech was found in it, read as ${format.title}.`);
  }
  if (options.format === null && format.id === 'plain-text') {
    refuseDocument(
      file,
      spoken.flatMap((talk) => talk.turns),
    );
  }
  const counter = new LeftOutCounter();
  for (const _talk of talks.slice(spoken.length)) counter.add('conversation without words', '');
  if (unreadable > 0) counter.add('group of characters in no readable encoding', '');
  return { format: format.id, talks: spoken, leftOut: [...leftOut, ...counter.list()] };
}

/** Names by which a format can be asked for: families and ids. */
function formatNames(): string[] {
  return [...new Set([...FORMAT_FAMILIES, ...TRANSCRIPT_FORMATS.map(({ id }) => id)])];
}

function chooseFormat(file: TextFile, asked: string | null): TranscriptFormat {
  const named = TRANSCRIPT_FORMATS.filter(({ id, family }) => asked === id || asked === family);
  const [only] = named;
  if (asked !== null && !only) {
    const names = formatNames().join(', ');
    throw new AppError('bad-request', `Unknown format "${asked}". Use one of: ${names}.`);
  }
  if (asked !== null && only && named.length === 1) return only;
  if (asked === null) {
    const other = otherKind(file);
    if (other !== null) throw new AppError('bad-request', `It is ${other}.`);
  }
  const candidates = asked === null ? TRANSCRIPT_FORMATS : named;
  let best: { format: TranscriptFormat; score: number } | null = null;
  for (const format of candidates) {
    const score = format.recognise(file);
    if (score > (best?.score ?? 0)) best = { format, score };
  }
  const isJson = asked === 'json' || file.extension === 'json' || isJsonText(file);
  if (best && !(isJson && best.format.family !== 'json')) return best.format;
  throw new AppError('bad-request', isJson ? unknownJson(file) : `It is not ${asked}.`);
}

function isJsonText(file: TextFile): boolean {
  return file.looksLikeJson && file.json !== undefined;
}

function unknownJson(file: TextFile): string {
  if (file.json === undefined) return 'It is not valid JSON.';
  const known = TRANSCRIPT_FORMATS.filter(({ family }) => family === 'json').map(
    ({ title }) => title,
  );
  return `It is JSON of no known form. Known are transcripts of ${known.join(', ')}.`;
}

/** Refuses a README and the like, which contain no speech. */
function refuseDocument(file: TextFile, turns: readonly ImportedTurn[]): void {
  const spoken = turns.filter(({ speaker }) => speaker !== null).length;
  if (spoken * 2 >= turns.length) return;
  const kind = documentKind(file);
  if (kind === null) return;
  throw new AppError(
    'bad-request',
    `It is ${kind} in which nobody speaks. To import it as a text: --source text; as a transcript: --format plain-text.`,
  );
}
