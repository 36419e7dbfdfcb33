import { describe, expect, it } from 'vitest';
import { buildProgram } from '../../../src/cli/program.ts';

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
    [['stream', 'a', '--token', 'x', '--speed', 'fast'], /--speed is a number above 0/],
    [['stream', 'a', '--token', 'x', '--speed', '0'], /--speed is a number above 0/],
    [['stream', 'a', '--token', 'x', '--url', 'http://localhost:1'], /^a: There is no such file/],
  ])('refuses %j as a mistake of its user', async (args, message) => {
    await expect(run(...args)).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(message),
    });
  });

  it.each(['stream', 'import', 'doctor', 'reindex'])('explains %s with examples', (name) => {
    expect(helpOf(name)).toMatch(/Examples?:\n {2}.*omi-backend /);
    expect(helpOf(name)).toContain('Exit code');
  });
});
