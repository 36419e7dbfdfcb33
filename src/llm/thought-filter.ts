/** A piece of an answer: words to show, or the news that what was shown so far was no answer. */
export type FilteredPart =
  | { type: 'text'; text: string }
  /** The words of this answer up to here were thoughts: take them back. */
  | { type: 'retract' };

/** Longest text that waits to see whether a tag comes of it, characters. */
const MAX_TAG = 64;
const NAMES = '(?:think|thinking|thoughts?|reason|reasoning|reflection|scratchpad|seed:think)';
/**
 * Marks of thoughts in the text of an answer: XML tags (DeepSeek, Qwen, GLM, Seed), brackets
 * (Mistral), triangles (Kimi), special tokens (Cohere, OpenThinker).
 */
const OPENING = new RegExp(
  `<\\s{0,2}${NAMES}(?:\\s[^<>]{0,40})?>|\\[THINK\\]|◁think▷|<\\|(?:START_THINKING|begin_of_thought)\\|>`,
  'iu',
);
const CLOSING = new RegExp(
  `<\\s{0,2}/\\s{0,2}${NAMES}\\s{0,2}>|\\[/THINK\\]|◁/think▷|<\\|(?:END_THINKING|end_of_thought)\\|>`,
  'iu',
);
/** gpt-oss: `<|channel|>NAME<|message|>` begins a channel; only the one called `final` is shown. */
const CHANNEL = /<\|channel\|>|<\|start\|>/u;
const MESSAGE = /<\|message\|>/u;
const ANY_MARK = new RegExp(`${OPENING.source}|${CLOSING.source}|${CHANNEL.source}`, 'iu');
/** The end of a text that may be the beginning of a mark. */
const UNFINISHED = new RegExp(`(?:<[^<>\\n]{0,${MAX_TAG}}|\\[/?[A-Z]{0,6}|◁[^▷\\n]{0,8})$`, 'iu');

/**
 * Takes a model's thoughts out of its answer while it comes, wherever a piece is cut: thoughts in
 * tags, those whose end is missing, and those whose beginning is missing because the server's
 * template has put it into the prompt. A tag in backticks is spoken of, not used.
 */
export class ThoughtFilter {
  #mode: 'answer' | 'thought' | 'channel' | 'channel-name';
  /** Text of which nothing is decided yet; while `#holds`, everything so far. */
  #waiting = '';
  #holds: boolean;
  #held: string[] = [];
  /** The character before the waiting text, for tags in backticks. */
  #before = '';
  #trimsStart = true;
  #saidSomething = false;
  #sawOpening = false;
  #sawUnopened = false;

  /** @param holds true to show nothing until it is known that the start is no thought */
  constructor(holds: boolean) {
    this.#holds = holds;
    this.#mode = 'answer';
  }

  /** True if a thought ended that had no beginning: what this model's template does. */
  get sawUnopenedThought(): boolean {
    return this.#sawUnopened;
  }

  /** True if the answer had words of its own, and no thought. */
  get sawPlainAnswer(): boolean {
    return this.#saidSomething && !this.#sawOpening && !this.#sawUnopened;
  }

  /** The server sends thoughts apart: nothing has to be held back. */
  release(): FilteredPart[] {
    this.#holds = false;
    const text = this.#held.join('');
    this.#held = [];
    return this.#toParts(text);
  }

  /** Takes the next piece of the answer; returns what may be shown now. */
  push(piece: string): FilteredPart[] {
    this.#waiting += piece;
    const parts: FilteredPart[] = [];
    while (this.#step(parts)) {
      // Each step takes one mark out of the waiting text.
    }
    return parts;
  }

  /** Returns what still waits when the answer is over; a thought without an end is dropped. */
  end(): FilteredPart[] {
    const rest = this.#mode === 'answer' ? this.#take(this.#waiting) : '';
    this.#waiting = '';
    const held = this.#held.join('');
    this.#held = [];
    return this.#toParts(held + rest);
  }

  /** Handles one mark; false if more text is needed. */
  #step(parts: FilteredPart[]): boolean {
    if (this.#mode === 'answer') return this.#readAnswer(parts);
    const end = { thought: CLOSING, channel: CHANNEL, 'channel-name': MESSAGE }[this.#mode];
    const found = end.exec(this.#waiting);
    if (!found) {
      // A channel's name is needed when it is complete; it is short.
      const keep = this.#mode === 'channel-name' ? MAX_TAG * 4 : MAX_TAG;
      this.#waiting = this.#waiting.slice(-keep);
      return false;
    }
    const inside = this.#waiting.slice(0, found.index);
    this.#cut(found);
    if (this.#mode === 'thought') this.#mode = 'answer';
    else if (this.#mode === 'channel') this.#mode = 'channel-name';
    else this.#mode = /final/iu.test(inside) ? 'answer' : 'channel';
    this.#trimsStart = true;
    return true;
  }

  #readAnswer(parts: FilteredPart[]): boolean {
    const found = ANY_MARK.exec(this.#waiting);
    if (!found) {
      const from = this.#waiting.search(UNFINISHED);
      const ready = from < 0 ? this.#waiting : this.#waiting.slice(0, from);
      this.#waiting = this.#waiting.slice(ready.length);
      parts.push(...this.#show(this.#take(ready)));
      return false;
    }
    const [mark] = found;
    const text = this.#take(this.#waiting.slice(0, found.index));
    const isQuoted = this.#before === '`';
    this.#cut(found);
    if (isQuoted) {
      parts.push(...this.#show(text + this.#take(mark)));
    } else if (CLOSING.test(mark)) {
      this.#endUnopened(parts);
    } else {
      parts.push(...this.#show(text));
      this.#mode = CHANNEL.test(mark) ? 'channel-name' : 'thought';
      // Thoughts that have a beginning have no reason to come without one.
      this.#sawOpening = true;
      parts.push(...this.release());
    }
    return true;
  }

  /** Everything up to here was a thought whose beginning was never sent. */
  #endUnopened(parts: FilteredPart[]): void {
    if (!this.#sawOpening) this.#sawUnopened = true;
    this.#held = [];
    this.#holds = false;
    this.#trimsStart = true;
    if (this.#saidSomething) parts.push({ type: 'retract' });
    this.#saidSomething = false;
  }

  #cut(found: RegExpExecArray): void {
    this.#waiting = this.#waiting.slice(found.index + found[0].length);
    this.#before = '';
  }

  /** Text of the answer, without the empty lines that follow a thought. */
  #take(text: string): string {
    if (text === '') return '';
    this.#before = text.slice(-1);
    if (!this.#trimsStart) return text;
    const trimmed = text.replace(/^\s+/u, '');
    if (trimmed !== '') this.#trimsStart = false;
    return trimmed;
  }

  #show(text: string): FilteredPart[] {
    if (!this.#holds) return this.#toParts(text);
    this.#held.push(text);
    return [];
  }

  #toParts(text: string): FilteredPart[] {
    if (text === '') return [];
    this.#saidSomething = true;
    return [{ type: 'text', text }];
  }
}
