import { collapseSpaces, edgesOf } from '../kernel/bounded-text.ts';
import type { Message } from '../model/chat/message.ts';
import { findDateRange } from './date-range.ts';
import type { DateRange, LocalTime } from './local-time.ts';

/**
 * `persona`: an app speaks as somebody else and sees nothing of the user's. `file`: the question is
 * about files of the chat. `plain`: answered without looking anything up. `tools`: the answer may
 * need the user's data.
 */
export type ChatRoute = 'persona' | 'file' | 'plain' | 'tools';

/** A message and what its history makes of it. */
export interface Question {
  /** False for small talk: nothing has to be looked up. */
  requiresContext: boolean;
  /** The time that is asked about, null if there is none. */
  range: DateRange | null;
  /** What to look for: the message, with the topic that it only points at. */
  topic: string;
}

const NAMES =
  '(?: (?:there|omi|everyone|again|you|so much|a lot|very much|man|mate|friend|buddy))*';
const SMALL_TALK = new RegExp(
  `^(?:${[
    'hi',
    'hello',
    'hey',
    'hiya',
    'yo',
    'good (?:morning|afternoon|evening|night|day)',
    'how are you(?: doing)?(?: today)?',
    "how(?:'s| is) it going",
    "what's up",
    'sup',
    'thanks?',
    'thank you',
    'thx',
    'cheers',
    'ok(?:ay)?',
    'cool',
    'great',
    'nice',
    'perfect',
    'awesome',
    'got it',
    'lol',
    'haha+',
    'wow',
    'bye',
    'goodbye',
    'see you(?: later)?',
    'who are you',
    'what are you',
    'what can you do',
    'help',
    'hallo',
    'guten (?:morgen|tag|abend)',
    'danke',
    'hola',
    'gracias',
    'bonjour',
    'salut',
    'merci',
    'ciao',
    'grazie',
    'olá',
    'obrigad[oa]',
  ].join('|')})${NAMES}$`,
  'iu',
);
/** A message that goes on with what was asked before. */
const FOLLOWS =
  /^(?:and\b|what about\b|how about\b|but\b|also\b|why\b|who\b[^.?!]{0,24}$|when\b[^.?!]{0,24}$|tell me more\b|more\b|go on\b)|\b(?:it|that|this|they|them|he|she|him|her|those|these)\b/iu;
const LONGEST_FOLLOW_UP = 80;
/** Characters at each end of an earlier message that may tell what a later one is about. */
const TOPIC_AT_EDGE = 1000;
const FILES =
  /(?<![\p{L}\p{N}])(?:files?|documents?|docs?|pdfs?|attach(?:ment|ments|ed)|upload(?:ed|s)?|images?|pictures?|photos?|screenshots?|spreadsheets?|slides?|datei(?:en)?|dokumente?s?|bild(?:er)?|fotos?|anhang|fichiers?|pièces? jointes?|archivos?|documentos?|im[aá]gen(?:es)?|adjuntos?)(?![\p{L}\p{N}])/iu;

export interface RouteFacts {
  text: string;
  requiresContext: boolean;
  /** The message asks for something to be changed, which is more than a greeting however it is worded. */
  asksForWrite: boolean;
  isPersona: boolean;
  /** Files came with the message. */
  hasNewFiles: boolean;
  /** Names of the files that the chat has. */
  fileNames: readonly string[];
  /** The user's message before this one came with files, or was about them. */
  wasAboutFiles: boolean;
}

/** Which way a question goes, in the contract's order: persona, file, then the user's own life. */
export function routeOf(facts: RouteFacts): ChatRoute {
  if (facts.isPersona) return 'persona';
  if (facts.hasNewFiles) return 'file';
  if (facts.asksForWrite) return 'tools';
  if (!facts.requiresContext) return 'plain';
  return facts.fileNames.length > 0 && isAboutFiles(facts) ? 'file' : 'tools';
}

function isAboutFiles({ text, fileNames, wasAboutFiles }: RouteFacts): boolean {
  if (namesFiles(text)) return true;
  const said = text.toLowerCase();
  const stems = fileNames.map((name) => name.replace(/\.[^.]*$/, '').toLowerCase());
  if (stems.some((stem) => stem.length > 2 && said.includes(stem))) return true;
  return wasAboutFiles && text.length <= LONGEST_FOLLOW_UP && FOLLOWS.test(text);
}

/** True if a message speaks of files, whatever their names. */
export function namesFiles(text: string): boolean {
  return FILES.test(text);
}

/**
 * Reads a message in the light of the chat: only what is small talk as a whole needs no context.
 * A short message that points at what was asked before takes its topic from there, and its time
 * if it names none of its own.
 */
export function readQuestion(
  text: string,
  history: readonly Pick<Message, 'sender' | 'text'>[],
  local: LocalTime,
): Question {
  const own = findDateRange(text, local);
  if (isSmallTalk(text)) return { requiresContext: false, range: null, topic: text };
  const before = history.findLast(
    (message) => message.sender === 'human' && !isSmallTalk(message.text),
  );
  if (!before || text.length > LONGEST_FOLLOW_UP || !FOLLOWS.test(text)) {
    return { requiresContext: true, range: own, topic: text };
  }
  const topic = edgesOf(before.text, TOPIC_AT_EDGE);
  return {
    requiresContext: true,
    range: own ?? findDateRange(topic, local),
    topic: `${withoutRange(topic, local)} ${text}`,
  };
}

/** True if every part of a message is a greeting, thanks or the like. */
export function isSmallTalk(text: string): boolean {
  const parts = text
    .split(/[.!?,;\n]+|[\p{Extended_Pictographic}]+/u)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return parts.length === 0 || parts.every((part) => SMALL_TALK.test(part));
}

function withoutRange(text: string, local: LocalTime): string {
  const range = findDateRange(text, local);
  return range ? collapseSpaces(text).replace(range.text, ' ') : text;
}
