import { describeError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Logger } from '../../kernel/logger.ts';
import {
  makeSegment,
  type TranscriptSegment,
} from '../../model/conversations/transcript-segment.ts';
import { countWords } from '../../text/word-count.ts';
import { type AppendDeps, appendAtEnd } from '../../transcripts/append-segments.ts';
import type { ListenEvent } from '../listen-event.ts';
import type { PhotoPlace } from '../photos/photo-intake.ts';
import type { AnswerCheck } from './onboarding-check.ts';
import { INTERVIEWER, ONBOARDING_QUESTIONS } from './onboarding-questions.ts';

/** Silence after which an answer may be complete. */
const SILENCE_MS = 2_000;
const MIN_WORDS = 2;
/** A question stands this far behind what was said before it. */
const QUESTION_GAP_MS = 500;
/** Speed at which a question counts as spoken. */
const WORDS_PER_SECOND = 2.5;
const MIN_QUESTION_MS = 1_000;

export interface OnboardingOptions extends AppendDeps {
  place: PhotoPlace & { readonly startedAt: number };
  logger: Logger;
  checkAnswer: AnswerCheck;
  emit(event: ListenEvent): void;
}

/**
 * The questions that a new user is asked by voice: one after the other, each as an event and as a
 * segment of the transcript. An answer is at least two words and then two seconds of silence; a
 * language model may say that it is none yet.
 */
export class OnboardingInterview {
  readonly #o: OnboardingOptions;
  readonly #abort = new AbortController();
  #index = -1;
  #answers = 0;
  /** What was said since the question, by segment. */
  #spoken = new Map<string, string>();
  #silence: NodeJS.Timeout | undefined;
  #check: AbortController | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(options: OnboardingOptions) {
    this.#o = options;
  }

  /** Asks the first question. */
  start(): void {
    this.#enqueue(() => this.#next());
  }

  /** Takes notice of what the client is told; of its words those are an answer that follow the question. */
  observe(event: ListenEvent): void {
    if (event.type === 'segments-deleted') {
      for (const id of event.segmentIds) this.#spoken.delete(id);
    }
    if (event.type !== 'segments-updated' || this.#isOver) return;
    for (const segment of event.segments) {
      if (segment.speaker !== INTERVIEWER) this.#spoken.set(segment.id, segment.text);
    }
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#enqueue(() => this.#judge()), SILENCE_MS);
  }

  /** The user does not want to answer the present question. */
  skip(): void {
    const index = this.#index;
    this.#check?.abort();
    this.#enqueue(async () => {
      if (this.#isOver || index !== this.#index) return;
      this.#o.emit({ type: 'question-skipped', index: this.#index });
      await this.#next();
    });
  }

  async stop(): Promise<void> {
    clearTimeout(this.#silence);
    this.#abort.abort();
    this.#check?.abort();
    await this.#work;
  }

  get #isOver(): boolean {
    return this.#abort.signal.aborted || this.#index >= ONBOARDING_QUESTIONS.length;
  }

  async #judge(): Promise<void> {
    const question = ONBOARDING_QUESTIONS[this.#index];
    const answer = [...this.#spoken.values()].join(' ').trim();
    if (this.#isOver || !question || countWords(answer) < MIN_WORDS) return;
    const check = new AbortController();
    this.#check = check;
    const isAnswered = await this.#o.checkAnswer(question.text, answer, check.signal);
    if (!isAnswered || check.signal.aborted) return;
    this.#answers += 1;
    this.#o.emit({ type: 'question-answered', index: this.#index });
    await this.#next();
  }

  async #next(): Promise<void> {
    clearTimeout(this.#silence);
    this.#spoken = new Map();
    this.#index += 1;
    const question = ONBOARDING_QUESTIONS[this.#index];
    if (!question) {
      this.#o.emit({ type: 'onboarding-complete', answers: this.#answers });
      return;
    }
    const segmentId = newId();
    this.#o.emit({
      type: 'onboarding-question',
      question: question.text,
      index: this.#index,
      total: ONBOARDING_QUESTIONS.length,
      segmentId,
    });
    await this.#inject(segmentId, question.text);
  }

  /** Makes a question part of the transcript. */
  async #inject(id: string, text: string): Promise<void> {
    const { place, emit } = this.#o;
    const words = countWords(text);
    const durationMs = Math.max(MIN_QUESTION_MS, Math.round((words / WORDS_PER_SECOND) * 1000));
    const segment: TranscriptSegment = makeSegment({
      id,
      text,
      speaker: INTERVIEWER,
      startMs: 0,
      endMs: durationMs,
    });
    const request = {
      uid: place.uid,
      conversationId: place.conversationId,
      audioStartedAt: place.startedAt,
      gapMs: QUESTION_GAP_MS,
      segment,
    };
    let result = await appendAtEnd(this.#o, request);
    if (!result) {
      await place.renewConversation();
      result = await appendAtEnd(this.#o, { ...request, conversationId: place.conversationId });
    }
    if (result) emit({ type: 'segments-updated', segments: result.updated, receivedAt: null });
  }

  /** One thing after the other: a skip must not overtake a question that is being asked. */
  #enqueue(step: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.#abort.signal.aborted) return;
      try {
        await step();
      } catch (error) {
        this.#o.logger.error({ error: describeError(error) }, 'onboarding step failed');
      }
    });
  }
}
