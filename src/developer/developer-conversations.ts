import { loadSpeakerNames } from '../chat/speaker-names.ts';
import type { ShownConversations } from '../chat/tools/tool.ts';
import type { NamedSegment, ShownConversation } from '../chat/tools/tool-records.ts';
import type { ConversationService } from '../conversations/conversation-service.ts';
import type {
  ExternalConversation,
  ExternalConversations,
  ExternalTranscript,
} from '../conversations/external-conversations.ts';
import { AppError } from '../kernel/errors.ts';
import type { Conversation } from '../model/conversations/conversation.ts';
import { folders } from '../model/conversations/folder.ts';
import type { ListPage } from '../store/collection.ts';
import type { DocumentReader } from '../store/document-store.ts';
import { loadTranscript } from '../transcripts/transcript.ts';
import type { ProcessingService } from '../understanding/processing-service.ts';

/** Omi's command line gives up after 30 s and sends the conversation again. */
const WAIT_MS = 25_000;

/** Which conversations a list holds; null does not restrict. */
export type ShownFilter = Parameters<ConversationService['page']>[1];

export interface DeveloperConversationsOptions {
  reader: DocumentReader;
  conversations: ConversationService;
  external: ExternalConversations;
  processing: Pick<ProcessingService, 'whenProcessed'>;
}

/** Conversations for programs: names instead of ids, and new ones that are processed before the answer. */
export class DeveloperConversations implements ShownConversations {
  readonly #o: DeveloperConversationsOptions;

  constructor(options: DeveloperConversationsOptions) {
    this.#o = options;
  }

  async list(
    uid: string,
    filter: ShownFilter,
    page: ListPage,
    withTranscript: boolean,
  ): Promise<{ items: ShownConversation[]; nextCursor: string | null }> {
    const { items, nextCursor } = await this.#o.conversations.page(uid, filter, page);
    return { items: await this.#show(uid, items, withTranscript), nextCursor };
  }

  /** @throws AppError `not-found`, for a locked one too */
  async get(uid: string, id: string, withTranscript: boolean): Promise<ShownConversation> {
    const conversation = await this.#o.conversations.requireConversation(uid, id);
    const [shown] = conversation.isLocked
      ? []
      : await this.#show(uid, [conversation], withTranscript);
    if (!shown) throw new AppError('not-found', 'Conversation not found');
    return shown;
  }

  /** Makes a conversation of a text and waits, in bounds, for it to be processed. */
  async createFromText(uid: string, request: ExternalConversation): Promise<Conversation> {
    const { conversationId } = await this.#o.external.create(uid, request);
    return await this.#o.processing.whenProcessed(uid, conversationId, WAIT_MS);
  }

  /** Makes a conversation of a transcript and waits, in bounds, for it to be processed. */
  async createFromSegments(uid: string, request: ExternalTranscript): Promise<Conversation> {
    const { conversationId } = await this.#o.external.createFromSegments(uid, request);
    return await this.#o.processing.whenProcessed(uid, conversationId, WAIT_MS);
  }

  /** Changes the given fields. @throws AppError `not-found`, `payment-required` */
  async update(
    uid: string,
    id: string,
    fields: { title: string | null; discarded: boolean | null },
  ): Promise<ShownConversation> {
    const { conversations } = this.#o;
    if (fields.title !== null) await conversations.setTitle(uid, id, fields.title);
    if (fields.discarded !== null) await conversations.setDiscarded(uid, id, fields.discarded);
    return await this.get(uid, id, false);
  }

  /** Deletes a conversation; its memories and tasks stay. @throws AppError `not-found` */
  async delete(uid: string, id: string): Promise<void> {
    await this.#o.conversations.requireConversation(uid, id);
    await this.#o.conversations.delete(uid, id, { cascade: false });
  }

  async #show(
    uid: string,
    found: readonly Conversation[],
    withTranscript: boolean,
  ): Promise<ShownConversation[]> {
    const { reader } = this.#o;
    const folderIds = found.flatMap(({ folderId }) => (folderId === null ? [] : [folderId]));
    const known = await reader.findMany(folders, uid, [...new Set(folderIds)]);
    const names = new Map(known.map(({ id, name }) => [id, name]));
    const shown: ShownConversation[] = [];
    for (const conversation of found) {
      const { folderId } = conversation;
      shown.push({
        conversation,
        folderName: (folderId === null ? undefined : names.get(folderId)) ?? null,
        segments: withTranscript ? await this.#namedSegments(uid, conversation) : null,
      });
    }
    return shown;
  }

  async #namedSegments(uid: string, conversation: Conversation): Promise<NamedSegment[]> {
    const { reader } = this.#o;
    const segments = await loadTranscript(reader, uid, conversation);
    const nameOf = await loadSpeakerNames(reader, uid, segments, (name) => name ?? 'User');
    return segments.map((segment) => ({
      segment,
      speakerName: nameOf(segment, (id) => `Speaker ${id}`),
      shownSpeaker: nameOf(segment),
    }));
  }
}
