import { personalName, users } from '../model/accounts/user.ts';
import { GLOBAL } from '../model/collection.ts';
import { conversations, makeConversation } from '../model/conversations/conversation.ts';
import { type DailySummary, dailySummaries } from '../model/conversations/daily-summary.ts';
import { folders } from '../model/conversations/folder.ts';
import {
  makeSegment,
  speakerIdOf,
  type TranscriptSegment,
} from '../model/conversations/transcript-segment.ts';
import { people } from '../model/people/person.ts';
import type { WebhookDelivery } from '../model/webhooks/webhook-delivery.ts';
import type { DocumentReader } from '../store/document-store.ts';
import { loadPhotos } from '../transcripts/conversation-photos.ts';
import { loadTranscript } from '../transcripts/transcript.ts';
import type { WebhookBodies, WebhookConversation, WebhookNames } from './webhook-bodies.ts';

/**
 * Returns the body of a delivery from what is stored now; null if it must not be sent any more: what it
 * is about was deleted or locked.
 */
export async function deliveryBody(
  reader: DocumentReader,
  bodies: WebhookBodies,
  uid: string,
  delivery: Pick<WebhookDelivery, 'kind' | 'subject' | 'isTest' | 'createdAt'>,
): Promise<string | null> {
  const { kind, subject, isTest, createdAt } = delivery;
  if (kind === 'day_summary') {
    const summary = isTest
      ? sampleSummary(createdAt)
      : await reader.find(dailySummaries, uid, subject);
    return summary ? bodies.daySummary(uid, summary) : null;
  }
  const about = isTest ? sampleConversation(createdAt) : await load(reader, uid, subject);
  if (!about) return null;
  const names = kind === 'memory_created' ? await namesOf(reader, uid, about) : null;
  return bodies.conversation(about, names);
}

/** Returns the segment that the test of a live webhook sends. */
export function sampleSegment(): TranscriptSegment {
  return makeSegment({
    id: 'test',
    text: 'This is a test of the webhook.',
    startMs: 0,
    endMs: 2_000,
    isUser: true,
  });
}

async function load(
  reader: DocumentReader,
  uid: string,
  id: string,
): Promise<WebhookConversation | null> {
  const conversation = await reader.find(conversations, uid, id);
  if (!conversation || conversation.isLocked) return null;
  const [segments, photos] = await Promise.all([
    loadTranscript(reader, uid, conversation),
    loadPhotos(reader, uid, id),
  ]);
  return { conversation, segments, photos };
}

async function namesOf(
  reader: DocumentReader,
  uid: string,
  { conversation, segments }: WebhookConversation,
): Promise<WebhookNames> {
  const ids = new Set(segments.flatMap(({ personId }) => personId ?? []));
  const [user, known, folder] = await Promise.all([
    reader.find(users, GLOBAL, uid),
    reader.findMany(people, uid, [...ids]),
    conversation.folderId === null ? undefined : reader.find(folders, uid, conversation.folderId),
  ]);
  const named = new Map(known.map(({ id, name }) => [id, name]));
  return {
    speaker: ({ isUser, personId, speaker }) => {
      if (isUser) return personalName(user) ?? 'User';
      const name = personId === null ? undefined : named.get(personId);
      return name ?? `Speaker ${speakerIdOf(speaker)}`;
    },
    folder: folder?.name ?? null,
  };
}

function sampleConversation(createdAt: number): WebhookConversation {
  const sample = makeConversation({ id: 'test', createdAt, status: 'completed' });
  const structured = { ...sample.structured, title: 'Test of the webhook' };
  return { conversation: { ...sample, structured }, segments: [sampleSegment()], photos: [] };
}

function sampleSummary(createdAt: number): DailySummary {
  return {
    id: 'test',
    date: new Date(createdAt).toISOString().slice(0, 10),
    timeZone: 'UTC',
    createdAt,
    headline: 'Test of the webhook',
    overview: 'This is a test of the webhook.',
    dayEmoji: '📅',
    stats: { totalConversations: 0, totalDurationMinutes: 0, actionItemsCount: 0 },
    highlights: [],
    actionItems: [],
    unresolvedQuestions: [],
    decisionsMade: [],
    knowledgeNuggets: [],
    locations: [],
    engine: 'rules',
    modelError: null,
  };
}
