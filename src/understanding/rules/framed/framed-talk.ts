import { DateTime } from 'luxon';
import { capitalize } from '../../../text/capitals.ts';
import type { SpeechFrames } from '../../../text/speech-frames.ts';
import type { ActionItemClaim, EventClaim, MemoryClaim } from '../../understanding-engine.ts';
import type { CooperativeLoop } from '../cooperative-loop.ts';
import { endOfLocalDay } from '../english/dates/resolve-date.ts';
import type { Sentence, Talk } from '../talk.ts';
import { type FramedCode, type FramedTime, findFramedTimes } from './framed-dates.ts';

const DEFAULT_MINUTES = 30;
/** Claims of each kind in one talk, at most. */
const MOST = 50;
/** Longer sentences are no plain promise. */
const MAX_WORDS = 40;
const MAX_TASK_WORDS = 12;

/** A language with frames, and what finds its dates. */
export type FramedLanguage = { code: FramedCode; frames: SpeechFrames };

export interface FramedClaims {
  actionItems: ActionItemClaim[];
  events: EventClaim[];
  memories: MemoryClaim[];
}

/**
 * Finds tasks, appointments and facts of the user by the frames of a language: an open verb after a
 * promise or a request, an appointment with its time, the first person with what lasts.
 */
export async function findFramedClaims(
  context: Talk,
  language: FramedLanguage,
  each: CooperativeLoop,
): Promise<FramedClaims> {
  const talk = new FramedTalk(context, language);
  const found: FramedClaims = { actionItems: [], events: [], memories: [] };
  const addNew = <T extends object>(list: T[], claim: T | null, text: (claim: T) => string) => {
    if (claim === null || list.length >= MOST) return;
    if (!list.some((other) => text(other).toLowerCase() === text(claim).toLowerCase())) {
      list.push(claim);
    }
  };
  await each(context.sentences, (sentence) => {
    if (sentence.words > MAX_WORDS) return;
    addNew(found.actionItems, talk.taskIn(sentence), ({ description }) => description);
    addNew(found.events, talk.eventIn(sentence), ({ title, start }) => `${title} ${start}`);
    for (const fact of talk.factsIn(sentence)) addNew(found.memories, fact, (f) => f.content);
  });
  return found;
}

/** Reads single sentences of one talk. */
class FramedTalk {
  readonly #context: Talk;
  readonly #language: FramedLanguage;
  readonly #frames: SpeechFrames;
  readonly #times: readonly (readonly [RegExp, string])[];
  readonly #noDeeds: ReadonlySet<string>;

  constructor(context: Talk, language: FramedLanguage) {
    const { frames } = language;
    this.#context = context;
    this.#language = language;
    this.#frames = frames;
    this.#times = frames.times.map(([said, read]) => [new RegExp(said, 'giu'), read]);
    this.#noDeeds = new Set(frames.noDeeds.split(' '));
  }

  taskIn(sentence: Sentence): ActionItemClaim | null {
    const text = this.#readable(sentence.text);
    const { promise, request } = this.#frames;
    const promised = sentence.question ? null : after(text, promise);
    const rest = promised ?? after(text, request);
    if (rest === null) return null;
    const before = text.slice(0, text.length - rest.length);
    const answer = this.#context.sentences[sentence.index + 1];
    const isAnswered = answer !== undefined && answer.speaker !== sentence.speaker;
    if (promised === null && isAnswered && begins(answer.text, this.#frames.refusal)) return null;
    const clause = cutAt(rest, this.#frames.clauseEnd);
    if (has(before.replace(new RegExp(request, 'iu'), ''), this.#frames.spoiled)) return null;
    if (
      has(clause, this.#frames.spoiled) ||
      has(rest.slice(clause.length, clause.length + 12), this.#frames.spoiled)
    )
      return null;
    const times = [...this.#timesIn(clause), ...this.#timesIn(before)];
    const description = this.#describe(clause);
    if (description === null) return null;
    const [time] = times.filter(({ start }) => start >= startOfDay(this.#context));
    const owner = promised === null ? this.#listenerOf(sentence) : labelOf(sentence);
    const dueAt = time
      ? time.hasClock
        ? time.start
        : endOfLocalDay(time.start, this.#context.timeZone)
      : null;
    return { description, owner, dueAt, segmentIds: [...sentence.segmentIds] };
  }

  eventIn(sentence: Sentence): EventClaim | null {
    const text = this.#readable(sentence.text);
    const { appointment, appointmentWith, cancelled, spoiled } = this.#frames;
    const next = this.#context.sentences.slice(sentence.index, sentence.index + 4);
    if (
      sentence.question ||
      has(text, spoiled) ||
      next.some((other) => has(other.text, cancelled))
    ) {
      return null;
    }
    const [time] = this.#timesIn(text).filter(({ start }) => start > this.#context.startedAt);
    if (!time) return null;
    const without = blank(text, this.#timesIn(text), this.#frames.beforeTime);
    const noun = new RegExp(`(?<!\\p{L})(?:${appointment})`, 'iu').exec(without);
    if (!noun) return null;
    const whom = new RegExp(`^${appointmentWith}`, 'u').exec(
      without.slice(noun.index + noun[0].length),
    );
    return {
      title: capitalize(`${noun[0]}${whom?.[0] ?? ''}`.replace(/[\s.,;]+$/, '')),
      description: capitalize(sentence.text),
      start: time.hasClock ? time.start : time.start + 9 * 3_600_000,
      durationMinutes: DEFAULT_MINUTES,
      segmentIds: [...sentence.segmentIds],
    };
  }

  factsIn(sentence: Sentence): MemoryClaim[] {
    if (!sentence.isUser || sentence.question || has(sentence.text, this.#frames.spoiled))
      return [];
    return this.#frames.facts.flatMap(([said, third]) => {
      const match = new RegExp(`(?<!\\p{L})${said}`, 'iu').exec(
        sentence.text.replace(/[.!]+$/, ''),
      );
      const clause = match?.[1] === undefined ? '' : this.#factClause(match[1]);
      if (clause === '' || clause.split(' ').length > MAX_TASK_WORDS) return [];
      const content = `${third} ${clause}`;
      return [
        {
          content,
          category: 'system' as const,
          segmentIds: [...sentence.segmentIds],
          replaces: [],
          isSure: true,
        },
      ];
    });
  }

  /** What is said of one thing: "... and I work" begins another. */
  #factClause(said: string): string {
    return cutAt(
      said,
      `${this.#frames.clauseEnd}|\\s(?:und|y|et) (?=\\p{L}+e(?!\\p{L})|trabajo|vivo|tengo|je|j')`,
    ).trim();
  }

  /** The text with times in the form that the date parser knows. */
  #readable(text: string): string {
    return this.#times.reduce((read, [said, figures]) => read.replace(said, figures), text);
  }

  #timesIn(text: string): FramedTime[] {
    return findFramedTimes(text, this.#language.code, this.#context);
  }

  /** The task from the words after its frame; null if it is no whole task. */
  #describe(clause: string): string | null {
    const { beforeTime, idle, verbAt, plainVerb } = this.#frames;
    const words = blank(clause, this.#timesIn(clause), beforeTime)
      .replace(new RegExp(`(?<!\\p{L})(?:${idle.split(' ').join('|')})(?!\\p{L}|')`, 'giu'), ' ')
      .trim()
      .split(/\s+/);
    const verb = (verbAt === 'first' ? words[0] : words.at(-1)) ?? '';
    const others = verbAt === 'first' ? words.slice(1) : words.slice(0, -1);
    const isVerb = new RegExp(`^(?:${plainVerb})$`, 'iu').test(verb);
    if (!isVerb || this.#noDeeds.has(verb.toLowerCase()) || words.length > MAX_TASK_WORDS)
      return null;
    // It needs an object of its own: a noun, not only a pronoun.
    if (!others.some((word) => word.replace(/^\p{L}'/u, '').length > 3)) return null;
    return capitalize(words.join(' '));
  }

  #listenerOf(sentence: Sentence): string | null {
    const others = [...this.#context.firstBySpeaker.values()].filter(
      ({ speaker }) => speaker !== sentence.speaker,
    );
    const [only] = others;
    return only && others.length === 1 ? labelOf(only) : null;
  }
}

function startOfDay({ startedAt, timeZone }: Talk): number {
  return DateTime.fromMillis(startedAt, { zone: timeZone }).startOf('day').toMillis();
}

function labelOf(sentence: Sentence): string {
  return sentence.isUser ? 'user' : (sentence.name ?? sentence.speaker);
}

function has(text: string, pattern: string): boolean {
  return new RegExp(pattern, 'iu').test(text);
}

function begins(text: string, pattern: string): boolean {
  return new RegExp(`^(?:${pattern})`, 'iu').test(text);
}

/** What follows the first match of a frame; null if there is none. */
function after(text: string, frame: string): string | null {
  const match = new RegExp(`(?:${frame})`, 'iu').exec(text);
  return match ? text.slice(match.index + match[0].length) : null;
}

function cutAt(text: string, end: string): string {
  const match = new RegExp(end, 'iu').exec(text);
  return match && match.index > 0 ? text.slice(0, match.index) : text;
}

/** The text without its times and the words before them that go with them. */
function blank(text: string, times: readonly FramedTime[], before: string): string {
  const lead = new RegExp(`(?<!\\p{L})(?:${before}) ?$`, 'iu');
  return [...times]
    .sort((a, b) => b.index - a.index)
    .reduce((kept, { index, length }) => {
      const head = kept.slice(0, index).replace(lead, '').replace(lead, '');
      return `${head} ${kept.slice(index + length)}`;
    }, text)
    .replace(/\s+/g, ' ')
    .trim();
}
