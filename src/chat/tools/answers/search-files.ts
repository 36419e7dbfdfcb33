import { z } from 'zod';
import type { ChatFile } from '../../../model/chat/chat-file.ts';
import { type ChatFiles, MAX_FILES_PER_QUESTION } from '../../files/chat-files.ts';
import { placeOf } from '../../files/file-passages.ts';
import { searchFiles } from '../../files/search-files.ts';
import { markAsData } from '../../untrusted-text.ts';
import type { ToolContext } from '../chat-tool.ts';
import { defineTool } from '../tool.ts';

/** What the files of a chat say about something, with page or line. */
export const searchFilesTool = defineTool({
  name: 'search_files',
  chat: {
    scope: 'files.read',
    description:
      'Finds passages in the files that the user gave to this chat, with the page or line to name as their source.',
    status: 'Searching files',
    writes: [],
    keepsToScope: true,
    schema: z.object({
      question: z.string().min(1).max(1000),
      file_ids: z.array(z.string()).max(50).optional().describe('Only these files'),
    }),
    run: async ({ files }, context, { question, file_ids: ids }) => {
      const chosen = await filesOf(files, context, ids ?? []);
      if (chosen.length === 0) return 'There are no files here.';
      const found = await searchFiles(files, chosen, question);
      const unread = chosen.flatMap(({ name, unread: why, kind }) =>
        kind === 'image' ? [`${name} is an image`] : why === null ? [] : [`${name}: ${why}`],
      );
      const notes =
        unread.length > 0 ? `\nNot read:\n${markAsData('files', unread.join('\n'))}` : '';
      if (found.length === 0) return `No passages were found.${notes}`;
      const blocks = found.map((passage) =>
        markAsData('file', `${passage.file.name}, ${placeOf(passage)}:\n${passage.text}`),
      );
      return `${found.length} passages:\n${blocks.join('\n')}${notes}`;
    },
  },
});

/** Those asked for by id, else those of the chat, else (outside of a chat) the newest. */
async function filesOf(
  files: ChatFiles,
  { uid, chat }: ToolContext,
  ids: readonly string[],
): Promise<ChatFile[]> {
  if (ids.length > 0) {
    return (await files.findMany(uid, ids)).slice(0, MAX_FILES_PER_QUESTION);
  }
  if (chat) return await files.listChat(uid, chat, MAX_FILES_PER_QUESTION);
  const newest: ChatFile[] = [];
  for await (const file of files.listAll(uid)) {
    newest.push(file);
    if (newest.length >= MAX_FILES_PER_QUESTION) break;
  }
  return newest;
}
