/**
 * Fills in the templates of the Helm chart: `if`, `range` over an object, values, and the functions that the
 * chart uses. It is not Helm: a function that it does not know is an error, so that the chart stays within
 * what is tested.
 */
export function fillTemplate(template: string, scope: Record<string, unknown>): string {
  const tokens = template
    .replace(/\s*\{\{-/g, '{{')
    .replace(/-\}\}\s*?(?=\n)/g, '}}')
    .split(/(\{\{.*?\}\})/);
  const { text, rest } = fillBlock(tokens, scope);
  if (rest.length > 0) throw new Error(`Too many ends: ${rest[0]}`);
  return text;
}

type Scope = Record<string, unknown>;

function fillBlock(tokens: string[], scope: Scope): { text: string; rest: string[] } {
  let text = '';
  let rest = tokens;
  while (rest.length > 0) {
    const [token = '', ...after] = rest;
    rest = after;
    const code = /^\{\{(.*)\}\}$/.exec(token)?.[1]?.trim();
    if (code === undefined) text += token;
    else if (code === 'end') return { text, rest: ['end', ...rest] };
    else if (code.startsWith('if ')) {
      const block = fillBlock(rest, scope);
      rest = afterEnd(block.rest);
      if (isTrue(evaluate(code.slice(3), scope))) text += block.text;
    } else if (code.startsWith('range ')) {
      const [, name = '', value = '', path = ''] =
        /^range (\$\w+), (\$\w+) := (.+)$/.exec(code) ?? [];
      const items = Object.entries((evaluate(path, scope) ?? {}) as object);
      const blocks = items.map(([key, item]) =>
        fillBlock(rest, { ...scope, [name]: key, [value]: item }),
      );
      text += blocks.map((block) => block.text).join('');
      rest = afterEnd(fillBlock(rest, { ...scope, [name]: '', [value]: '' }).rest);
    } else text += String(evaluate(code, scope) ?? '');
  }
  return { text, rest };
}

function afterEnd(rest: string[]): string[] {
  if (rest[0] !== 'end') throw new Error('A block has no end.');
  return rest.slice(1);
}

function isTrue(value: unknown): boolean {
  return value !== '' && value !== false && value !== undefined && value !== null;
}

function evaluate(code: string, scope: Scope): unknown {
  const [first = '', ...pipes] = code.split('|').map((part) => part.trim());
  return pipes.reduce<unknown>(
    (value, pipe) => call([...words(pipe), value], scope),
    call(words(first), scope),
  );
}

function words(code: string): unknown[] {
  return code.match(/"[^"]*"|\([^)]*\)|\S+/g) ?? [];
}

function call(parts: unknown[], scope: Scope): unknown {
  const [name, ...args] = parts;
  const values = args.map((arg) => readValue(arg, scope));
  if (parts.length === 1) return readValue(name, scope);
  switch (name) {
    case 'quote':
      return JSON.stringify(String(values[0]));
    case 'default':
      return isTrue(values[1]) ? values[1] : values[0];
    case 'printf':
      return values
        .slice(1)
        .reduce<string>((text, value) => text.replace('%s', String(value)), String(values[0]));
    case 'toJson':
      return JSON.stringify(values[0]);
    case 'nindent':
      return `\n${' '.repeat(Number(values[0]))}${String(values[1])}`;
    default:
      throw new Error(`The test does not know the function ${String(name)}.`);
  }
}

function readValue(part: unknown, scope: Scope): unknown {
  if (typeof part !== 'string') return part;
  if (part.startsWith('"')) return part.slice(1, -1);
  if (part.startsWith('(')) return evaluate(part.slice(1, -1), scope);
  if (part.startsWith('$')) return scope[part];
  if (/^\d+$/.test(part)) return Number(part);
  if (!part.startsWith('.')) return part;
  return part
    .slice(1)
    .split('.')
    .reduce<unknown>((value, key) => (value as Scope | undefined)?.[key], scope);
}
