import { DateTime, IANAZone } from 'luxon';
import type { Clock } from '../kernel/clock.ts';
import { type Conversation, conversations } from '../model/conversations/conversation.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import { memories } from '../model/memory.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { splitSentences } from '../text/sentences.ts';
import { countWords } from '../text/word-count.ts';

export const USAGE_PERIODS = ['today', 'monthly', 'yearly', 'all_time'] as const;
export type UsagePeriod = (typeof USAGE_PERIODS)[number];

/** What was stored in a period; whole seconds. */
export interface UsageStats {
  transcriptionSeconds: number;
  speechSeconds: number;
  wordsTranscribed: number;
  insightsGained: number;
  memoriesCreated: number;
}

export interface UsageReport {
  total: UsageStats;
  /** Hours of today, days of the month, months of the year, or years; empty ones are omitted. */
  history: { date: string; stats: UsageStats }[];
}

/** The start of each part of a period's history, in luxon's format. */
const PIECES = {
  today: "yyyy-MM-dd'T'HH:00:00ZZ",
  monthly: 'yyyy-MM-dd',
  yearly: 'yyyy-MM-01',
  all_time: 'yyyy-01-01',
} as const;

/** Counts a user's use from the stored documents, so that it is right after imports and deletions, too. */
export class UsageReports {
  readonly #store: DocumentStore;
  readonly #clock: Clock;
  readonly #loadTranscript: (
    uid: string,
    conversation: Conversation,
  ) => Promise<readonly TranscriptSegment[]>;

  constructor(deps: {
    store: DocumentStore;
    clock: Clock;
    loadTranscript: (
      uid: string,
      conversation: Conversation,
    ) => Promise<readonly TranscriptSegment[]>;
  }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#loadTranscript = deps.loadTranscript;
  }

  /** @param timeZone IANA zone of the days; null: UTC */
  async report(uid: string, period: UsagePeriod, timeZone: string | null): Promise<UsageReport> {
    const zone = timeZone !== null && IANAZone.isValidZone(timeZone) ? timeZone : 'utc';
    const now = DateTime.fromMillis(this.#clock.now(), { zone });
    const from = startOf(period, now);
    const total = emptyStats();
    const pieces = new Map<string, UsageStats>();
    const count = (at: number, add: (stats: UsageStats) => void): void => {
      const date = DateTime.fromMillis(at, { zone }).toFormat(PIECES[period]);
      const piece = pieces.get(date) ?? emptyStats();
      pieces.set(date, piece);
      add(piece);
      add(total);
    };
    const recent = { query: 'recent', from } as const;
    for await (const conversation of queryAll(this.#store, conversations, uid, recent)) {
      const segments = await this.#loadTranscript(uid, conversation);
      count(conversation.createdAt, (stats) => addConversation(stats, conversation, segments));
    }
    for await (const memory of queryAll(this.#store, memories, uid, { query: 'byScoring' })) {
      if (memory.createdAt < from) continue;
      count(memory.createdAt, (stats) => {
        stats.memoriesCreated += 1;
      });
    }
    const history = [...pieces]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([date, stats]) => ({ date, stats: rounded(stats) }));
    return { total: rounded(total), history };
  }
}

function startOf(period: UsagePeriod, now: DateTime): number {
  switch (period) {
    case 'today':
      return now.startOf('day').toMillis();
    case 'monthly':
      return now.startOf('month').toMillis();
    case 'yearly':
      return now.startOf('year').toMillis();
    case 'all_time':
      return 0;
  }
}

export function emptyStats(): UsageStats {
  return {
    transcriptionSeconds: 0,
    speechSeconds: 0,
    wordsTranscribed: 0,
    insightsGained: 0,
    memoriesCreated: 0,
  };
}

function addConversation(
  stats: UsageStats,
  { startedAt, finishedAt, structured }: Conversation,
  segments: readonly TranscriptSegment[],
): void {
  if (startedAt !== null && finishedAt !== null) {
    stats.transcriptionSeconds += Math.max(0, finishedAt - startedAt) / 1000;
  }
  for (const segment of segments) {
    stats.speechSeconds += Math.max(0, segment.endMs - segment.startMs) / 1000;
    stats.wordsTranscribed += countWords(segment.text);
  }
  stats.insightsGained +=
    insightfulSentences(`${structured.title}. ${structured.overview}`) +
    structured.actionItems.length +
    structured.events.length;
}

/** Returns the number of sentences with more than five words: Omi counts these as insights. */
function insightfulSentences(text: string): number {
  return splitSentences(text).filter((sentence) => countWords(sentence) > 5).length;
}

function rounded(stats: UsageStats): UsageStats {
  return {
    ...stats,
    transcriptionSeconds: Math.round(stats.transcriptionSeconds),
    speechSeconds: Math.round(stats.speechSeconds),
  };
}
