import type { ChatFile } from '../../model/chat/chat-file.ts';
import type { ChatTurn } from '../turn.ts';
import type { ChatFiles } from './chat-files.ts';
import { placeOf, quoteOf } from './file-passages.ts';
import { searchFiles } from './search-files.ts';

const QUOTED = 3;

/** Returns a question about files without a language model: quotes what they say, with the place. */
export async function answerFromFiles(
  source: Pick<ChatFiles, 'passagesOf'>,
  turn: ChatTurn,
  files: readonly ChatFile[],
): Promise<void> {
  turn.status('Searching files');
  const found = await searchFiles(source, files, turn.message);
  const quoted = found.slice(0, QUOTED);
  if (quoted.length > 0) {
    const shares = (quoted[0]?.score ?? 0) > 0;
    turn.say(shares ? 'This is what the files say:' : 'The files begin like this:');
    for (const passage of quoted) {
      turn.breakParagraph();
      const quote = quoteOf(passage, turn.message).replace(/\[(\d[\d,\s]*)\]/g, '($1)');
      turn.say(`${passage.file.name}, ${placeOf(passage)}: “${quote}”`);
    }
  } else turn.say('I found nothing in the files that I can quote.');
  for (const file of files) {
    const why = whyUnread(file);
    if (why === null) continue;
    turn.breakParagraph();
    turn.say(`${file.name}: ${why}`);
  }
}

function whyUnread({ kind, unread }: ChatFile): string | null {
  if (kind !== 'image') return unread;
  return 'No model that sees is configured, so I cannot look at images.';
}
