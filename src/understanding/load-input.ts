import { personalName, type User } from '../model/accounts/user.ts';
import type { Conversation, TextSource } from '../model/conversations/conversation.ts';
import type { ConversationPhoto } from '../model/conversations/conversation-photo.ts';
import { speakerIdOf, type TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import { type Person, people } from '../model/people/person.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { loadPhotos } from '../transcripts/conversation-photos.ts';
import { loadTranscript } from '../transcripts/transcript.ts';
import { calendarContextOf } from './calendar-context.ts';
import { loadKnownThings } from './known-things.ts';
import type { Medium, SpokenSegment, UnderstandingInput } from './understanding-engine.ts';

const MEDIUM_OF: Readonly<Record<TextSource, Medium>> = {
  audio_transcript: 'speech',
  message: 'message',
  other_text: 'text',
};

/**
 * What an engine is to know of a conversation.
 *
 * @param language what to write in; null for the user's own, else the conversation's
 */
export async function loadUnderstandingInput(
  store: DocumentStore,
  uid: string,
  conversation: Conversation,
  user: User | undefined,
  settings: { defaultTimeZone: string; language: string | null; now: number },
): Promise<UnderstandingInput> {
  const segments = await loadTranscript(store, uid, conversation);
  const medium = MEDIUM_OF[conversation.textSource ?? 'audio_transcript'];
  const sender = conversation.externalData?.sender;
  const writer = medium !== 'speech' && typeof sender === 'string' ? sender : null;
  const known = await peopleById(store, uid);
  const spoken = toSpoken(segments, known, user, writer, medium !== 'speech');
  return {
    uid,
    medium,
    segments: spoken,
    photos: seenIn(await loadPhotos(store, uid, conversation.id)),
    startedAt: conversation.startedAt ?? conversation.createdAt,
    timeZone: user?.timeZone ?? settings.defaultTimeZone,
    language: settings.language ?? languageOf(user, conversation),
    userName: personalName(user),
    calendar: calendarContextOf(conversation),
    ...(await loadKnownThings(store, uid, conversation, spoken, settings.now)),
    forced: conversation.forced,
  };
}

/** What the photos show that something could be made of. */
function seenIn(photos: readonly ConversationPhoto[]): string[] {
  return photos.flatMap((photo) => (photo.discarded ? [] : (photo.description ?? [])));
}

/** The user's language, else the conversation's. */
function languageOf(user: User | undefined, conversation: Conversation): string {
  if (user?.language) return user.language;
  return conversation.language && conversation.language !== 'multi' ? conversation.language : 'en';
}

async function peopleById(store: DocumentStore, uid: string): Promise<Map<string, Person>> {
  const found = new Map<string, Person>();
  for await (const person of queryAll(store, people, uid, { query: 'byName' })) {
    found.set(person.id, person);
  }
  return found;
}

function toSpoken(
  segments: readonly TranscriptSegment[],
  known: ReadonlyMap<string, Person>,
  user: User | undefined,
  writer: string | null,
  isWritten: boolean,
): SpokenSegment[] {
  return segments.map((segment) => ({
    id: segment.id,
    text: isWritten ? asSentence(segment.text) : segment.text,
    speaker: `SPEAKER_${speakerIdOf(segment.speaker)}`,
    name: segment.isUser
      ? personalName(user)
      : ((segment.personId && known.get(segment.personId)?.name) ?? writer),
    isUser: segment.isUser,
    startMs: segment.startMs,
    endMs: segment.endMs,
  }));
}

/** A paragraph with an end: a heading does not run into what stands below it. */
function asSentence(paragraph: string): string {
  return /[\p{L}\p{N}]$/u.test(paragraph) ? `${paragraph}.` : paragraph;
}
