import { wordsOf } from '../text/tokenizer.ts';
import { isAskingWord, isContentWord, isRequestWord } from '../text/word-classes.ts';
import { type Permission, WriteRefused } from './permission.ts';
import { requestsOf, type WriteKind, type WriteRequest } from './write-requests.ts';

/** Changes that one message can ask for at most. */
const MAX_WRITES = 10;
const AFFIRMATION =
  /^(?:yes|yep|yeah|sure|ok|okay|please do|do it|go ahead|correct|exactly|right|ja|oui|sí|si)\b.{0,40}$/iu;
/** A message that points at tasks instead of naming them. */
const POINTS_AT_MANY =
  /\b(?:all|every|everything|both|those|these|them|each|first|second|third|last|rest|others?)\b/iu;
const POINTS_AT_ONE = /\b(?:it|that|this|one|the task|my task|the reminder)\b/iu;
/** A message that asks for tasks out of what was talked about. */
const FROM_TALK =
  /\b(?:discussed|talked|mentioned|said|agreed|promised|conversation|meeting|call|from|based on|about (?:it|that|this)|that|them|it|those|these)\b/iu;
/** A message that wants a text which others have said. */
const RETOLD =
  /\b(?:discussed|talked|mentioned|said|agreed|conversation|meeting|call|based on)\b/iu;
/** "Remember that I …": this "that" points at nothing. */
const CONJUNCTION =
  /\b(remember|memori[sz]e|note|keep in mind|don't forget|save|store|know)\s+that\b(?=\s+\p{L})/giu;

/** A request, with what it speaks of. */
interface Wish extends WriteRequest {
  /** The words in which what is changed is named. */
  words: string;
  telling: ReadonlySet<string>;
  /** Changes that it has been used for. */
  used: number;
}

/**
 * Decides what a turn may change, from nothing but the user's own words: neither the model nor
 * anything that it read can widen it. Each clause allows the changes that it asks for, on what it
 * speaks of. A message that only agrees ("yes, do it") asks for what the user's message before it
 * asked for.
 */
export class WritePermission implements Permission {
  readonly #wishes: readonly Wish[];
  readonly #words: string;
  readonly #telling: ReadonlySet<string>;
  #left = MAX_WRITES;

  /**
   * @param message the user's latest message
   * @param before the user's message before it, null if there is none
   */
  constructor(message: string, before: string | null) {
    const own = requestsOf(message);
    const agrees = own.length === 0 && before !== null && AFFIRMATION.test(message.trim());
    const words = agrees ? `${before} ${message}` : message;
    this.#words = words;
    this.#telling = tellingWords(words);
    this.#wishes = (agrees ? requestsOf(before) : own).map((request) => this.#toWish(request));
  }

  /** Returns the permission of a question that may change nothing. */
  static none(): WritePermission {
    return new WritePermission('', null);
  }

  asksFor(kind: WriteKind): boolean {
    return kind === 'call-app' || this.#wishes.some(({ kinds }) => kinds.has(kind));
  }

  take(
    kinds: WriteKind | readonly WriteKind[],
    subject: string,
    added: string | null = null,
  ): void {
    const all = typeof kinds === 'string' ? [kinds] : kinds;
    const unasked = all.filter((kind) => !this.asksFor(kind));
    if (unasked.length > 0) throw new WriteRefused(unasked);
    const wishes = all.map((kind) => this.#wishFor(kind, subject));
    const isComplete = wishes.every((wish) => wish !== undefined);
    if (this.#left <= 0 || !isComplete) throw new WriteRefused();
    if (added !== null && !this.#isOwnText(added, subject)) throw new WriteRefused(['rename-task']);
    this.#left -= 1;
    for (const wish of new Set(wishes)) wish.used += 1;
  }

  #toWish(request: WriteRequest): Wish {
    const own = tellingWords(request.clause);
    // "Mark it as done" and 'mark "…" as done' are explained by the rest of the message.
    const isNamed = own.size > 0 && !request.clause.includes('…');
    return {
      ...request,
      words: isNamed ? request.clause : this.#words,
      telling: isNamed ? own : this.#telling,
      used: 0,
    };
  }

  #wishFor(kind: WriteKind, subject: string): Wish | undefined {
    if (kind === 'call-app') {
      const message = { clause: '', kinds: new Set([kind]), words: this.#words, used: 0 };
      const wish = { ...message, telling: this.#telling };
      return names(wish, subject) ? wish : undefined;
    }
    return this.#wishes.find((wish) => wish.kinds.has(kind) && speaksOf(wish, kind, subject));
  }

  /** True if the new text of a task is of the user's words, or the user points at what was said. */
  #isOwnText(added: string, before: string): boolean {
    if (RETOLD.test(this.#words)) return true;
    const known = tellingWords(before);
    return [...tellingWords(added)].every((word) => known.has(word) || this.#telling.has(word));
  }
}

function speaksOf(wish: Wish, kind: WriteKind, subject: string): boolean {
  // Only asked for in words that name it.
  if (kind.endsWith('-daily-summary')) return true;
  if (names(wish, subject)) return true;
  if (!kind.endsWith('-task') || kind === 'create-task') {
    return FROM_TALK.test(wish.words.replace(CONJUNCTION, '$1'));
  }
  if (POINTS_AT_MANY.test(wish.clause)) return true;
  // "Mark it as done" is one change.
  return POINTS_AT_ONE.test(wish.clause) && wish.used === 0;
}

/** True if the words hold a telling one of the subject's. */
function names({ words, telling }: Wish, subject: string): boolean {
  const wanted = tellingWords(subject);
  // Of nothing but small words ("I like people") it takes more than one.
  if (wanted.size === 0) return words.toLowerCase().includes(subject.trim().toLowerCase());
  return [...wanted].some((word) => telling.has(word));
}

function tellingWords(text: string): Set<string> {
  const words = wordsOf(text).filter(isContentWord);
  // Beginnings stand for a word's forms ("call", "calling").
  const telling = words.filter((word) => !isRequestWord(word) && !isAskingWord(word));
  return new Set(telling.map((word) => word.slice(0, 5)));
}
