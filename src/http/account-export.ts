import type { AccountSource } from '../transfer/account-export.ts';
import { actionItemToWire } from '../wire/action-item-wire.ts';
import { chatFileToWire } from '../wire/chat-file-wire.ts';
import { conversationToWire } from '../wire/conversation-wire.ts';
import { stringifyWire } from '../wire/json.ts';
import { memoryToWire } from '../wire/memory-wire.ts';
import { messageToWire } from '../wire/message-wire.ts';
import { personToWire } from '../wire/person-wire.ts';
import { profileToWire } from '../wire/user-wire.ts';

/**
 * The JSON text of an exported account, piece by piece: `profile` first, then the lists in Omi's
 * order, then everything else under `other`, by collection and as it is stored (times are epoch milliseconds). Entries are read only as fast as the pieces are taken.
 */
export async function* exportAccount(source: AccountSource, uid: string): AsyncGenerator<string> {
  yield `{"profile":${stringifyWire(profileToWire(await source.profile(uid)))}`;
  for (const [name, entries] of Object.entries(listsOf(source, uid))) {
    yield `,${JSON.stringify(name)}:[`;
    let separator = '';
    for await (const entry of entries) {
      yield `${separator}${stringifyWire(entry)}`;
      separator = ',';
    }
    yield ']';
  }
  yield ',"other":{';
  let current: string | null = null;
  for await (const { collection, document } of source.otherDocuments(uid)) {
    if (collection === current) yield ',';
    else yield `${current === null ? '' : '],'}${JSON.stringify(collection)}:[`;
    yield stringifyWire(document);
    current = collection;
  }
  yield current === null ? '}}' : ']}}';
}

/** The lists of an account by their names in the file, entries in the form of the API. */
function listsOf(source: AccountSource, uid: string): Record<string, AsyncIterable<unknown>> {
  return {
    conversations: mapped(source.conversations(uid), ({ conversation, segments, photos }) =>
      conversationToWire(conversation, segments, photos),
    ),
    memories: mapped(source.memories(uid), memoryToWire),
    people: mapped(source.people(uid), (person) => personToWire(person)),
    action_items: mapped(source.actionItems(uid), actionItemToWire),
    chat_messages: mapped(source.chatMessages(uid), ({ message, cited, files }) => {
      const shown = new Map(files.map((file) => [file.id, chatFileToWire(file, '')]));
      return messageToWire(message, cited, shown);
    }),
    // Omi's export has no files; what was given to a chat is the user's own, too.
    chat_files: mapped(source.chatFiles(uid), ({ file, bytes }) => ({
      ...chatFileToWire(file, ''),
      content_base64: bytes ? Buffer.from(bytes).toString('base64') : null,
    })),
  };
}

async function* mapped<T, R>(items: AsyncIterable<T>, map: (item: T) => R): AsyncGenerator<R> {
  for await (const item of items) yield map(item);
}
