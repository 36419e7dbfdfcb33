import type { Clock } from '../kernel/clock.ts';
import { isAppError } from '../kernel/errors.ts';
import { idFromText, sha256Hex } from '../kernel/ids.ts';
import {
  type Conversation,
  conversations,
  emptyStructured,
  makeConversation,
} from '../model/conversation.ts';
import { searchChanged } from '../search/search-changed.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { requestProcessing } from '../transcripts/request-processing.ts';
import { encodeTranscript, writeTranscript } from '../transcripts/transcript.ts';
import { durationOf, type ImportedTurn } from './import/imported-transcript.ts';
import { isMe, normalName, toSegments } from './import/turn-segments.ts';

export interface ImportRequest {
  turns: readonly ImportedTurn[];
  /** The name under which the user speaks, null where the user does not. */
  me: string | null;
  /** When it began, epoch milliseconds; it stands there in the list of conversations too. */
  startedAt: number;
  /** BCP-47, null if it is not known. */
  language: string | null;
  /** What it is called already, null if it has no title yet. */
  title: string | null;
}

export interface ImportOutcome {
  conversationId: string;
  /** `known`: the same words with the same `me` were imported before; nothing was added. */
  status: 'added' | 'known';
  /** True where `me` is one of the speakers. */
  userSpeaks: boolean;
}

export interface ImportServiceOptions {
  store: DocumentStore;
  clock: Clock;
  /** Id of the person of this name, made where there is none. */
  ensurePerson: (uid: string, name: string) => Promise<string>;
}

/** Makes conversations of transcripts that were written elsewhere. */
export class ImportService {
  readonly #o: ImportServiceOptions;

  constructor(options: ImportServiceOptions) {
    this.#o = options;
  }

  /**
   * Stores a transcript as a conversation and asks for it to be processed, in one commit; it is never
   * discarded, since somebody asked for it. Named speakers become people.
   */
  async importTranscript(uid: string, request: ImportRequest): Promise<ImportOutcome> {
    const { store, clock } = this.#o;
    const importKey = importKeyOf(request.turns, request.me);
    const userSpeaks = request.turns.some((turn) => isMe(turn.speaker, request.me));
    const known = await this.#findImported(uid, importKey);
    if (known) return { conversationId: known.id, status: 'known', userSpeaks };

    const segments = await toSegments(request.turns, request.me, (name) =>
      this.#o.ensurePerson(uid, name),
    );
    // The id follows from the content, so that two imports at a time cannot both add it.
    const id = idFromText(`import:${uid}:${importKey}`);
    const conversation = makeConversation({
      id,
      createdAt: request.startedAt,
      finishedAt: request.startedAt + durationOf(request.turns),
      activeAt: request.startedAt,
      source: 'external_integration',
      language: request.language,
      status: 'processing',
      forced: true,
      importKey,
      structured: { ...emptyStructured(), title: request.title ?? '' },
    });
    const chunks = await encodeTranscript(id, segments);
    try {
      await store.transact((tx) => {
        const now = clock.now();
        const transcriptChunks = writeTranscript(tx, uid, conversation, chunks);
        tx.create(conversations, uid, { ...conversation, updatedAt: now, transcriptChunks });
        searchChanged(tx, uid, 'conversation', id, now);
        requestProcessing(tx, uid, id, now, { language: null, keepsTitle: request.title !== null });
      });
    } catch (error) {
      if (!isAppError(error, 'already-exists')) throw error;
      return { conversationId: id, status: 'known', userSpeaks };
    }
    return { conversationId: id, status: 'added', userSpeaks };
  }

  async #findImported(uid: string, importKey: string): Promise<Conversation | undefined> {
    const page = await this.#o.store.query(conversations, uid, {
      query: 'byImportKey',
      filters: { importKey },
      limit: 1,
    });
    return page.items[0];
  }
}

/**
 * SHA-256 of who says what, and of who the user is. How a format cuts speech into turns and when it
 * says that they were spoken do not count.
 */
export function importKeyOf(turns: readonly ImportedTurn[], me: string | null): string {
  const speeches: [string | null, string][] = [];
  for (const { speaker, text } of turns) {
    const last = speeches.at(-1);
    if (last && last[0] === speaker) last[1] += ` ${text}`;
    else speeches.push([speaker, text]);
  }
  return sha256Hex(JSON.stringify({ me: me && normalName(me), speeches }));
}
