import { addressIn, comparable, MAX_ADDRESS } from './addresses.ts';

/** Where an address that a model writes comes from. */
export type AddressOrigin =
  /** The user has named it, or a source that needs no citation. */
  | 'named'
  /** Only conversations with these numbers name it: it passes if one of them is cited beside it. */
  | readonly number[]
  | 'unknown';

/** Longest label that is held back until it is known what stands behind it. */
const MAX_LABEL = 200;
/** Longest tag that is held back. */
const MAX_TAG = 500;
/** Longest rest of a line that waits for a citation. */
const MAX_WAITING = 2000;
/** Characters of a long run that stay held back: the longest beginning of an address. */
const KEPT = 64;
const REMOVED = '(link removed)';
/** What ends a run of characters that can be an address. */
const RUN_END = /[\s<>[\]"“”„«»`|{}!]/u;
const RUNS = /[^\s<>[\]"“”„«»`|{}!]+/gu;
/** The beginning of a tag. */
const TAG_MARK = /<(?=[\p{L}/!?])/gu;
const AUTOLINK = /^[a-z][a-z0-9+.-]{1,31}:[^\s<>]*$/iu;
/** Elements that load or run something whatever their attributes are. */
const LOADING =
  /^<\/?(?:script|style|iframe|object|embed|svg|math|link|meta|base|form|input|button|textarea|select|video|audio|source|track|picture|img|image|frame|frameset|applet|portal)(?![\p{L}\p{N}-])/iu;
const CITATION = /^[\d,\s]+$/;

/** A piece of a line that waits for its end: text, or an address that some conversations name. */
type Waiting =
  | { kind: 'text'; text: string }
  | { kind: 'address'; numbers: readonly number[]; allowed: string; refused: string };

/** What stands between brackets. `text` is null if it was too long to be held back. */
interface Label {
  text: string | null;
  isImage: boolean;
}

/** What is being read. */
type State =
  | { kind: 'text' }
  /** After `!`, which begins an image if `[` follows. */
  | { kind: 'bang' }
  /** Inside of `[…`. */
  | { kind: 'label'; isImage: boolean }
  /** After `]`. */
  | { kind: 'closed'; label: Label }
  /** Inside of `(…` behind a label. */
  | { kind: 'target'; label: Label; depth: number }
  /** Behind `[label]:` at the beginning of a line. */
  | { kind: 'definition'; label: Label }
  /** After `<`. */
  | { kind: 'tag' }
  /** Inside of something too long, which is dropped up to `until` or the end of the line. */
  | { kind: 'dropped'; until: string };

const TEXT: State = { kind: 'text' };

/**
 * Lets a model's answer through as it comes, without what would make a client load or open an address
 * that nobody named: images go, their description stays; links, addresses, reference definitions and
 * tags with attributes pass only for an address that the user or a source has named. Code is no
 * exception. What is held back is bounded, and each character is looked at a few times.
 */
export class LinkFilter {
  readonly #originOf: (address: string) => AddressOrigin;
  readonly #isCited: (number: number) => boolean;
  #state = TEXT;
  /** What belongs to the state and is not decided yet. */
  #held = '';
  /** Characters without a space, at the end of the text so far, that can still become an address. */
  #run = '';
  #isDroppingRun = false;
  /** True as long as only white space stands in the line. */
  #isLineStart = true;
  #waiting: Waiting[] = [];
  #waitingLength = 0;
  #out = '';

  /**
   * @param originOf where an address comes from, given in its comparable form
   * @param isCited true if the answer has cited the conversation with this number before
   */
  constructor(
    originOf: (address: string) => AddressOrigin,
    isCited: (number: number) => boolean = () => false,
  ) {
    this.#originOf = originOf;
    this.#isCited = isCited;
  }

  /** Takes the next piece of the answer and returns what may be shown now. */
  push(text: string): string {
    for (const character of text) this.#take(character);
    return this.#flush();
  }

  /** Returns what still waits when the answer, or a paragraph of it, is over. */
  end(): string {
    this.#release();
    this.#endRun();
    this.#endLine();
    this.#isLineStart = true;
    return this.#flush();
  }

  #flush(): string {
    const shown = this.#out;
    this.#out = '';
    return shown;
  }

  #take(character: string): void {
    const state = this.#state;
    if (state.kind === 'text') this.#takeText(character);
    else if (state.kind === 'bang') this.#takeAfterBang(character);
    else if (state.kind === 'label') this.#takeLabel(character, state.isImage);
    else if (state.kind === 'closed') this.#takeClosed(character, state.label);
    else if (state.kind === 'target') this.#takeTarget(character, state);
    else if (state.kind === 'definition') this.#takeDefinition(character, state.label);
    else if (state.kind === 'tag') this.#takeTag(character);
    else if (character === state.until) this.#state = TEXT;
    else if (character === '\n') this.#takeAsText(character);
  }

  #takeAsText(character: string): void {
    this.#state = TEXT;
    this.#takeText(character);
  }

  /** Gives up what is held back, then takes the character as text. */
  #takeReleased(character: string): void {
    this.#release();
    this.#takeText(character);
  }

  #takeText(character: string): void {
    if (!RUN_END.test(character)) {
      this.#takeRun(character);
      return;
    }
    this.#endRun();
    if (character === '!') this.#state = { kind: 'bang' };
    else if (character === '[') this.#state = { kind: 'label', isImage: false };
    else if (character === ']') {
      this.#state = { kind: 'closed', label: { text: null, isImage: false } };
    } else if (character === '<') {
      this.#state = { kind: 'tag' };
      this.#held = character;
    } else this.#emit(character);
  }

  #takeRun(character: string): void {
    if (this.#isDroppingRun) return;
    this.#run += character;
    if (this.#run.length < MAX_ADDRESS) return;
    const run = this.#run;
    const found = addressIn(run);
    this.#isDroppingRun = found !== null;
    this.#run = found ? '' : run.slice(-KEPT);
    this.#emit(found ? `${run.slice(0, found.index)}${REMOVED}` : run.slice(0, -KEPT));
  }

  /** Decides about the characters since the last space. */
  #endRun(): void {
    const run = this.#run;
    this.#run = '';
    this.#isDroppingRun = false;
    if (run === '') return;
    const found = addressIn(run);
    if (!found) {
      this.#emit(run);
      return;
    }
    this.#emit(run.slice(0, found.index));
    this.#emitAddress(found.text, found.text, REMOVED);
    this.#emit(run.slice(found.index + found.text.length));
  }

  #takeAfterBang(character: string): void {
    if (character === '[') this.#state = { kind: 'label', isImage: true };
    else this.#takeReleased(character);
  }

  #takeLabel(character: string, isImage: boolean): void {
    if (character === ']') {
      this.#state = { kind: 'closed', label: { text: this.#held, isImage } };
      this.#held = '';
    } else if (character === '[') {
      const isInner = this.#held.endsWith('!');
      if (isInner) this.#held = this.#held.slice(0, -1);
      this.#release();
      this.#state = { kind: 'label', isImage: isInner };
    } else if (character === '\n' || this.#held.length >= MAX_LABEL) this.#takeReleased(character);
    else this.#held += character;
  }

  #takeClosed(character: string, label: Label): void {
    const isDefinition = character === ':' && label.text !== null && this.#isLineStart;
    if (character === '(') this.#state = { kind: 'target', label, depth: 0 };
    else if (isDefinition) this.#state = { kind: 'definition', label };
    else this.#takeReleased(character);
  }

  #takeTarget(character: string, state: Extract<State, { kind: 'target' }>): void {
    const isBlankLine = character === '\n' && /\n[ \t]{0,20}$/.test(this.#held.slice(-21));
    if (character === ')' && state.depth === 0) this.#endTarget(state.label);
    else if (isBlankLine) this.#takeReleased(character);
    else if (this.#held.length >= MAX_ADDRESS) {
      this.#held = '';
      this.#emit(this.#wordsOf(state.label));
      this.#state = { kind: 'dropped', until: ')' };
    } else {
      this.#held += character;
      if (character === '(') state.depth += 1;
      if (character === ')') state.depth -= 1;
    }
  }

  /** A link or image `[label](target)` is complete. */
  #endTarget(label: Label): void {
    const inner = this.#held.trim();
    this.#held = '';
    this.#state = TEXT;
    const target = targetOf(inner);
    if (addressIn(target) === null) {
      // No address: a note, or code. The space keeps it from becoming a link.
      this.#emit(this.#bracketed(label));
      this.#emitWords(inner === '' ? '()' : ` (${inner})`);
      return;
    }
    const words = this.#wordsOf(label);
    // An image becomes a link to it.
    const link = label.text === null ? `](${target})` : `[${words}](${target})`;
    this.#emitAddress(target, link, words);
  }

  #takeDefinition(character: string, label: Label): void {
    const isEnd = character === '\n' && this.#held.trim() !== '';
    if (isEnd) this.#takeReleased(character);
    else if (this.#held.length < MAX_ADDRESS) this.#held += character;
    else {
      this.#held = '';
      this.#emit(this.#wordsOf(label));
      this.#state = { kind: 'dropped', until: '\n' };
    }
  }

  #emitDefinition(label: Label, inner: string): void {
    const target = targetOf(inner.trim());
    const words = this.#wordsOf(label);
    const isAddress = addressIn(target) !== null;
    if (!isAddress || CITATION.test(words)) {
      // A number is a citation; it must not become a link, or an image behind an exclamation mark.
      this.#emit(`[${words}]${isAddress ? '' : ':'}`);
      this.#emitWords(inner);
    } else this.#emitAddress(target, `[${words}]: ${target}`, '');
  }

  #takeTag(character: string): void {
    const isNone = this.#held === '<' && !/[\p{L}/!?]/u.test(character);
    const isTooLong = this.#held.length >= MAX_TAG;
    if (isNone || isTooLong || character === '<') this.#takeReleased(character);
    else {
      this.#held += character;
      if (character === '>') this.#endTag();
    }
  }

  #endTag(): void {
    const tag = this.#held;
    this.#held = '';
    this.#state = TEXT;
    const inner = tag.slice(1, -1);
    const isAddress = AUTOLINK.test(inner) || addressIn(inner)?.text === inner;
    if (isAddress) this.#emitAddress(inner, tag, REMOVED);
    else if (!LOADING.test(tag) && !tag.includes('=') && !/^<[!?]/.test(tag)) this.#emit(tag);
  }

  /** Gives up what is held back: it is no link, and none is made of it. */
  #release(): void {
    const state = this.#state;
    const held = this.#held;
    this.#held = '';
    this.#state = TEXT;
    if (state.kind === 'bang') this.#emit('!');
    else if (state.kind === 'label') this.#emitWords(`[${held}`);
    else if (state.kind === 'closed') this.#emit(this.#bracketed(state.label));
    else if (state.kind === 'target') {
      this.#emit(this.#bracketed(state.label));
      this.#emitWords(` (${held}`);
    } else if (state.kind === 'definition') this.#emitDefinition(state.label, held);
    else if (state.kind === 'tag') this.#emitWords(held);
  }

  /** The words of a label, without its brackets unless the first of them is shown already. */
  #wordsOf(label: Label): string {
    return label.text === null ? ']' : this.#filterWords(label.text);
  }

  /** A label that is no link; behind `!` it stays one only as a citation. */
  #bracketed(label: Label): string {
    if (label.text === null) return ']';
    const mark = label.isImage && CITATION.test(label.text) ? '!' : '';
    return `${mark}[${this.#filterWords(label.text)}]`;
  }

  #emitWords(text: string): void {
    this.#emit(this.#filterWords(text));
  }

  /** Text without tags, and without addresses that need a citation or are unknown. */
  #filterWords(text: string): string {
    return text.replace(TAG_MARK, '').replace(RUNS, (run) => {
      const found = addressIn(run);
      if (!found || this.#originOf(comparable(found.text)) === 'named') return run;
      const after = run.slice(found.index + found.text.length);
      return `${run.slice(0, found.index)}${REMOVED}${after}`;
    });
  }

  /**
   * @param allowed what is shown if the address may be
   * @param refused what is shown otherwise
   */
  #emitAddress(address: string, allowed: string, refused: string): void {
    const origin = this.#originOf(comparable(address));
    if (origin === 'named') this.#emit(allowed);
    else if (origin === 'unknown') this.#emit(refused);
    else if (origin.some((number) => this.#isCited(number))) this.#emit(allowed);
    else {
      this.#waiting.push({ kind: 'address', numbers: origin, allowed, refused });
      this.#waitingLength += allowed.length;
      this.#isLineStart = false;
    }
  }

  #emit(text: string): void {
    if (text === '') return;
    if (text.includes('\n')) this.#isLineStart = text.slice(text.lastIndexOf('\n')).trim() === '';
    else if (text.trim() !== '') this.#isLineStart = false;
    if (this.#waiting.length === 0) {
      this.#out += text;
      return;
    }
    this.#waiting.push({ kind: 'text', text });
    this.#waitingLength += text.length;
    if (text.includes('\n') || this.#waitingLength > MAX_WAITING) this.#endLine();
  }

  /** Decides about the addresses of a line by what the line cites. */
  #endLine(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingLength = 0;
    const said = waiting.map((piece) => (piece.kind === 'text' ? piece.text : '')).join('');
    const cited = new Set([...said.matchAll(/\[([\d,\s]{1,30})\]/g)].flatMap(numbersOf));
    for (const piece of waiting) {
      if (piece.kind === 'text') this.#out += piece.text;
      else {
        const isCited = piece.numbers.some((n) => cited.has(n) || this.#isCited(n));
        this.#out += isCited ? piece.allowed : piece.refused;
      }
    }
  }
}

/** Returns a model's text of which no source is known, without images and links. */
export function withoutLinks(text: string): string {
  const links = new LinkFilter(() => 'unknown');
  return links.push(text) + links.end();
}

function numbersOf([, inner = '']: RegExpMatchArray): number[] {
  return inner.split(',').map(Number);
}

/** The address of a link's target, without its title. */
function targetOf(inner: string): string {
  const bracketed = /^<([^<>\n]*)>/.exec(inner)?.[1];
  return bracketed ?? inner.split(/\s/u, 1)[0] ?? '';
}
