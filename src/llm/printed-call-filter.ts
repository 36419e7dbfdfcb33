import { JsonEnd, type PrintedCall, parsePrintedCalls } from './parse-printed-calls.ts';

/** Longest text that waits to see whether a mark comes of it, characters. */
const MAX_MARK = 64;
/** A printed call that is longer is dropped; a block of code that is longer is shown. */
const MAX_CALL = 100_000;

/** What begins a printed call, and what ends it; null if only the end of the answer does. */
const MARKS: readonly { begin: RegExp; end: RegExp | null }[] = [
  // Hermes, Qwen, GLM, MiniMax; with and without a plural.
  {
    begin: /<(?:[a-z]{1,12}:)?(?:tool_calls?|function_calls?|tool_use)>/iu,
    end: /<\/(?:[a-z]{1,12}:)?(?:tool_calls?|function_calls?|tool_use)>/iu,
  },
  // Llama 3.1, Qwen Coder, and what is printed in Anthropic's form.
  { begin: /<function(?:=|\s{1,4}name\s{0,2}=)[^<>\n]{1,40}>/iu, end: /<\/function>/iu },
  { begin: /<invoke\s{1,4}name\s{0,2}=[^<>\n]{1,40}>/iu, end: /<\/invoke>/iu },
  { begin: /<start_function_call>/iu, end: /<end_function_call>/iu },
  // LM Studio's default.
  { begin: /\[TOOL_REQUEST\]/u, end: /\[END_TOOL_REQUEST\]/u },
  // Mistral.
  { begin: /\[TOOL_CALLS?\]/u, end: /\[\/TOOL_CALLS?\]/u },
  { begin: /<\|tool_call_start\|>/u, end: /<\|tool_call_end\|>/u },
  { begin: /<\|tool_calls_section_begin\|>/u, end: /<\|tool_calls_section_end\|>/u },
  { begin: /<\|tool_call_begin\|>/u, end: /<\|tool_call_end\|>/u },
  { begin: /<\|tool_call\|?>/u, end: /<\|\/tool_call\|>|<tool_call\|>/u },
  { begin: /<\|action_start\|>/u, end: /<\|action_end\|>/u },
  { begin: /<｜tool▁calls▁begin｜>/u, end: /<｜tool▁calls▁end｜>/u },
  // Phi: a line of its own, up to the end of the message.
  { begin: /\nfunctools\[/u, end: null },
  // Llama: up to the end of the message.
  { begin: /<\|python_tag\|>/u, end: null },
];
/** Marks of a template that belong to no text: `<|im_end|>`, `</s>`. */
const CONTROL = /<\|[\w/ -]{1,40}\|>|<\/s>|<｜[\w▁]{1,40}｜>/u;
/** A block of code that begins like JSON or XML, or is said to be a call: one if that is what is inside. */
const BLOCK =
  /```(?:(?:json|xml|python)?[ \t]{0,4}\n\s{0,8}(?=[{[<])|(?:tool_calls?|tool_code|tool)[ \t]{0,4}\n\s{0,8}(?=[{[<A-Za-z_]))/iu;
/** A line that begins like JSON or a list of Python calls. */
const LINE = /(?<=\n)[ \t]{0,8}(?=\{|\[\s{0,4}\{|\[[A-Za-z_]\w{2,63}\()/u;
/** Whatever may begin a call. A mark in backticks is spoken of, not used. */
const ANY_BEGIN = new RegExp(
  `(?<!\`)(?:${[...MARKS.map(({ begin }) => begin), CONTROL].map(({ source }) => source).join('|')})|${BLOCK.source}|${LINE.source}`,
  'iu',
);
/** The end of a text that may be the beginning of one. */
const UNFINISHED = new RegExp(
  [
    `<[^<>\\n]{0,${MAX_MARK}}`,
    '\\[/?[A-Z_]{0,20}',
    '(?<=\\n)(?:f|fu|fun|func|funct|functo|functoo|functool|functools)',
    '`{1,2}',
    '```[a-z_]{0,12}[ \\t]{0,4}(?:\\n\\s{0,8})?',
    '(?<=\\n)[ \\t]{0,8}(?:\\[\\s{0,4}|\\[[A-Za-z_]\\w{0,63})?',
  ]
    .map((source) => `(?:${source})$`)
    .join('|'),
  'iu',
);

/** What a piece of an answer turned out to be. */
export type PrintedPart = { type: 'text'; text: string } | { type: 'call'; call: PrintedCall };

/**
 * Takes calls of tools that a model has printed as text out of its answer while it comes, and
 * returns them as calls. What looks like one and cannot be read is dropped if its mark is one that
 * no text has; a block of code that holds no call stays.
 */
export class PrintedCallFilter {
  readonly #offered: ReadonlySet<string>;
  #mode: 'text' | 'marked' | 'block' | 'line' = 'text';
  #end: RegExp | null = null;
  #json = new JsonEnd();
  #waiting = '';
  /** What was read since the beginning of a call or block, its mark included. */
  #inside: string[] = [];
  #insideChars = 0;
  /** The character before the waiting text; the start of an answer is the start of a line. */
  #before = '\n';

  /** @param offered names of the tools that the model was given */
  constructor(offered: ReadonlySet<string>) {
    this.#offered = offered;
  }

  push(piece: string): PrintedPart[] {
    this.#waiting += piece;
    const parts: PrintedPart[] = [];
    while (this.#step(parts)) {
      // Each step takes one mark, call or block out of the waiting text.
    }
    return parts;
  }

  /** Returns what still waits when the answer is over. */
  end(): PrintedPart[] {
    const parts: PrintedPart[] = [];
    this.#inside.push(this.#waiting);
    const rest = this.#inside.join('');
    if (this.#mode === 'text') this.#say(rest, parts);
    else this.#close(rest, parts);
    this.#waiting = '';
    return parts;
  }

  #step(parts: PrintedPart[]): boolean {
    if (this.#mode === 'text') return this.#readText(parts);
    if (this.#mode === 'line') return this.#readLine(parts);
    const end = this.#mode === 'block' ? /```/u : this.#end;
    const found = end?.exec(this.#waiting);
    if (!found) {
      this.#keep(this.#waiting.slice(0, -MAX_MARK), parts);
      return false;
    }
    const until = found.index + found[0].length;
    const whole = this.#inside.join('') + this.#waiting.slice(0, until);
    this.#waiting = this.#waiting.slice(until);
    this.#close(whole, parts);
    return true;
  }

  /** Puts text away that belongs to a call, up to the limit. */
  #keep(text: string, parts: PrintedPart[]): void {
    if (text === '') return;
    this.#waiting = this.#waiting.slice(text.length);
    this.#insideChars += text.length;
    this.#inside.push(text);
    if (this.#insideChars <= MAX_CALL) return;
    if (this.#mode === 'marked') this.#inside = [];
    else this.#release(this.#inside.join(''), parts);
  }

  /** A line that begins like JSON: to the end of the value, or of the answer. */
  #readLine(parts: PrintedPart[]): boolean {
    const end = this.#json.find(this.#waiting);
    if (end < 0) {
      this.#keep(this.#waiting, parts);
      return false;
    }
    const whole = this.#inside.join('') + this.#waiting.slice(0, end);
    this.#waiting = this.#waiting.slice(end);
    this.#close(whole, parts);
    return true;
  }

  #readText(parts: PrintedPart[]): boolean {
    const text = this.#before + this.#waiting;
    const found = ANY_BEGIN.exec(text);
    if (!found) {
      const from = text.search(UNFINISHED);
      const ready = from < 0 ? text.length : Math.max(1, from);
      this.#waiting = text.slice(ready);
      this.#say(text.slice(1, ready), parts);
      return false;
    }
    const [mark] = found;
    this.#say(text.slice(1, found.index), parts);
    this.#waiting = text.slice(found.index + mark.length);
    const begun = MARKS.find(({ begin }) => begin.test(mark));
    if (begun) this.#begin('marked', mark, begun.end);
    else if (mark.includes('```')) this.#begin('block', mark, null);
    else if (!CONTROL.test(mark)) this.#begin('line', mark, null);
    return true;
  }

  #begin(mode: 'marked' | 'block' | 'line', mark: string, end: RegExp | null): void {
    this.#mode = mode;
    this.#end = end;
    this.#json = new JsonEnd();
    this.#inside = [mark];
    this.#insideChars = mark.length;
  }

  /** A call or block is complete, or the answer is over. */
  #close(whole: string, parts: PrintedPart[]): void {
    const calls = parsePrintedCalls(whole, this.#offered);
    if (calls.length === 0 && this.#mode !== 'marked') {
      this.#release(whole, parts);
      return;
    }
    for (const call of calls) parts.push({ type: 'call', call });
    this.#reset();
  }

  #release(text: string, parts: PrintedPart[]): void {
    this.#reset();
    this.#say(text, parts);
  }

  #reset(): void {
    this.#mode = 'text';
    this.#inside = [];
    this.#insideChars = 0;
    this.#before = ' ';
  }

  #say(text: string, parts: PrintedPart[]): void {
    if (text === '') return;
    this.#before = text.slice(-1);
    parts.push({ type: 'text', text });
  }
}
