import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { buildProgram, withDefaultCommand } from '../../../src/cli/program.ts';

const none = () => Promise.resolve([]);

const run = (...args: string[]) => buildProgram(none).parseAsync(args, { from: 'user' });

function helpOf(name: string): string {
  const command = buildProgram(none).commands.find((candidate) => candidate.name() === name);
  if (!command) throw new Error(`There is no command ${name}.`);
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
}

describe('the command line', () => {
  it.each<[string[], RegExp]>([
    [['import', 'a', 'b', '--started-at', '2026-01-01T00:00:00Z'], /--started-at is for one file/],
    [['import', 'a', '--started-at', 'yesterday'], /"yesterday" is not an ISO 8601 time/],
    [['stream', 'a', '--token', 'x', '--url', 'localhost'], /begins with http/],
    [
      ['migrate', '--from', 'sqlite', '--to', 'constructor'],
      /no engine "constructor"\. There are: sqlite/,
    ],
    [
      ['migrate', '--from', 'sqlite,firestore', '--to', 'gcs'],
      /sqlite and firestore keep the same data/,
    ],
    [['stream', 'a', '--token', 'x', '--speed', 'fast'], /--speed is a number above 0/],
    [['stream', 'a', '--token', 'x', '--speed', '0'], /--speed is a number above 0/],
    [['stream', 'a', '--token', 'x', '--url', 'http://localhost:1'], /^a: There is no such file/],
  ])('refuses %j as a mistake of its user', async (args, message) => {
    await expect(run(...args)).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(message),
    });
  });

  it('serves if no command is named, and lists if a group is', () => {
    expect(withDefaultCommand([])).toEqual(['serve']);
    expect(withDefaultCommand(['--port', '1'])).toEqual(['serve', '--port', '1']);
    expect(withDefaultCommand(['tasks', '--json'])).toEqual(['tasks', 'list', '--json']);
    for (const args of [['--help'], ['-V'], ['doctor'], ['doctr'], ['tasks', 'add', 'x']]) {
      expect(withDefaultCommand(args)).toEqual(args);
    }
  });

  it.each<[string[], RegExp]>([
    [['doctr'], /unknown command 'doctr'\n\(Did you mean doctor\?\)/],
    [['tasks', 'dnoe'], /Did you mean done/],
    [['help', 'serv'], /unknown command 'serv'\n\(Did you mean serve\?\)/],
    [['help', 'tasks', 'nothing'], /unknown command 'nothing'/],
    [['list', '--limt', '3'], /Did you mean --limit/],
    [['list', '--limit', '0'], /whole number from 1 to 5000/],
    [['list', '--json', '--quiet'], /cannot be used with/],
  ])('refuses %j with a suggestion', async (args, message) => {
    const program = buildProgram(none);
    let said = '';
    const writeErr = (text: string) => (said += text);
    for (const command of [program, ...program.commands]) {
      for (const each of [command, ...command.commands]) each.configureOutput({ writeErr });
    }
    await expect(program.parseAsync(args, { from: 'user' })).rejects.toBeInstanceOf(CommanderError);
    expect(said).toMatch(message);
  });

  it.each(['stream', 'import', 'doctor', 'reindex'])('explains %s with examples', (name) => {
    expect(helpOf(name)).toMatch(/Examples?:\n {2}.*omi-backend /);
    expect(helpOf(name)).toContain('Exit code');
  });
});
