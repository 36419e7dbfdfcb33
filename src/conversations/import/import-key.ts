import { createHash } from 'node:crypto';
import type { AudioSource } from '../../audio/file/audio-source.ts';
import { sha256Hex } from '../../kernel/ids.ts';
import type { ImportedTurn } from './imported-transcript.ts';
import { normalName } from './turn-segments.ts';

/** Bytes of a file that are read at a time. */
const HASHED_BYTES = 2 ** 20;

/**
 * SHA-256 of who says what, and of who the user is. How a format cuts speech into turns and when it
 * says that they were spoken do not count.
 */
export function importKeyOf(turns: readonly ImportedTurn[], me: string | null): string {
  const speeches: { speaker: string | null; texts: string[] }[] = [];
  for (const { speaker, text } of turns) {
    const last = speeches.at(-1);
    if (last && last.speaker === speaker) last.texts.push(text);
    else speeches.push({ speaker, texts: [text] });
  }
  const said = speeches.map(({ speaker, texts }) => [speaker, texts.join(' ')]);
  return sha256Hex(JSON.stringify({ me: me && normalName(me), speeches: said }));
}

/** SHA-256 of a file of sound, by its bytes: what is heard in it may differ from time to time. */
export async function soundKeyOf(source: AudioSource): Promise<string> {
  const hash = createHash('sha256').update('sound');
  for (let at = 0; at < source.size; at += HASHED_BYTES) {
    hash.update(await source.read(at, at + HASHED_BYTES));
  }
  return hash.digest('hex');
}
