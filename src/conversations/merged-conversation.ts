import {
  type Conversation,
  emptyStructured,
  makeConversation,
  type Structured,
  type Visibility,
} from '../model/conversations/conversation.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import { joinTranscripts } from '../transcripts/join-transcripts.ts';

const MOST_RESTRICTIVE_FIRST: readonly Visibility[] = ['private', 'shared', 'public'];

/**
 * The conversation that several become, `merging` and with what was understood of its parts put
 * together; processing replaces that. Its beginning, language, source and place are the first one's.
 *
 * @param sources by their beginning
 * @param transcripts theirs, in the same order
 */
export function makeMerged(
  id: string,
  sources: readonly Conversation[],
  transcripts: readonly (readonly TranscriptSegment[])[],
  now: number,
): { conversation: Conversation; segments: TranscriptSegment[] } {
  const segments = joinTranscripts(
    sources.map((source, i) => ({
      startedAt: beganAt(source),
      finishedAt: endedAt(source),
      segments: transcripts[i] ?? [],
    })),
  );
  const [first] = sources;
  const startedAt = first ? beganAt(first) : now;
  const lastWordAt = startedAt + (segments.at(-1)?.endMs ?? 0);
  const kinds = new Set(sources.map(({ textSource }) => textSource));
  const conversation = makeConversation({
    id,
    createdAt: first?.createdAt ?? now,
    updatedAt: now,
    startedAt,
    finishedAt: Math.max(lastWordAt, ...sources.map(endedAt)),
    activeAt: now,
    language: first?.language ?? null,
    source: first?.source ?? 'unknown',
    status: 'merging',
    forced: true,
    structured: joinStructured(id, sources),
    titleEdited: first?.titleEdited ?? false,
    geolocation: first?.geolocation ?? null,
    appId: first?.appId ?? null,
    // Of speech and text together, everything is taken for speech.
    textSource: kinds.size === 1 ? (first?.textSource ?? null) : null,
    discarded: sources.every(({ discarded }) => discarded),
    visibility:
      MOST_RESTRICTIVE_FIRST.find((v) => sources.some(({ visibility }) => visibility === v)) ??
      'private',
    starred: sources.some(({ starred }) => starred),
    privateCloudSyncEnabled: sources.some((source) => source.privateCloudSyncEnabled),
    dataProtectionLevel: sources.some((s) => s.dataProtectionLevel === 'enhanced')
      ? 'enhanced'
      : 'standard',
    folderId: sources.find(({ folderId }) => folderId !== null)?.folderId ?? null,
    folderChosen: sources.some(({ folderChosen }) => folderChosen),
    gaps: sources.flatMap(({ gaps }) => gaps).sort((a, b) => a.startAt - b.startAt),
    externalData: {
      ...first?.externalData,
      merge_metadata: mergeMetadata(sources, now),
    },
  });
  return { conversation, segments };
}

/** Returns what Omi's clients read of a merge. */
function mergeMetadata(sources: readonly Conversation[], now: number) {
  return {
    merged_at: toIso(now),
    source_conversation_ids: sources.map((source) => source.id),
    source_details: sources.map((source) => ({
      id: source.id,
      started_at: source.startedAt === null ? null : toIso(source.startedAt),
      finished_at: source.finishedAt === null ? null : toIso(source.finishedAt),
      source: source.source,
    })),
  };
}

/** The texts that the parts were made from as one, if every part was made from one. */
export function withMergedText(
  conversation: Conversation,
  sources: readonly Conversation[],
): Conversation {
  const texts = sources.map(({ externalData }) => externalData?.text);
  const { text: _, ...rest } = conversation.externalData ?? {};
  const all = texts.every((text) => typeof text === 'string') ? { text: texts.join('\n\n') } : {};
  return { ...conversation, externalData: { ...rest, ...all } };
}

/** When a conversation began, epoch milliseconds. */
export function beganAt(conversation: Pick<Conversation, 'startedAt' | 'createdAt'>): number {
  return conversation.startedAt ?? conversation.createdAt;
}

/** When it ended, epoch milliseconds. */
export function endedAt(
  conversation: Pick<Conversation, 'startedAt' | 'createdAt' | 'finishedAt'>,
): number {
  return Math.max(beganAt(conversation), conversation.finishedAt ?? 0);
}

function joinStructured(id: string, sources: readonly Conversation[]): Structured {
  const all = sources.map(({ structured }) => structured);
  const titled = all.find(({ title }) => title !== '') ?? emptyStructured();
  return {
    title: titled.title,
    overview: all
      .map(({ overview }) => overview)
      .filter((overview) => overview !== '')
      .join('\n\n'),
    overviewEvidence: all.flatMap(({ overviewEvidence }) => overviewEvidence),
    emoji: titled.emoji,
    category: titled.category,
    actionItems: all.flatMap(({ actionItems }) =>
      actionItems.map((item) => ({ ...item, conversationId: id })),
    ),
    events: all.flatMap(({ events }) => events),
  };
}

function toIso(time: number): string {
  return new Date(time).toISOString();
}
