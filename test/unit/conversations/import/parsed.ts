import type { ImportedTurn } from '../../../../src/conversations/import/imported-transcript.ts';
import {
  type ParseOptions,
  parseTranscript,
} from '../../../../src/conversations/import/parse-transcript.ts';

/** Reads a file of this content. */
export function parse(
  content: string | Uint8Array,
  fileName: string,
  options: Partial<ParseOptions> = {},
) {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return parseTranscript(bytes, { fileName, format: null, ...options });
}

/** The turns of the only conversation of a file of this content. */
export async function turnsOf(
  content: string | Uint8Array,
  fileName: string,
  options: Partial<ParseOptions> = {},
): Promise<ImportedTurn[]> {
  const { talks } = await parse(content, fileName, options);
  if (talks.length !== 1) throw new Error(`It holds ${talks.length} conversations.`);
  return talks[0]?.turns ?? [];
}

/** Turns as `start in seconds, speaker: words`, for reading. */
export function spoken(turns: readonly ImportedTurn[]): string[] {
  return turns.map(({ startMs, speaker, text }) => `${startMs / 1000} ${speaker ?? '-'}: ${text}`);
}
