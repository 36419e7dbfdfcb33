import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import type { Conversation } from '../model/conversations/conversation.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import {
  type ConversationVoice,
  conversationVoiceId,
  conversationVoices,
} from '../model/people/conversation-voice.ts';
import { OWNER } from '../model/people/speaker-correction.ts';
import type { VoiceSettings } from '../model/people/voice-settings.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { findSpeakerCorrections } from '../transcripts/speaker-corrections.ts';
import { rankVoices } from '../voices/match-voice.ts';
import { pooled } from '../voices/voice-vector.ts';
import type { PeopleService } from './people-service.ts';
import { type SpeakerLabels, speechOf } from './speaker-labels.ts';
import { heardOf } from './stored-voices.ts';
import type { VoiceChoices } from './voice-choices.ts';
import type { VoicePrints } from './voice-prints.ts';

const HOUR_MS = 3_600_000;
/** Where somebody is looked for who could be asked about (Omi's figures, as all of these). */
const LOOK_BACK_MS = 48 * HOUR_MS;
const MAX_CONVERSATIONS = 30;
const MAX_PROMPTS = 10;
const MAX_SEGMENTS = 50;
/** Pause after the user was asked, and after the user has put the question aside so many times. */
const PAUSE_MS = 20 * HOUR_MS;
const LONG_PAUSE_MS = 7 * 24 * HOUR_MS;
const MAX_DISMISSALS = 3;
/** An empty result is looked at again after so long. */
const RECHECK_MS = 2 * HOUR_MS;
/** Speech without which nobody can say who it is. */
const MIN_SPEECH_MS = 3_000;
const MAX_SUGGESTED = 3;

export type PromptKind = 'owner_check' | 'confirm_person' | 'identify';
export type PromptStatus = 'ok' | 'disabled' | 'cooldown' | 'no_candidates';

/** The question who a speaker is. */
export interface SpeakerPrompt {
  id: string;
  kind: PromptKind;
  conversation: Conversation;
  voice: ConversationVoice;
  segments: readonly TranscriptSegment[];
  /** Whom the server takes the speaker for, as id of a person; null for nobody. */
  suggested: string | null;
  /** Who sounds most like it, as ids of people. */
  nearest: readonly string[];
}

export interface PromptList {
  prompts: SpeakerPrompt[];
  settings: VoiceSettings;
  status: PromptStatus;
  /** Epoch milliseconds; null: at any time. */
  nextAt: number | null;
}

export type PromptAnswer =
  | 'me'
  | 'not_me'
  | 'person'
  | 'new_person'
  | 'someone_else'
  | 'skip'
  | 'not_a_person';

/** An answer to a prompt, as clients send it. */
export interface AnsweredPrompt {
  kind: PromptKind;
  conversationId: string;
  speaker: number;
  segmentIds: readonly string[];
  answer: PromptAnswer;
  personId: string | null;
  name: string | null;
  suggestedPersonId: string | null;
}

/** What an answer says about the recognition of voices. */
export type PromptOutcome =
  | 'owner_auto_confirmed'
  | 'owner_auto_rejected'
  | 'owner_missed'
  | 'person_auto_confirmed'
  | 'person_auto_corrected'
  | 'person_missed_known'
  | 'person_not_enrolled'
  | 'unknown_voice'
  | 'skipped';

export interface SpeakerTagPromptsOptions {
  store: DocumentStore;
  clock: Clock;
  people: PeopleService;
  choices: VoiceChoices;
  labels: SpeakerLabels;
  prints: VoicePrints;
}

/** Asks the user, now and then, who the speakers of the last two days are. */
export class SpeakerTagPrompts {
  readonly #o: SpeakerTagPromptsOptions;

  constructor(options: SpeakerTagPromptsOptions) {
    this.#o = options;
  }

  async list(uid: string): Promise<PromptList> {
    const { choices, clock } = this.#o;
    const settings = await choices.get(uid);
    const nothing = { prompts: [], settings, nextAt: null };
    if (!settings.promptsEnabled) return { ...nothing, status: 'disabled' };
    const nextAt = nextAtOf(settings);
    if (nextAt > clock.now()) return { ...nothing, status: 'cooldown', nextAt };
    const prompts = await this.#candidates(uid);
    if (prompts.length > 0) return { prompts, settings, status: 'ok', nextAt: null };
    return { ...nothing, status: 'no_candidates', nextAt: clock.now() + RECHECK_MS };
  }

  /** The user was asked. Returns true if that was the first time. */
  async noteShown(uid: string): Promise<boolean> {
    const { choices, clock } = this.#o;
    const before = await choices.get(uid);
    await choices.change(uid, () => ({ promptsShownAt: clock.now() }));
    return before.promptsShownAt === null;
  }

  /** The user does not want to say it now. */
  async dismiss(uid: string): Promise<void> {
    const promptsShownAt = this.#o.clock.now();
    await this.#o.choices.change(uid, ({ dismissals }) => ({
      promptsShownAt,
      dismissals: dismissals + 1,
    }));
  }

  /**
   * Does what the user says. `learned`: the voice is learned from that speaker.
   *
   * @throws AppError `bad-request` for an answer that does not fit, and as `SpeakerLabels`
   */
  async answer(
    uid: string,
    given: AnsweredPrompt,
  ): Promise<{ personId: string | null; outcome: PromptOutcome; learned: boolean }> {
    const answer = answerOf(given);
    const outcome = await this.#outcome(uid, answer, given);
    const result = { personId: null, outcome, learned: false };
    await this.#o.choices.change(uid, () => ({ dismissals: 0 }));
    if (answer === 'skip') return result;
    const { conversationId, speaker, segmentIds } = given;
    const of = { conversationId, speaker, segmentIds: null };
    await this.#assertAsked(uid, given);
    const { labels, people } = this.#o;
    switch (answer) {
      case 'me':
        return { ...result, learned: await labels.name(uid, of, OWNER) };
      case 'person':
      case 'new_person': {
        const { personId, name } = given;
        const person =
          answer === 'person'
            ? await people.getPerson(uid, personId ?? '')
            : await people.createPerson(uid, name ?? '');
        return { ...result, personId: person.id, learned: await labels.name(uid, of, person.id) };
      }
      case 'not_me':
        await labels.reject(uid, { ...of, segmentIds }, { kind: 'not_me' });
        return result;
      case 'not_a_person':
        await labels.reject(uid, of, { kind: 'not_a_person' });
        return result;
      case 'someone_else':
        await this.#rejectSuggested(uid, given);
        return result;
    }
  }

  /** Speakers whom the user has said to be nobody of interest, the latest first. */
  async ignored(uid: string): Promise<{ voice: ConversationVoice; conversation: Conversation }[]> {
    const { store } = this.#o;
    const found: { voice: ConversationVoice; conversation: Conversation }[] = [];
    for await (const voice of queryAll(store, conversationVoices, uid, { query: 'recent' })) {
      if (voice.ignoredAt === null) continue;
      const speech = await speechOf(store, uid, voice);
      if (speech) found.push({ voice, conversation: speech.conversation });
    }
    found.sort((a, b) => (b.voice.ignoredAt ?? 0) - (a.voice.ignoredAt ?? 0));
    return found.slice(0, MAX_SEGMENTS);
  }

  /** The speaker is of interest again. @throws AppError `not-found` */
  async restore(uid: string, conversationId: string, speaker: number): Promise<void> {
    const { store } = this.#o;
    const id = conversationVoiceId(conversationId, speaker);
    await store.transact(async (tx) => {
      const voice = await tx.find(conversationVoices, uid, id);
      if (!voice || voice.ignoredAt === null) throw new AppError('not-found', 'Voice not found');
      tx.patch(conversationVoices, uid, id, { ignoredAt: null });
    });
  }

  async #candidates(uid: string): Promise<SpeakerPrompt[]> {
    const { store, clock } = this.#o;
    const known = await this.#o.prints.load(uid, AbortSignal.timeout(10_000));
    const people = known.filter(({ personId }) => personId !== OWNER);
    const found: SpeakerPrompt[] = [];
    const heardIn = new Set<string>();
    const request = { query: 'recent', from: clock.now() - LOOK_BACK_MS } as const;
    for await (const voice of queryAll(store, conversationVoices, uid, request)) {
      heardIn.add(voice.conversationId);
      if (heardIn.size > MAX_CONVERSATIONS || found.length >= MAX_PROMPTS) break;
      if (voice.ignoredAt !== null || voice.speechMs < MIN_SPEECH_MS) continue;
      const corrections = await findSpeakerCorrections(store, uid, voice.conversationId);
      if (corrections?.speakers[voice.speaker] !== undefined) continue;
      const speech = await speechOf(store, uid, voice);
      if (speech === null || !isAskedAbout(speech.conversation)) continue;
      const { conversation } = speech;
      const segments = speech.segments.slice(0, MAX_SEGMENTS);
      const suggested = segments.find(({ personId }) => personId !== null)?.personId ?? null;
      const isOwner = segments.some(({ isUser }) => isUser);
      const kind = isOwner ? 'owner_check' : suggested === null ? 'identify' : 'confirm_person';
      const heard = pooled(heardOf(voice));
      const nearest = heard ? rankVoices(heard.vector, people).slice(0, MAX_SUGGESTED) : [];
      found.push({
        id: voice.id,
        kind,
        conversation,
        voice,
        segments,
        suggested,
        nearest: nearest
          .map(({ print }) => print.personId)
          .filter((id) => !voice.rejected.includes(id)),
      });
    }
    return found;
  }

  /** The speaker still says what the user was asked about. */
  async #assertAsked(uid: string, { conversationId, speaker, segmentIds }: AnsweredPrompt) {
    const { store } = this.#o;
    const speech = await speechOf(store, uid, { conversationId, speaker });
    const said = new Set(speech?.segments.map(({ id }) => id));
    if (speech === null || segmentIds.some((id) => said.has(id))) return;
    throw new AppError('conflict', 'The speaker does not say these segments any more.');
  }

  async #rejectSuggested(uid: string, given: AnsweredPrompt): Promise<void> {
    const { conversationId, speaker, suggestedPersonId: personId } = given;
    const of = { conversationId, speaker, segmentIds: null };
    if (given.kind === 'owner_check') await this.#o.labels.reject(uid, of, { kind: 'not_me' });
    else if (personId !== null) {
      await this.#o.labels.reject(uid, of, { kind: 'not_person', personId });
    }
  }

  async #outcome(
    uid: string,
    answer: PromptAnswer,
    { kind, personId, suggestedPersonId }: AnsweredPrompt,
  ): Promise<PromptOutcome> {
    if (answer === 'skip') return 'skipped';
    if (kind === 'owner_check') {
      return answer === 'me' ? 'owner_auto_confirmed' : 'owner_auto_rejected';
    }
    if (answer === 'me') return 'owner_missed';
    if (kind === 'confirm_person') {
      const isConfirmed = answer === 'person' && personId === suggestedPersonId;
      return isConfirmed ? 'person_auto_confirmed' : 'person_auto_corrected';
    }
    if (answer === 'new_person') return 'person_not_enrolled';
    if (answer !== 'person') return 'unknown_voice';
    const known = await this.#o.prints.find(uid, personId ?? '');
    return known === null ? 'person_not_enrolled' : 'person_missed_known';
  }
}

function isAskedAbout({ status, discarded }: Conversation): boolean {
  return status === 'completed' && !discarded;
}

function nextAtOf({ promptsShownAt, dismissals }: VoiceSettings): number {
  if (promptsShownAt === null) return 0;
  return promptsShownAt + (dismissals >= MAX_DISMISSALS ? LONG_PAUSE_MS : PAUSE_MS);
}

/** The answer, `someone_else` with a person or a name as what it then means. */
function answerOf({ kind, answer, personId, name }: AnsweredPrompt): PromptAnswer {
  if (answer === 'not_me' && kind !== 'owner_check') {
    throw new AppError('bad-request', `not_me does not answer ${kind}`);
  }
  if (answer === 'someone_else' && personId !== null) return 'person';
  if (answer === 'someone_else' && name !== null) return 'new_person';
  if (answer === 'person' && personId === null) {
    throw new AppError('bad-request', 'person_id is required');
  }
  if (answer === 'new_person' && name === null) {
    throw new AppError('bad-request', 'name is required');
  }
  return answer;
}
