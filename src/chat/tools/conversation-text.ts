import type { Conversation } from '../../model/conversations/conversation.ts';
import type { TranscriptSegment } from '../../model/conversations/transcript-segment.ts';
import type { DocumentReader } from '../../store/document-store.ts';
import { loadTranscript } from '../../transcripts/transcript.ts';
import { toLocalText } from '../local-time.ts';
import { loadSpeakerNames } from '../speaker-names.ts';
import { limitText, markAsData } from '../untrusted-text.ts';

const MAX_TRANSCRIPT = 20_000;
const MAX_OVERVIEW = 2_000;

export interface ShownConversation {
  conversation: Conversation;
  /** The segments to show; null: none. */
  segments: readonly TranscriptSegment[] | null;
}

/** A conversation as a model reads it: its number for citing, then everything spoken, as data. */
export async function describeConversation(
  reader: DocumentReader,
  uid: string,
  number: number,
  { conversation, segments }: ShownConversation,
  timeZone: string,
): Promise<string> {
  const { structured } = conversation;
  const startedAt = conversation.startedAt ?? conversation.createdAt;
  const lines = [
    `Title: ${structured.title || '(untitled)'}`,
    ...(conversation.discarded ? ['Status: discarded as empty; it can be restored'] : []),
    `Category: ${structured.category}`,
    ...(structured.overview ? [`Overview: ${limitText(structured.overview, MAX_OVERVIEW)}`] : []),
    ...structured.actionItems.map(
      (item) => `Action item: ${item.description} (${item.completed ? 'done' : 'open'})`,
    ),
    ...structured.events.map(
      (event) => `Event: ${event.title}, ${toLocalText(event.start, timeZone)}`,
    ),
  ];
  if (segments && segments.length > 0) {
    const nameOf = await loadSpeakerNames(
      reader,
      uid,
      segments,
      (name) => `${name ?? 'You'} (the user)`,
    );
    const spoken = segments.map((segment) => `${nameOf(segment)}: ${segment.text}`).join('\n');
    lines.push('Transcript:', limitText(spoken, MAX_TRANSCRIPT));
  }
  const head = `Conversation #${number}, cite as [${number}], id ${conversation.id}, ${toLocalText(startedAt, timeZone)}`;
  return `${head}\n${markAsData('conversation', lines.join('\n'))}`;
}

/** At most `max` segments of a conversation; -1: all, 0: none (null). */
export async function firstSegments(
  reader: DocumentReader,
  uid: string,
  conversation: Conversation,
  max: number,
): Promise<TranscriptSegment[] | null> {
  if (max === 0) return null;
  const segments = await loadTranscript(reader, uid, conversation);
  return max < 0 ? segments : segments.slice(0, max);
}
