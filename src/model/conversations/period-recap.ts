import type { ActionItem } from '../tasks/action-item.ts';
import type { DailySummary } from './daily-summary.ts';

export type RecapPeriod = 'week' | 'month';

/** How much was recorded. */
export interface RecapBusy {
  totalConversations: number;
  totalDurationMinutes: number;
}

/** A week (Monday to Sunday) or month of a user. Dates are local, `YYYY-MM-DD`. */
export interface PeriodRecap {
  period: RecapPeriod;
  startDate: string;
  endDate: string;
  /** Days with at least one conversation. */
  daysRecorded: number;
  stats: RecapBusy & { actionItemsCreated: number; memoriesCreated: number };
  busiestDay: (RecapBusy & { date: string; summaryId: string | null }) | null;
  /** Of the daily summaries, oldest day first, at most two a day. */
  highlights: (DailySummary['highlights'][number] & { date: string })[];
  decisions: { date: string; decision: string; conversationId: string }[];
  openQuestions: { date: string; question: string; conversationId: string }[];
  /** Created in the period and still open, newest first. */
  openActionItems: ActionItem[];
  /** Who spoke most, at most five; time of speech. */
  topPeople: { personId: string; name: string; conversations: number; talkMinutes: number }[];
  /** The same stretch of the period before; null if nothing was recorded in it. */
  previous: (RecapBusy & { startDate: string; endDate: string }) | null;
}
