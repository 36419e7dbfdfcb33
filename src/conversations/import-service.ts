import type { Clock } from '../kernel/clock.ts';
import { AppError, isAppError } from '../kernel/errors.ts';
import { idFromText } from '../kernel/ids.ts';
import {
  type Conversation,
  conversations,
  emptyStructured,
  makeConversation,
} from '../model/conversations/conversation.ts';
import { importPrints } from '../model/conversations/import-print.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import { searchChanged } from '../search/search-changed.ts';
import type { DocumentStore, Transaction } from '../store/document-store.ts';
import { requestProcessing } from '../transcripts/request-processing.ts';
import { encodeTranscript, loadTranscript, writeTranscript } from '../transcripts/transcript.ts';
import { importKeyOf } from './import/import-key.ts';
import { durationOf, type ImportedTurn } from './import/imported-transcript.ts';
import { keepSegments } from './import/keep-segments.ts';
import { piecesOf, printsOf, relationOf, type SaidPiece } from './import/line-prints.ts';
import { isMe, toSegments } from './import/turn-segments.ts';

export interface ImportRequest {
  turns: readonly ImportedTurn[];
  /** The name under which the user speaks, null if the user does not. */
  me: string | null;
  /** When it began, epoch milliseconds; it stands there in the list of conversations too. */
  startedAt: number;
  /** True if the caller or the file gave the time, false if it is a guess. */
  isDated: boolean;
  /** BCP-47, null if it is not known. */
  language: string | null;
  /** What it is called already, null if it has no title yet. */
  title: string | null;
}

/** Speech that was heard in a file. */
export interface SpeechImport {
  /** Fingerprint of the file. */
  importKey: string;
  segments: readonly TranscriptSegment[];
  /** Epoch milliseconds. */
  startedAt: number;
  /** BCP-47, null if it is not known. */
  language: string | null;
}

export interface ImportOutcome {
  conversationId: string;
  /**
   * `known`: the same words with the same `me` were imported before; nothing was added. `updated`: an
   * earlier version of them was, and its conversation has them all now.
   */
  status: 'added' | 'updated' | 'known';
  /** True if `me` is one of the speakers. */
  userSpeaks: boolean;
}

export interface ImportServiceOptions {
  store: DocumentStore;
  clock: Clock;
  /** Id of the person of this name, made if there is none. */
  ensurePerson: (uid: string, name: string) => Promise<string>;
}

/** Conversations that share prints with a transcript and are compared with it. */
const MAX_COMPARED = 5;
/** Versions of one transcript began at the same time, if it is known when. */
const MAX_APART_MS = 12 * 3_600_000;

/** Makes conversations of transcripts that were written elsewhere, and of speech in files. */
export class ImportService {
  readonly #o: ImportServiceOptions;

  constructor(options: ImportServiceOptions) {
    this.#o = options;
  }

  /**
   * Stores a transcript as a conversation and asks for it to be processed, in one commit; it is never
   * discarded, because the user asked for the import. Named speakers become people. A later version of a transcript
   * that was imported before updates its conversation, so that its tasks do not come twice.
   */
  async importTranscript(uid: string, request: ImportRequest): Promise<ImportOutcome> {
    const importKey = importKeyOf(request.turns, request.me);
    const userSpeaks = request.turns.some((turn) => isMe(turn.speaker, request.me));
    const known = await this.findImported(uid, importKey);
    if (known) return { conversationId: known.id, status: 'known', userSpeaks };

    const pieces = piecesOf(
      request.turns.map(({ text, speaker }) => ({ text, isUser: isMe(speaker, request.me) })),
    );
    const prints = printsOf(uid, pieces);
    const earlier = await this.#findOtherVersion(uid, prints, pieces, request);
    if (earlier?.relation === 'earlier') {
      return { conversationId: earlier.conversation.id, status: 'known', userSpeaks };
    }
    const segments = await toSegments(request.turns, request.me, (name) =>
      this.#o.ensurePerson(uid, name),
    );
    if (earlier) {
      await this.#update(uid, earlier.conversation, { request, segments, importKey, prints });
      return { conversationId: earlier.conversation.id, status: 'updated', userSpeaks };
    }
    const durationMs = durationOf(request.turns);
    const { language, startedAt, title } = request;
    const facts = { importKey, language, startedAt, title, durationMs, prints };
    return { ...(await this.#add(uid, segments, facts)), userSpeaks };
  }

  /** Stores what was heard in a file as a conversation, once; else as `importTranscript`. */
  async importSpeech(uid: string, speech: SpeechImport): Promise<ImportOutcome> {
    const known = await this.findImported(uid, speech.importKey);
    if (known) return { conversationId: known.id, status: 'known', userSpeaks: false };
    const durationMs = speech.segments.reduce((latest, { endMs }) => Math.max(latest, endMs), 0);
    const { importKey, language, startedAt } = speech;
    const facts = { importKey, language, startedAt, title: null, durationMs, prints: [] };
    return { ...(await this.#add(uid, speech.segments, facts)), userSpeaks: false };
  }

  /** The conversation that was made of what has this fingerprint. */
  async findImported(uid: string, importKey: string): Promise<Conversation | undefined> {
    const page = await this.#o.store.query(conversations, uid, {
      query: 'byImportKey',
      filters: { importKey },
      limit: 1,
    });
    return page.items[0];
  }

  /**
   * Notes that a conversation was made of what has this fingerprint, as a client does that has sent a file as
   * a live conversation. `not-found` if it is not the user's.
   */
  async markImported(uid: string, importKey: string, conversationId: string): Promise<void> {
    await this.#o.store.transact(async (tx) => {
      const conversation = await tx.find(conversations, uid, conversationId);
      if (!conversation) throw new AppError('not-found', 'Conversation not found');
      const segments = await loadTranscript(tx, uid, conversation);
      const prints = printsOf(uid, piecesOf(segments.map(heardIn)));
      tx.patch(conversations, uid, conversationId, { importKey });
      writePrints(tx, uid, conversationId, prints, this.#o.clock.now());
    });
  }

  async #add(
    uid: string,
    segments: readonly TranscriptSegment[],
    facts: Pick<ImportRequest, 'language' | 'startedAt' | 'title'> & {
      importKey: string;
      durationMs: number;
      prints: readonly string[];
    },
  ): Promise<Pick<ImportOutcome, 'conversationId' | 'status'>> {
    const { importKey, language, startedAt, title, durationMs, prints } = facts;
    // The id follows from the content, so that two imports at a time cannot both add it.
    const id = idFromText(`import:${uid}:${importKey}`);
    const conversation = makeConversation({
      id,
      createdAt: startedAt,
      finishedAt: startedAt + durationMs,
      activeAt: startedAt,
      source: 'external_integration',
      language,
      status: 'processing',
      forced: true,
      importKey,
      structured: { ...emptyStructured(), title: title ?? '' },
    });
    const chunks = await encodeTranscript(id, segments);
    try {
      await this.#o.store.transact((tx) => {
        const now = this.#o.clock.now();
        const transcriptChunks = writeTranscript(tx, uid, conversation, chunks);
        tx.create(conversations, uid, { ...conversation, updatedAt: now, transcriptChunks });
        writePrints(tx, uid, id, prints, now);
        searchChanged(tx, uid, 'conversation', id, now);
        requestProcessing(tx, uid, id, now, { language: null, keepsTitle: title !== null });
      });
    } catch (error) {
      if (!isAppError(error, 'already-exists')) throw error;
      return { conversationId: id, status: 'known' };
    }
    return { conversationId: id, status: 'added' };
  }

  /** The conversation of an earlier or a later version of a transcript. */
  async #findOtherVersion(
    uid: string,
    prints: readonly string[],
    pieces: readonly SaidPiece[],
    { startedAt, isDated }: Pick<ImportRequest, 'startedAt' | 'isDated'>,
  ): Promise<{ conversation: Conversation; relation: 'later' | 'earlier' } | undefined> {
    const { store } = this.#o;
    if (prints.length === 0) return undefined;
    const { items } = await store.query(importPrints, uid, {
      query: 'byPrint',
      filters: { print: [...prints] },
      limit: 100,
    });
    const counts = new Map<string, number>();
    for (const { conversationId: id } of items) counts.set(id, (counts.get(id) ?? 0) + 1);
    const likeliest = [...counts].sort((a, b) => b[1] - a[1]).slice(0, MAX_COMPARED);
    for (const [id] of likeliest) {
      const conversation = await store.find(conversations, uid, id);
      if (!conversation || conversation.isLocked || conversation.status === 'in_progress') continue;
      // Two talks of different days may say nearly the same.
      const apartMs = Math.abs(startedAt - (conversation.startedAt ?? conversation.createdAt));
      if (isDated && apartMs > MAX_APART_MS) continue;
      const segments = await loadTranscript(store, uid, conversation);
      const relation = relationOf(piecesOf(segments.map(heardIn)), pieces);
      if (relation !== 'other') return { conversation, relation };
    }
    return undefined;
  }

  /** Gives a conversation the words of a later version, and has it understood again. */
  async #update(
    uid: string,
    conversation: Conversation,
    given: {
      request: ImportRequest;
      segments: readonly TranscriptSegment[];
      importKey: string;
      prints: readonly string[];
    },
  ): Promise<void> {
    const { store, clock } = this.#o;
    const { id } = conversation;
    const { request, importKey, prints } = given;
    await store.transact(async (tx) => {
      const now = clock.now();
      const standing = await tx.find(conversations, uid, id);
      if (!standing) return;
      const before = await loadTranscript(tx, uid, standing);
      const chunks = await encodeTranscript(id, keepSegments(before, given.segments));
      const startedAt = standing.startedAt ?? standing.createdAt;
      tx.patch(conversations, uid, id, {
        transcriptChunks: writeTranscript(tx, uid, standing, chunks),
        finishedAt: startedAt + durationOf(request.turns),
        updatedAt: Math.max(now, standing.updatedAt + 1),
        status: 'processing',
        discarded: false,
        forced: true,
        importKey,
      });
      writePrints(tx, uid, id, prints, now);
      searchChanged(tx, uid, 'conversation', id, now);
      requestProcessing(tx, uid, id, now, { language: null, keepsTitle: request.title !== null });
    });
  }
}

/** What was said in a segment before the user corrected it. */
function heardIn({ text, originalText, isUser }: TranscriptSegment): SaidPiece {
  return { text: originalText ?? text, isUser };
}

function writePrints(
  tx: Transaction,
  uid: string,
  conversationId: string,
  prints: readonly string[],
  now: number,
): void {
  for (const print of prints) {
    const id = `${print}:${conversationId}`;
    tx.put(importPrints, uid, { id, print, conversationId, createdAt: now });
  }
}
