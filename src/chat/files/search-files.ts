import type { ChatFile } from '../../model/chat-file.ts';
import type { ChatFiles } from './chat-files.ts';
import { type FoundPassage, rankPassages } from './file-passages.ts';

/** Passages of files that bear on a question. */
const PASSAGES = 8;
/** Of a file that is asked about as a whole ("summarise it"), its beginning. */
const BEGINNING = 12;

/**
 * The passages that bear on a question, best first; where no words are shared, as with "what does
 * it say", the beginning of each file.
 */
export async function searchFiles(
  source: Pick<ChatFiles, 'passagesOf'>,
  files: readonly ChatFile[],
  question: string,
): Promise<FoundPassage<ChatFile>[]> {
  const loaded = await Promise.all(
    files.map(async (file) => ({ file, passages: await source.passagesOf(file) })),
  );
  const found = await rankPassages(loaded, question, PASSAGES);
  if (found.length > 0) return found;
  const readable = loaded.filter(({ passages }) => passages.length > 0);
  const each = Math.max(1, Math.floor(BEGINNING / Math.max(1, readable.length)));
  return readable.flatMap(({ file, passages }) =>
    passages.slice(0, each).map((passage) => ({ ...passage, file, score: 0 })),
  );
}
