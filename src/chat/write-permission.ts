import { wordsOf } from '../text/tokenizer.ts';
import { isAskingWord, isContentWord, isRequestWord } from '../text/word-classes.ts';

/** What a tool may change. */
export type WriteKind =
  | 'create-task'
  | 'change-task'
  | 'create-memory'
  | 'change-settings'
  /** Telling an app something: what it does then is its own affair. */
  | 'call-app';

/** A write that the user did not ask for; the model reads the message. */
export class WriteRefused extends Error {
  constructor() {
    super('refused: the user did not ask for this');
    this.name = 'WriteRefused';
  }
}

/** Changes that one message can ask for at most. */
const MAX_WRITES = 10;

const TASK = '(?:task|tasks|to-?do|to-?dos|action item|action items|reminder|reminders)';
const TASK_LIST = '(?:(?:to-?do|task|action item|shopping)s?(?:[- ]list)?|list|reminders)';

/** Requests by their beginning: an order is where a sentence begins, after "please" and the like. */
const REQUESTS: Record<Exclude<WriteKind, 'call-app'>, RegExp> = {
  'create-task': new RegExp(
    `^(?:(?:add|create|make|new|set up|set an?|put|save|write down|note)\\b.*\\b(?:${TASK}|${TASK_LIST})\\b|${TASK}\\s*:|remind me\\b|remember to\\b|don't let me forget\\b|(?:erinnere?|erinner) mich\\b|(?:füge|erstelle|leg)\\b.*\\b(?:aufgabe|todo|erinnerung)|(?:ajoute|crée|créer|ajouter)\\b.*\\b(?:tâche|rappel)|rappelle[- ]moi\\b|(?:añade|agrega|crea)\\b.*\\b(?:tarea|recordatorio)|recuérdame\\b)`,
    'iu',
  ),
  'change-task': new RegExp(
    `^(?:(?:mark|set|check off|tick off|tick|check|cross off|complete|finish|close|reopen|uncheck|untick)\\b|(?:update|change|edit|rename|reschedule|postpone|move|push|delay)\\b.*\\b(?:${TASK}|to|until|till|by)\\b|(?:i(?:'ve| have)?(?: already| just)? (?:did|done|finished|completed)|done with)\\b.*|(?:markiere|hake|erledige|ändere|verschiebe)\\b|(?:marque|termine|modifie|change|reporte)\\b|(?:marca|completa|cambia|termina)\\b)`,
    'iu',
  ),
  'change-settings':
    /^(?:turn|switch|enable|disable|activate|deactivate|set|change|move|start|stop|no more|schalte|aktiviere|deaktiviere|stelle|active|désactive|activa|desactiva)\b.*\b(?:(?:daily|day|evening) (?:summary|summaries|recaps?)|tageszusammenfassung|résumé quotidien|resumen diario)\b/iu,
  'create-memory':
    /^(?:remember\b(?! (?:to|when|what|who|where|how|the time)\b)|memori[sz]e\b|(?:note|keep in mind|save|store|don't forget|make a note)\b(?=.*(?:\b(?:that|memory|memories|fact|preference|i|my|me|we|our)\b|:))|(?:add|save|store|create)\b.*\b(?:memory|memories|fact|preference)\b|from now on\b|i prefer\b|(?:always|never) (?:answer|reply|use|write|speak|call|give|tell|mention|show|start|end)\b|merke? dir\b|souviens[- ]toi\b|retiens\b|recuerda que\b)/iu,
};
const LEAD =
  /^(?:(?:hey|hi|hello|ok|okay|so|and|then|also|now|yes|yeah|sure|great|thanks|thank you|please|just|could you|can you|would you|will you|i want you to|i'd like you to|i would like you to|i need you to|let's|let us|go ahead and|bitte|kannst du|s'il te plaît|peux-tu|por favor|puedes)\b[\s,:!.]*)+/iu;
const AFFIRMATION =
  /^(?:yes|yep|yeah|sure|ok|okay|please do|do it|go ahead|correct|exactly|right|ja|oui|sí|si)\b.{0,40}$/iu;
/** A message that points at tasks instead of naming them. */
const POINTS_AT_MANY =
  /\b(?:all|every|everything|both|those|these|them|each|first|second|third|last|rest|others?)\b/iu;
const POINTS_AT_ONE = /\b(?:it|that|this|one|the task|my task|the reminder)\b/iu;
/** A message that asks for tasks out of what was talked about. */
const FROM_TALK =
  /\b(?:discussed|talked|mentioned|said|agreed|promised|conversation|meeting|call|from|based on|about (?:it|that|this)|that|them|it|those|these)\b/iu;
/** "Remember that I …": this "that" points at nothing. */
const CONJUNCTION =
  /\b(remember|memori[sz]e|note|keep in mind|don't forget|save|store|know)\s+that\b(?=\s+\p{L})/giu;
/** Marks that open a quotation, with the marks that close it. */
const CLOSING_MARKS: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['“', '”'],
  ['„', '“”'],
  ['«', '»'],
]);
const OPENING_MARK = /["“„«]/gu;

/**
 * Decides what a turn may change, from nothing but the user's own words: neither the model nor
 * anything that it read can widen it. A message that only agrees ("yes, do it") asks for what the
 * user's message before it asked for.
 */
export class WritePermission {
  readonly #kinds: ReadonlySet<WriteKind>;
  readonly #words: string;
  readonly #wordSet: ReadonlySet<string>;
  /** What is called needs no message: the user, or a program of the user's, calls it directly. */
  readonly #isDirect: boolean;
  #left: number;

  /**
   * @param message the user's latest message
   * @param before the user's message before it, null where there is none
   * @param isDirect the user calls a tool without a model between: everything is asked for
   */
  constructor(message: string, before: string | null, isDirect = false) {
    const own = readRequests(message);
    const agrees = own.size === 0 && before !== null && AFFIRMATION.test(message.trim());
    this.#kinds = agrees ? readRequests(before) : own;
    this.#words = agrees ? `${before} ${message}` : message;
    this.#wordSet = contentWords(this.#words);
    this.#isDirect = isDirect;
    this.#left = MAX_WRITES;
  }

  /** Of a call that the user, or a program of the user's, makes without a model between. */
  static direct(): WritePermission {
    return new WritePermission('', null, true);
  }

  /** True where the user asked for a change of this kind; which app is meant, `take` finds out. */
  asksFor(kind: WriteKind): boolean {
    return this.#isDirect || kind === 'call-app' || this.#kinds.has(kind);
  }

  /**
   * Takes one change of this kind; `subject` is the text of what is made or changed. Throws
   * `WriteRefused` where the user asked for no such change, or for one of something else.
   */
  take(kind: WriteKind, subject: string): void {
    if (this.#isDirect) return;
    if (!this.asksFor(kind) || this.#left <= 0 || !this.#speaksOf(kind, subject)) {
      throw new WriteRefused();
    }
    this.#left -= 1;
  }

  #speaksOf(kind: WriteKind, subject: string): boolean {
    // Only asked for in words that name it.
    if (kind === 'change-settings') return true;
    const telling = contentWords(subject);
    // Of nothing but small words ("I like people") it takes more than one.
    const named =
      telling.size > 0
        ? [...telling].some((word) => this.#wordSet.has(word))
        : this.#words.toLowerCase().includes(subject.trim().toLowerCase());
    if (named) return true;
    if (kind === 'call-app') return false;
    if (kind !== 'change-task') return FROM_TALK.test(this.#words.replace(CONJUNCTION, '$1'));
    if (POINTS_AT_MANY.test(this.#words)) return true;
    // "Mark it as done" is one change.
    return POINTS_AT_ONE.test(this.#words) && this.#left === MAX_WRITES;
  }
}

/** The kinds of change that a message asks for. What it quotes is not its own request. */
export function readRequests(message: string): Set<WriteKind> {
  const kinds = new Set<WriteKind>();
  for (const clause of clausesOf(message)) {
    for (const [kind, pattern] of Object.entries(REQUESTS) as [WriteKind, RegExp][]) {
      if (pattern.test(clause)) kinds.add(kind);
    }
  }
  return kinds;
}

/** The clauses of a message without their polite beginnings, quotations blanked. Linear in its length. */
export function clausesOf(message: string): string[] {
  const own = message
    .split(/[\n\r\u2028\u2029]/u)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('>'))
    .join('\n');
  return (
    blankQuotations(own)
      // One space at most in a row: no pattern below meets a run of them.
      .replace(/[^\S\n]+/gu, ' ')
      .replace(/ ?\n[ \n]*/g, '\n')
      .split(
        /(?<=[.!?;])\s|\n|, (?=(?:and|then|please)\b)| (?=and (?:then |also |please )?(?:add|create|remind|mark|remember|complete|set)\b)/iu,
      )
      .map((clause) => clause.trim().replace(LEAD, '').trim())
      .filter((clause) => clause !== '')
  );
}

/** Replaces each quotation by an ellipsis; a mark that nothing closes quotes nothing. */
function blankQuotations(text: string): string {
  const lastClosing = new Map(
    [...CLOSING_MARKS].map(([opening, closing]) => [
      opening,
      Math.max(...[...closing].map((mark) => text.lastIndexOf(mark))),
    ]),
  );
  let blanked = '';
  let from = 0;
  for (const { 0: opening, index } of text.matchAll(OPENING_MARK)) {
    // Inside of the quotation before it, or never closed.
    if (index < from || (lastClosing.get(opening) ?? -1) <= index) continue;
    const closing = CLOSING_MARKS.get(opening) ?? '';
    let to = index + 1;
    while (!closing.includes(text.charAt(to))) to += 1;
    blanked += `${text.slice(from, index)} … `;
    from = to + 1;
  }
  return blanked + text.slice(from);
}

function contentWords(text: string): Set<string> {
  const words = wordsOf(text).filter(isContentWord);
  // Beginnings stand for a word's forms ("call", "calling").
  const telling = words.filter((word) => !isRequestWord(word) && !isAskingWord(word));
  return new Set(telling.map((word) => word.slice(0, 5)));
}
