import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { buildProgram } from '../src/cli/program.ts';
import { VARIABLE_NAMES } from '../src/config/variable-names.ts';
import { ERROR_CODES } from '../src/kernel/errors.ts';

const ROOT = new URL('../', import.meta.url);
const DOCUMENTS = [
  'README.md',
  ...readdirSync(fileURLToPath(new URL('docs', ROOT)))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const PROGRAM = buildProgram(() => Promise.resolve([]));
const ROUTES = routesOf(read('src/client/schema.ts'));

/** Names in the form of a variable that other programs read, or that are no variables. */
const OTHER_NAMES = [
  ...['API_BASE_URL', 'FIRESTORE_EMULATOR_HOST', 'FORCE_COLOR', 'NO_COLOR'],
  ...['OMI_API_BASE', 'OMI_API_BASE_URL', 'OMI_DESKTOP_API_URL'],
  ...['SPEAKER_0', 'SPEAKER_00', 'SPEAKER_01', 'SPEAKER_1'],
];
/** Routes of model servers, and those of Omi's hosted business, which the description of the API leaves out. */
const OTHER_ROUTES = ['/models', '/v1/tts/synthesize', '/v2/tts/synthesize', '/v1/proxy/gemini/{}'];

describe.each(DOCUMENTS)('%s', (document) => {
  const text = read(document);

  it('names commands and options that are there', () => {
    expect(wrongCommands(text)).toEqual([]);
  });

  it('names variables that are there', () => {
    const names = [...text.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)[`=]/g)].map(
      ([, name]) => name,
    );
    const known = [...VARIABLE_NAMES, ...OTHER_NAMES];
    expect(names.filter((name) => !known.includes(name ?? ''))).toEqual([]);
  });

  it('names routes that are there', () => {
    const named = [...text.matchAll(/\b(?:GET|POST|PATCH|PUT|DELETE) (\/[^\s`)"'|,?]*)/g)];
    const paths = named.map(([, path = '']) => withoutNames(path));
    expect(paths.filter((path) => !isRoute(path))).toEqual([]);
  });
});

describe('docs/command-line.md', () => {
  const text = read('docs/command-line.md');

  it('has every command of the program in its table', () => {
    const rows = [...text.matchAll(/^\| (`.+) \|.+\|$/gm)].map(([, cell]) => cell ?? '');
    const named = rows.flatMap((cell) => [...cell.matchAll(/`(\w+)/g)].map(([, name]) => name));
    const shown = PROGRAM.createHelp().visibleCommands(PROGRAM);
    const missing = shown.map((command) => command.name()).filter((name) => !named.includes(name));
    expect(missing).toEqual(['help']);
  });
});

describe('docs/troubleshooting.md', () => {
  it('names errors by codes that are there', () => {
    const rows = [...read('docs/troubleshooting.md').matchAll(/^\| (.+?) \|/gm)];
    const codes = rows.flatMap(
      ([, cell = '']) => cell.match(/(?<=`)[a-z]+(?:-[a-z]+)+(?=`)/g) ?? [],
    );
    expect(codes.length).toBeGreaterThan(10);
    expect(codes.filter((code) => !Object.hasOwn(ERROR_CODES, code))).toEqual([]);
  });
});

describe('the checks themselves', () => {
  it('notice a wrong command, option and route', () => {
    expect(wrongCommands('`omi-backend lst` `omi-backend list --all`, `omi-backend list`')).toEqual(
      ['lst', 'list --all'],
    );
    expect(wrongCommands('omi-backend tasks done ID && omi-backend config set A b')).toEqual([]);
    expect(withoutNames('/v1/people/{id}')).toBe(withoutNames('/v1/people/<id>/'));
    expect(isRoute('/v1/conversations/{}')).toBe(true);
    expect(isRoute('/v1/webhooks/dev_memory_created/secret')).toBe(true);
    expect(isRoute('/v1/conversation/{}')).toBe(false);
  });
});

/** Commands, and commands with an option, that a text names and the program lacks. */
function wrongCommands(text: string): string[] {
  const uses = [...text.matchAll(/(?<![\w/-])omi-backend((?: +[^\s`|"#&;)]+)+)/g)];
  return uses.flatMap(([, words = '']) => {
    const given = words.trim().split(/ +/);
    const command = commandOf(given);
    if (command === PROGRAM) {
      return /^[a-z]/.test(given[0] ?? '') ? given.slice(0, 1) : [];
    }
    const options = given
      .filter((word) => word.startsWith('--'))
      .map((word) => word.split(/[=.,]/)[0]);
    const known = [...command.options.map(({ long }) => long), '--help'];
    const wrong = options.filter((option) => !known.includes(option));
    return wrong.map((option) => `${command.name()} ${option}`);
  });
}

/** The innermost command that the words name. */
function commandOf(words: readonly string[]): Command {
  let command = PROGRAM;
  for (const word of words) {
    const next = command.commands.find((one) => one.name() === word.replace(/[.,:]+$/, ''));
    if (!next) break;
    command = next;
  }
  return command;
}

/** Paths of the routes in the generated types of the client. */
function routesOf(types: string): string[] {
  return [...types.matchAll(/^ {4}"(\/[^"]*)": \{$/gm)].map(([, path = '']) => withoutNames(path));
}

/** Returns true if there is such a route; the path may give an example for a parameter. */
function isRoute(path: string): boolean {
  const parts = path.split('/');
  return [...ROUTES, ...OTHER_ROUTES].some((route) => {
    const other = route.split('/');
    return (
      other.length === parts.length &&
      other.every((part, at) => part === '{}' || part === parts[at])
    );
  });
}

/** A path in which every parameter looks the same. */
function withoutNames(path: string): string {
  return path.replaceAll(/\{[^}]*\}|<[^>]*>|:\w+|…/g, '{}').replace(/[/.;:]+$/, '');
}

function read(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}
