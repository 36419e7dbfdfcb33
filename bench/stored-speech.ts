import type { Context } from '../src/context.ts';
import {
  conversations,
  makeConversation,
  transcriptChunks,
} from '../src/model/conversations/conversation.ts';
import { makeSegment } from '../src/model/conversations/transcript-segment.ts';
import { conversationDocuments } from '../src/search/indexing/search-documents.ts';
import { encodeTranscript } from '../src/transcripts/transcript.ts';
import { openProduct } from '../test/harness/open-product.ts';

const SEGMENTS_PER_CONVERSATION = 250;
const WORDS_PER_SEGMENT = 15;
const VOCABULARY = 20_000;

/** Numbers in 0 to 1, the same in each run. */
export function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const wordOf = (rank: number): string => `w${((rank * 7919 + 17) % 456_976).toString(36)}x`;

/** Words as in speech: few make up most of it (Zipf). `rarest` from 0 on leaves out the commonest. */
export function wordPicker(random: () => number, rarest = 0): () => string {
  return () => wordOf(Math.floor(VOCABULARY ** (rarest + (1 - rarest) * random())));
}

/** Puts conversations with transcripts into the store and the index, until there are `windows` windows. */
export async function storeSpeech(context: Context, uid: string, windows: number): Promise<void> {
  const pick = wordPicker(makeRandom(42));
  let made = 0;
  for (let n = 0; made < windows; n += 1) {
    const id = `conversation-${n}`;
    const segments = Array.from({ length: SEGMENTS_PER_CONVERSATION }, (_, i) =>
      makeSegment({
        id: `${id}-${i}`,
        text: `${Array.from({ length: WORDS_PER_SEGMENT }, pick).join(' ')}.`,
        speaker: `SPEAKER_0${i % 3}`,
        startMs: i * 5000,
        endMs: i * 5000 + 4500,
      }),
    );
    const createdAt = Date.now() - n * 3_600_000;
    const chunks = await encodeTranscript(id, segments);
    const base = makeConversation({ id, createdAt, status: 'completed' });
    const conversation = { ...base, transcriptChunks: chunks.length };
    await context.store.transact((tx) => {
      tx.create(conversations, uid, conversation);
      for (const chunk of chunks) tx.create(transcriptChunks, uid, chunk);
    });
    const documents = conversationDocuments(conversation, segments, {
      user: null,
      timeZone: null,
      people: new Map(),
    });
    made += documents.length;
    await context.searchIndex.apply(uid, [{ kind: 'conversation', subjectId: id, documents }], 1);
  }
}

/** Makes a data directory with a user who has `windows` windows. Returns the user's token. */
export async function prepareSpeech(directory: string, windows: number): Promise<string> {
  const values = { DATA_DIR: directory, LOG_LEVEL: 'silent' };
  const context = await openProduct(values);
  try {
    await context.accounts.ensureOwner();
    const { id } = await context.accounts.createUser('speaker');
    await storeSpeech(context, id, windows);
    return (await context.accounts.createToken(id, 'bench')).token;
  } finally {
    await context.close();
  }
}
