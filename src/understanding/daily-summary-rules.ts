import { windowsOf } from '../kernel/bounded-text.ts';
import type { DailySummary } from '../model/conversations/daily-summary.ts';
import { splitSentences } from '../text/sentences.ts';
import { countWords } from '../text/word-count.ts';
import { type DayConversation, lengthOf, type SummarisedDay } from './summarised-day.ts';

/** The parts of a day's summary that are written. */
export type WrittenSummary = Pick<
  DailySummary,
  | 'headline'
  | 'overview'
  | 'dayEmoji'
  | 'highlights'
  | 'unresolvedQuestions'
  | 'decisionsMade'
  | 'knowledgeNuggets'
>;

/** What a day is called for which there is no better name. */
export const FALLBACK_HEADLINE = 'Your Day in Review';
export const MAX_HEADLINE_WORDS = 8;
export const MAX_HIGHLIGHTS = 4;
/** Questions, decisions and nuggets, each. */
export const MAX_NOTES = 3;
export const MAX_NOTE_WORDS = 15;
/** Characters of a sentence; a longer one is cut. */
const MAX_SENTENCE = 2000;

const DECISION =
  /\b(?:we(?:'ve| have)? (?:decided|agreed|settled)|(?:we|let)(?:'ll|'s| will) go with|it(?:'s| is) decided|that(?:'s| is) decided|the decision is|agreed to)\b/i;
const OPEN =
  /\b(?:still (?:have|need|needs) to (?:decide|find out|figure out|clarify)|(?:not|isn't|aren't) (?:sure|clear|decided) (?:yet|if|whether|who|how|when|what)|don't know (?:yet|if|whether|who|how|when|what)|open question|to be (?:decided|clarified)|(?:needs?|have) to be (?:decided|clarified))\b/i;

/** A day's summary without a language model: sentences that were written or said, and none made up. */
export function summariseDayByRules(day: SummarisedDay): WrittenSummary {
  const byLength = [...day.talks].sort((a, b) => weight(b) - weight(a));
  const [main] = byLength;
  const highlights = byLength
    .filter(({ conversation }) => conversation.structured.title !== '')
    .slice(0, MAX_HIGHLIGHTS)
    .map(({ conversation: { id, structured } }) => ({
      topic: structured.title,
      emoji: structured.emoji,
      summary: firstSentences(structured.overview, 1),
      conversationIds: [id],
    }));
  const overview = byLength
    .slice(0, 3)
    .map(({ conversation }) => firstSentences(conversation.structured.overview, 1))
    .filter((sentence) => sentence !== '');
  return {
    headline: headlineOf(byLength),
    overview: overview.join(' '),
    dayEmoji: main?.conversation.structured.emoji ?? '📅',
    highlights,
    unresolvedQuestions: notes(day, OPEN).map(({ text, conversationId }) => ({
      question: text,
      conversationId,
    })),
    decisionsMade: notes(day, DECISION).map(({ text, conversationId }) => ({
      decision: text,
      conversationId,
    })),
    knowledgeNuggets: day.talks
      .flatMap(({ conversation, insights }) =>
        insights.map((insight) => ({ insight, conversationId: conversation.id })),
      )
      .slice(0, MAX_NOTES),
  };
}

/** A conversation counts by its length; one without words by nothing. */
function weight({ conversation, segments }: DayConversation): number {
  const chars = segments.reduce((sum, { text }) => sum + text.length, 0);
  return chars + lengthOf(conversation) / 1000;
}

function headlineOf(talks: readonly DayConversation[]): string {
  const titles = talks
    .map(({ conversation }) => conversation.structured.title)
    .filter((title) => title !== '' && countWords(title) <= MAX_HEADLINE_WORDS);
  return titles[0] ?? FALLBACK_HEADLINE;
}

/** Sentences of the day that match, as they were said, the first of each conversation first. */
function notes(day: SummarisedDay, pattern: RegExp): { text: string; conversationId: string }[] {
  const found: { text: string; conversationId: string }[] = [];
  for (const { conversation, segments } of day.talks) {
    for (const segment of segments) {
      const sentence = sentencesOf(segment.text).find((text) => pattern.test(text));
      // Longer ones would have to be cut, and a sentence that is cut says something else.
      if (!sentence || countWords(sentence) > MAX_NOTE_WORDS) continue;
      found.push({ text: sentence, conversationId: conversation.id });
    }
  }
  return found.slice(0, MAX_NOTES);
}

function firstSentences(text: string, count: number): string {
  return sentencesOf(text).slice(0, count).join(' ');
}

function sentencesOf(text: string): string[] {
  return splitSentences(text)
    .flatMap((sentence) => windowsOf(sentence, MAX_SENTENCE))
    .map((window) => window.text.trim())
    .filter((sentence) => sentence !== '');
}
