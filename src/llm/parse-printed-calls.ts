/** A tool call that a model has printed as text. `arguments` is unchecked JSON. */
export interface PrintedCall {
  name: string;
  arguments: string;
}

const NAME = /^[A-Za-z_][\w.-]{0,127}$/u;
/** Calls in one text; the rest is ignored. */
const MAX_CALLS = 32;

/**
 * Reads the calls in a text that a model meant for its server: JSON objects with a name and
 * arguments (Hermes, Qwen, Llama, Mistral, Granite), XML (`<function=name>`, `<invoke name="…">`,
 * GLM's keys and values), a name before JSON (Mistral, Kimi, DeepSeek), or Python calls (Llama,
 * LFM). Empty if there is none.
 *
 * @param offered names of the tools that the model was given; a name without arguments counts only
 *   if it is one of them
 */
export function parsePrintedCalls(text: string, offered: ReadonlySet<string>): PrintedCall[] {
  const readers = [readXmlCalls, readJsonCalls, readNamedCalls, readPythonCalls];
  for (const read of readers) {
    const calls = read(text, offered);
    if (calls.length > 0) return calls.slice(0, MAX_CALLS);
  }
  return [];
}

/** The calls in a JSON value, empty if it is none. */
function callsOfJson(value: unknown, offered: ReadonlySet<string>): PrintedCall[] {
  if (Array.isArray(value)) return value.flatMap((item) => callsOfJson(item, offered));
  if (!isRecord(value)) return [];
  if (Array.isArray(value.tool_calls)) return callsOfJson(value.tool_calls, offered);
  const inner = isRecord(value.function) ? value.function : value;
  const name = [inner.name, inner.tool_name, inner.tool, inner.function, inner.action].find(
    (candidate): candidate is string => typeof candidate === 'string' && NAME.test(candidate),
  );
  const args = [
    inner.arguments,
    inner.parameters,
    inner.args,
    inner.tool_input,
    inner.action_input,
    inner.input,
  ].find((candidate) => candidate !== undefined);
  if (name === undefined) return [];
  if (args === undefined && !offered.has(name)) return [];
  return [{ name, arguments: typeof args === 'string' ? args : JSON.stringify(args ?? {}) }];
}

/** Finds the end of a JSON value that comes in pieces, of which the first begins with it. */
export class JsonEnd {
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  /** Returns if in this piece the value ends; -1 if it goes on. */
  find(piece: string, from = 0): number {
    for (let i = from; i < piece.length; i += 1) {
      const character = piece[i];
      if (this.#isEscaped) this.#isEscaped = false;
      else if (this.#isInString) {
        if (character === '\\') this.#isEscaped = true;
        else if (character === '"') this.#isInString = false;
      } else if (character === '"') this.#isInString = true;
      else if (character === '{' || character === '[') this.#depth += 1;
      else if (character === '}' || character === ']') {
        this.#depth -= 1;
        if (this.#depth === 0) return i + 1;
      }
    }
    return -1;
  }
}

/** Returns where the JSON value that begins at `from` ends; -1 if it does not. */
function endOfJson(text: string, from: number): number {
  return new JsonEnd().find(text, from);
}

function readJsonCalls(text: string, offered: ReadonlySet<string>): PrintedCall[] {
  const calls: PrintedCall[] = [];
  for (const { value } of jsonValuesOf(text)) calls.push(...callsOfJson(value, offered));
  return calls;
}

/** `name{…}`, `name[ARGS]{…}`, `functions.name:0<|tool_call_argument_begin|>{…}`. */
function readNamedCalls(text: string): PrintedCall[] {
  const calls: PrintedCall[] = [];
  for (const { value, before } of jsonValuesOf(text)) {
    if (!isRecord(value)) continue;
    const label = before.slice(-200).replace(/```(?:json)?/gu, ' ');
    const bare = label.replace(/<[^<>]{0,60}>|\[[A-Z_]{1,20}\]|:\d{1,4}/gu, ' ');
    const name = bare.trim().split(/\s+/u).at(-1)?.split('.').at(-1) ?? '';
    if (NAME.test(name)) calls.push({ name, arguments: JSON.stringify(value) });
  }
  return calls;
}

/** A mark in brackets, or the beginning of a JSON value. */
const JSON_START = /\[\/?[A-Z_]{1,20}\]|[{[]/gu;

/** JSON objects and arrays in a text, each with the text before it. */
function* jsonValuesOf(text: string): Iterable<{ value: unknown; before: string }> {
  let from = 0;
  for (const { index, 0: start } of text.matchAll(JSON_START)) {
    if (start.length > 1 || index < from) continue;
    const end = endOfJson(text, index);
    if (end < 0) return;
    const value = parseJson(text.slice(index, end));
    if (value !== undefined) yield { value, before: text.slice(from, index) };
    from = end;
  }
}

function readXmlCalls(text: string): PrintedCall[] {
  const calls: PrintedCall[] = [];
  const heads = [
    ...text.matchAll(
      /<(?:function|invoke)(?:=|\s{1,4}name\s{0,2}=\s{0,2}["']?)([\w.-]{1,128})["']?\s{0,4}>/gu,
    ),
  ];
  for (const [i, head] of heads.entries()) {
    const [whole, name = ''] = head;
    const body = text.slice(head.index + whole.length, heads[i + 1]?.index ?? text.length);
    calls.push({ name, arguments: JSON.stringify(xmlArguments(body)) });
  }
  if (calls.length > 0) return calls;
  // GLM: NAME, then keys and values.
  const keys = [...text.matchAll(/<arg_key>([^<]{1,128})<\/arg_key>\s{0,8}<arg_value>/gu)];
  const name = /([\w.-]{1,128})\s{0,8}<arg_key>/u.exec(text)?.[1];
  if (name === undefined || keys.length === 0) return [];
  const args = keys.map(([whole, key = ''], i) => {
    const from = (keys[i]?.index ?? 0) + whole.length;
    const end = text.indexOf('</arg_value>', from);
    return [key.trim(), literalOf(text.slice(from, end < 0 ? undefined : end))] as const;
  });
  return [{ name, arguments: JSON.stringify(Object.fromEntries(args)) }];
}

/** Parameters as elements, or JSON as the body. */
function xmlArguments(body: string): object {
  const parameter = /<parameter(?:=|\s{1,4}name\s{0,2}=\s{0,2}["']?)([\w.-]{1,128})["']?\s{0,4}>/gu;
  const found = [...body.matchAll(parameter)].map((match) => {
    const from = match.index + match[0].length;
    const end = body.indexOf('</parameter>', from);
    const value = body.slice(from, end < 0 ? undefined : end);
    return [match[1] ?? '', literalOf(value)] as const;
  });
  if (found.length > 0) return Object.fromEntries(found);
  const start = body.indexOf('{');
  const end = start < 0 ? -1 : endOfJson(body, start);
  const value = end < 0 ? undefined : parseJson(body.slice(start, end));
  return isRecord(value) ? value : {};
}

/** `name(key="text", number=3)`, alone or in a list. Only tools that were offered are taken. */
function readPythonCalls(text: string, offered: ReadonlySet<string>): PrintedCall[] {
  const calls: PrintedCall[] = [];
  for (const { index, 0: head, 1: path = '' } of text.matchAll(/([A-Za-z_][\w.]{0,127})\(/gu)) {
    // Gemma names the module, too: `default_api.get_tasks()`.
    const name = offered.has(path) ? path : path.slice(path.lastIndexOf('.') + 1);
    if (!offered.has(name)) continue;
    calls.push({ name, arguments: JSON.stringify(pythonArguments(text, index + head.length)) });
    if (calls.length === MAX_CALLS) break;
  }
  return calls;
}

const ARGUMENT =
  /\s{0,8}([A-Za-z_]\w{0,63})\s{0,4}=\s{0,4}("(?:[^"\\]|\\.){0,4000}"|'(?:[^'\\]|\\.){0,4000}'|-?\d[\d.]{0,20}|True|False|None)\s{0,8}(,|\))/uy;

function pythonArguments(text: string, from: number): object {
  const found: [string, unknown][] = [];
  ARGUMENT.lastIndex = from;
  for (;;) {
    const match = ARGUMENT.exec(text);
    if (!match) break;
    const [, key = '', literal = '', after] = match;
    found.push([key, pythonValue(literal)]);
    if (after === ')') break;
  }
  return Object.fromEntries(found);
}

function pythonValue(literal: string): unknown {
  if (literal === 'True' || literal === 'False') return literal === 'True';
  if (literal === 'None') return null;
  if (!/^["']/u.test(literal)) return Number(literal);
  return literal.slice(1, -1).replace(/\\(.)/gsu, (_whole, character: string) => {
    return character === 'n' ? '\n' : character;
  });
}

/** A number, truth value, list or object as JSON has it, else the text. */
function literalOf(text: string): unknown {
  const trimmed = text.trim();
  return parseJson(trimmed) ?? trimmed;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON is no call.
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
