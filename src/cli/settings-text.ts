import { AppError } from '../kernel/errors.ts';

/** Returns the text of an environment file in which a variable has a value; comments stay. */
export function withVariable(text: string, name: string, value: string): string {
  const line = `${name}=${quoted(value)}`;
  const lines = linesOf(text);
  const at = lines.findLastIndex((candidate) => isOf(candidate, name));
  if (at < 0) return `${[...lines, line].join('\n')}\n`;
  return `${lines
    .map((candidate, i) => (i === at ? line : candidate))
    .filter((candidate, i) => i === at || !isOf(candidate, name))
    .join('\n')}\n`;
}

/** Returns the text of an environment file without a variable. */
export function withoutVariable(text: string, name: string): string {
  const lines = linesOf(text).filter((line) => !isOf(line, name));
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/u);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function isOf(line: string, name: string): boolean {
  const [before = ''] = line.split('=', 1);
  return line.includes('=') && before.replace(/^\s*export\s/u, '').trim() === name;
}

/** Quotes what `parseEnv` would read otherwise than it is written. */
function quoted(value: string): string {
  if (/^[\w./:@,+%-]*$/u.test(value)) return value;
  const quote = ["'", '"', '`'].find((candidate) => !value.includes(candidate));
  if (quote === undefined || /[\r\n]/u.test(value) || (quote === '"' && value.includes('\\n'))) {
    throw new AppError(
      'bad-request',
      'This value cannot be written into the file of settings; set it in the environment.',
    );
  }
  return `${quote}${value}${quote}`;
}
