import { type ConversationVoice, conversationVoices } from '../model/people/conversation-voice.ts';
import { type StoredVoicePrint, voicePrints } from '../model/people/voice-print.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentReader, DocumentStore } from '../store/document-store.ts';
import { type HeardVoice, vectorFromText } from '../voices/voice-vector.ts';

/** The vectors of a stored voice. */
export function heardOf({ vectors }: Pick<ConversationVoice, 'vectors'>): HeardVoice[] {
  return vectors.flatMap(({ vector: text, speechMs }) => {
    const vector = vectorFromText(text);
    return vector ? [{ vector, speechMs }] : [];
  });
}

/** The voices of a conversation by their speakers. */
export async function voicesOf(
  reader: DocumentReader,
  uid: string,
  conversationId: string,
): Promise<ConversationVoice[]> {
  const found: ConversationVoice[] = [];
  const request = { query: 'ofConversation', filters: { conversationId } } as const;
  for await (const voice of queryAll(reader, conversationVoices, uid, request)) found.push(voice);
  return found.sort((a, b) => a.speaker - b.speaker);
}

/** Deletes what some voices are known by. */
export async function deletePrints(
  store: DocumentStore,
  uid: string,
  isGone: (print: StoredVoicePrint) => boolean,
): Promise<void> {
  const gone = await findPrints(store, uid, isGone);
  if (gone.length === 0) return;
  await store.transact(async (tx) => {
    for (const { id } of gone) tx.delete(voicePrints, uid, id);
  });
}

/** Returns the voice prints of a user that are meant. */
export async function findPrints(
  store: DocumentStore,
  uid: string,
  isMeant: (print: StoredVoicePrint) => boolean,
): Promise<StoredVoicePrint[]> {
  const found: StoredVoicePrint[] = [];
  for await (const print of queryAll(store, voicePrints, uid, { query: 'recent' })) {
    if (isMeant(print)) found.push(print);
  }
  return found;
}
