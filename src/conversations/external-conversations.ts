import { windowsOf } from '../kernel/bounded-text.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError, isAppError } from '../kernel/errors.ts';
import { idFromText, newId, sha256Hex } from '../kernel/ids.ts';
import {
  type Conversation,
  type ConversationSource,
  conversations,
  type Geolocation,
  makeConversation,
  type TextSource,
} from '../model/conversations/conversation.ts';
import { makeSegment, type TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import { people } from '../model/people/person.ts';
import { searchChanged } from '../search/search-changed.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { splitSentences } from '../text/sentences.ts';
import { requestProcessing } from '../transcripts/request-processing.ts';
import { encodeTranscript, writeTranscript } from '../transcripts/transcript.ts';
import { editTime } from './conversation-access.ts';
import { parsePlainText } from './import/formats/plain-text.ts';
import { durationOf, type ImportedTurn, timeTurns } from './import/imported-transcript.ts';
import { toSegments } from './import/turn-segments.ts';

/** The same text without a time of its own, sent again within this time, is one conversation. */
const REPEAT_MS = 10 * 60_000;
/** Characters of a paragraph; a longer one is cut at the end of a sentence. */
const MAX_PARAGRAPH = 1_200;
/** Characters of a text, far below a document's limit on any engine. */
export const MAX_EXTERNAL_TEXT = 400_000;

/** A conversation that did not come through a microphone. Times in epoch milliseconds. */
export interface ExternalConversation {
  text: string;
  textSource: TextSource;
  /** What exactly it is, in the caller's words: `email`, `slack`. */
  textSourceSpec: string | null;
  /** `workflow` for one made by an app of a workflow. */
  source: 'workflow' | 'external_integration';
  /** Null: now. */
  startedAt: number | null;
  /** Null: as long after the beginning as it takes to say the text. */
  finishedAt: number | null;
  geolocation: Geolocation | null;
  language: string | null;
  /** The app that it comes from. */
  appId: string | null;
  /** Who wrote it, if that is known and is not the user. */
  sender: string | null;
  /** True if the user wrote it. */
  isFromUser: boolean;
  /** The subject of a message. */
  subject: string | null;
  /** The part of `text` that is understood, if that is not all: without quotations, say. */
  understoodText: string | null;
}

/** A transcript that another program has made. Times in epoch milliseconds, those of segments from its start. */
export interface ExternalTranscript {
  segments: readonly Pick<
    TranscriptSegment,
    'text' | 'speaker' | 'isUser' | 'personId' | 'startMs' | 'endMs'
  >[];
  source: ConversationSource;
  /** Null: now. */
  startedAt: number | null;
  /** Null: the end of the last segment. */
  finishedAt: number | null;
  geolocation: Geolocation | null;
  language: string | null;
  /** The app that it comes from. */
  appId: string | null;
  /** The client's id of it: sent again under this id, it is the same. Null: by what it says. */
  clientId: string | null;
}

export interface ExternalOutcome {
  conversationId: string;
  /** `known`: the same was sent before; nothing was added. */
  status: 'added' | 'known';
  segments: number;
}

/**
 * Makes conversations of e-mails, messages and other text, and of transcripts that apps deliver. The
 * text is stored whole in `externalData`, and as segments, which everything that is found in it names as its
 * source; so reprocessing, merging and searching work as for what was spoken.
 */
export class ExternalConversations {
  readonly #store: DocumentStore;
  readonly #clock: Clock;
  readonly #ensurePerson: (uid: string, name: string) => Promise<string>;

  /** @param options.ensurePerson id of the person of this name, made if there is none */
  constructor(options: {
    store: DocumentStore;
    clock: Clock;
    ensurePerson: (uid: string, name: string) => Promise<string>;
  }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#ensurePerson = options.ensurePerson;
  }

  /**
   * Stores it and asks for it to be processed, in one commit; it is never discarded. `bad-request`
   * for a text without a word or a time that runs backwards, `payload-too-large`.
   *
   * @param webhookHops how many webhooks of apps have led to it
   */
  async create(
    uid: string,
    request: ExternalConversation,
    webhookHops = 0,
  ): Promise<ExternalOutcome> {
    const turns = turnsOf(request);
    if (turns.length === 0) throw new AppError('bad-request', 'The text is empty.');
    if (request.text.length > MAX_EXTERNAL_TEXT) {
      throw new AppError('payload-too-large', `The text exceeds ${MAX_EXTERNAL_TEXT} characters.`);
    }
    return await this.#keep(uid, request, {
      importKey: keyOf(request),
      clientId: null,
      durationMs: durationOf(turns),
      segments: () => this.#segmentsOf(uid, request, turns),
      more: {
        textSource: request.textSource,
        externalData: toExternalData(request),
        webhookHops,
      },
    });
  }

  /**
   * Stores a transcript and asks for it to be processed, in one commit; it is never discarded. People
   * whom the user does not have are left out.
   *
   * @throws AppError `bad-request` for a transcript without a word or a time that runs backwards
   */
  async createFromSegments(uid: string, request: ExternalTranscript): Promise<ExternalOutcome> {
    const { segments, source, appId, clientId } = request;
    if (segments.every(({ text }) => text.trim() === '')) {
      throw new AppError('bad-request', 'The transcript is empty.');
    }
    return await this.#keep(uid, request, {
      importKey: sha256Hex(
        JSON.stringify(clientId === null ? { segments, source, appId } : clientId),
      ),
      clientId,
      durationMs: segments.reduce((latest, { endMs }) => Math.max(latest, endMs), 0),
      segments: async () => await this.#withKnownPeople(uid, segments),
      more: {},
    });
  }

  async #keep(
    uid: string,
    request: Pick<
      ExternalTranscript,
      'startedAt' | 'finishedAt' | 'source' | 'language' | 'appId' | 'geolocation'
    >,
    content: {
      importKey: string;
      clientId: string | null;
      durationMs: number;
      segments: () => Promise<TranscriptSegment[]>;
      more: Partial<Conversation>;
    },
  ): Promise<ExternalOutcome> {
    const now = this.#clock.now();
    const startedAt = request.startedAt ?? now;
    const finishedAt = request.finishedAt ?? startedAt + content.durationMs;
    if (finishedAt < startedAt) {
      throw new AppError('bad-request', 'finished_at lies before started_at');
    }
    const { importKey } = content;
    const { id, known } = await this.#identify(uid, request, content, now);
    const segments = await content.segments();
    if (known) return { conversationId: known.id, status: 'known', segments: segments.length };

    const chunks = await encodeTranscript(id, segments);
    const conversation = makeConversation({
      id,
      createdAt: startedAt,
      startedAt,
      finishedAt,
      activeAt: startedAt,
      source: request.source,
      language: request.language,
      status: 'processing',
      forced: true,
      appId: request.appId,
      geolocation: request.geolocation,
      importKey,
      ...content.more,
    });
    try {
      await this.#store.transact((tx) => {
        const transcriptChunks = writeTranscript(tx, uid, conversation, chunks);
        tx.create(conversations, uid, { ...conversation, updatedAt: now, transcriptChunks });
        searchChanged(tx, uid, 'conversation', id, now);
        requestProcessing(tx, uid, id, now);
      });
    } catch (error) {
      if (!isAppError(error, 'already-exists')) throw error;
      return { conversationId: id, status: 'known', segments: segments.length };
    }
    return { conversationId: id, status: 'added', segments: segments.length };
  }

  /** The id of a conversation, and the conversation if it was sent before. */
  async #identify(
    uid: string,
    request: Pick<ExternalTranscript, 'startedAt' | 'appId'>,
    { importKey, clientId }: { importKey: string; clientId: string | null },
    now: number,
  ): Promise<{ id: string; known: Conversation | undefined }> {
    if (clientId !== null) {
      const id = idFromText(`client:${uid}:${request.appId ?? ''}:${clientId}`);
      return { id, known: await this.#tryAgain(uid, id, now) };
    }
    // What is sent twice at the same time gets one id.
    const moment = request.startedAt ?? Math.floor(now / REPEAT_MS);
    const id = idFromText(`external:${uid}:${importKey}:${moment}`);
    return { id, known: await this.#findKnown(uid, importKey, request.startedAt, now) };
  }

  /** The conversation that a client has sent before; one that has failed is processed once more. */
  async #tryAgain(uid: string, id: string, now: number): Promise<Conversation | undefined> {
    return await this.#store.transact(async (tx) => {
      const known = await tx.find(conversations, uid, id);
      if (known?.status !== 'failed') return known;
      tx.patch(conversations, uid, id, { status: 'processing', updatedAt: editTime(known, now) });
      requestProcessing(tx, uid, id, now);
      return known;
    });
  }

  async #findKnown(
    uid: string,
    importKey: string,
    startedAt: number | null,
    now: number,
  ): Promise<Conversation | undefined> {
    const { items } = await this.#store.query(conversations, uid, {
      query: 'byImportKey',
      filters: { importKey },
      limit: 100,
    });
    return items.find((found) =>
      startedAt === null
        ? Math.abs(now - found.createdAt) < REPEAT_MS
        : found.startedAt === startedAt,
    );
  }

  async #withKnownPeople(
    uid: string,
    segments: ExternalTranscript['segments'],
  ): Promise<TranscriptSegment[]> {
    const ids = new Set(segments.flatMap(({ personId }) => (personId === null ? [] : [personId])));
    const known = await this.#store.findMany(people, uid, [...ids]);
    const knownIds = new Set(known.map(({ id }) => id));
    return segments.map((segment) => {
      const personId = segment.personId !== null && knownIds.has(segment.personId);
      return makeSegment({
        ...segment,
        id: newId(),
        text: segment.text.trim(),
        personId: personId ? segment.personId : null,
      });
    });
  }

  async #segmentsOf(
    uid: string,
    request: ExternalConversation,
    turns: readonly ImportedTurn[],
  ): Promise<TranscriptSegment[]> {
    if (request.textSource === 'audio_transcript') {
      return toSegments(turns, null, (name) => this.#ensurePerson(uid, name));
    }
    return turns.map(({ text, startMs, endMs }) =>
      makeSegment({ id: newId(), text, startMs, endMs, isUser: request.isFromUser }),
    );
  }
}

/** What is said in a transcript, or the paragraphs of a text, none longer than a reader's breath. */
function turnsOf(request: ExternalConversation): ImportedTurn[] {
  const text = request.understoodText?.trim() ? request.understoodText : request.text;
  if (request.textSource === 'audio_transcript') return parsePlainText(text);
  const subject = request.subject?.trim();
  const paragraphs = text
    .split(/\n\s*\n/u)
    .map((paragraph) => paragraph.replace(/\s+/gu, ' ').trim())
    .filter((paragraph) => paragraph !== '')
    .flatMap(cutParagraph);
  const all = subject && paragraphs.length > 0 ? [asSentence(subject), ...paragraphs] : paragraphs;
  return timeTurns(all.map((paragraph) => ({ speaker: null, text: paragraph })));
}

function cutParagraph(paragraph: string): string[] {
  if (paragraph.length <= MAX_PARAGRAPH) return [paragraph];
  const pieces: string[] = [];
  const sentences = splitSentences(paragraph).flatMap((sentence) =>
    windowsOf(sentence, MAX_PARAGRAPH),
  );
  for (const { text: segment } of sentences) {
    const last = pieces.at(-1);
    if (last !== undefined && last.length + segment.length <= MAX_PARAGRAPH) {
      pieces[pieces.length - 1] = last + segment;
    } else {
      pieces.push(segment);
    }
  }
  return pieces.map((piece) => piece.trim()).filter((piece) => piece !== '');
}

/** A subject with an end, so that the text after it does not run into it. */
function asSentence(subject: string): string {
  return /[.?!]$/.test(subject) ? subject : `${subject}.`;
}

/** SHA-256 of what makes it this text and no other. */
function keyOf(request: ExternalConversation): string {
  const { text, textSource, source, appId, sender, subject } = request;
  return sha256Hex(JSON.stringify({ text, textSource, source, appId, sender, subject }));
}

/** The request as Omi's clients read it: `external_data.text` is what they show. */
function toExternalData(request: ExternalConversation): Record<string, unknown> {
  const time = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  return {
    text: request.text,
    text_source: request.textSource,
    text_source_spec: request.textSourceSpec,
    source: request.source,
    started_at: time(request.startedAt),
    finished_at: time(request.finishedAt),
    language: request.language,
    app_id: request.appId,
    ...(request.sender === null ? {} : { sender: request.sender }),
    ...(request.subject === null ? {} : { subject: request.subject }),
  };
}
