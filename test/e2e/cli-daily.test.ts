import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CliInstallation, type CliServer } from './cli-process.ts';

// Each command is a process of its own, a few of them a test.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

interface Entry {
  id: string;
  description?: string;
  content?: string;
  name?: string;
  completed?: boolean;
}

describe('the commands for daily use, on the machine of the server without a token', () => {
  let installation: CliInstallation;
  let server: CliServer;
  let demo: { code: number | null; stdout: string };

  beforeAll(async () => {
    installation = await CliInstallation.create();
    server = await installation.serve();
    demo = await installation.run(['demo']);
  });
  afterAll(() => installation?.remove());

  const out = async (...args: string[]) => {
    const { code, stdout, stderr } = await installation.run(args);
    expect({ args, code, stderr: code === 0 ? '' : stderr }).toEqual({ args, code: 0, stderr: '' });
    return stdout;
  };
  const json = async <T = Entry[]>(...args: string[]) =>
    JSON.parse(await out(...args, '--json')) as T;

  it('keeps the key for it where only the owner can read it, and only while the server runs', () => {
    const file = path.join(installation.dataDir, 'server.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ url: server.url });
  });

  it('demo plays a talk through the live socket', () => {
    expect(demo.code).toBe(0);
    expect(demo.stdout).toMatch(/^00:11 Ben: Can you send me the list of stall holders/m);
    expect(demo.stdout).toMatch(/Action items\n/);
  });

  it('lists, shows and finds the conversation', async () => {
    const [entry] = await json('list');
    const id = entry?.id ?? '';
    expect(await out('list', '--quiet')).toBe(`${id}\n`);
    expect(await out('list')).toContain(id.slice(0, 8));
    const shown = await out('show', id.slice(0, 8));
    expect(shown).toContain('Ben: Can you send me the list of stall holders by Friday?');
    expect(await out('show')).toBe(shown);
    expect(await out('show', '--quiet')).toMatch(/^00:00 You: Good morning Ben/);
    expect((await json<Entry>('show', id)).id).toBe(id);
    expect(await out('search', 'brass', 'band')).toMatch(/asks for 600/);
    expect(await out('search', 'brass band', '-q')).toBe(`${id}\n`);
    const missing = await installation.run(['show', '0000aaaa']);
    expect(missing).toMatchObject({ code: 1, stdout: '' });
    expect(missing.stderr).toContain('There is no conversation "0000aaaa"');
  });

  it('answers with the words that the answer comes from', async () => {
    const said = await out('ask', 'when do we meet about the budget?');
    expect(said).toMatch(/next Tuesday at 3 pm/);
    expect(said).toMatch(/\nFrom\n {2}[0-9a-f]{8} {2}.*\n {12}\d\d:\d\d (?:Ben|You): /);
    expect(await out('ask', '-q', 'who asks for 600?')).not.toContain('\nFrom\n');
  });

  it('adds, completes and reopens tasks', async () => {
    const [made] = await json('tasks', 'add', 'Call the plumber', '--due', '2026-12-24');
    expect(made).toMatchObject({
      description: 'Call the plumber',
      due_at: '2026-12-24T23:59:00.000Z',
    });
    const id = made?.id ?? '';
    expect(await out('tasks')).toContain('☐ Call the plumber');
    expect(await out('tasks', 'done', id.slice(0, 8))).toContain('☑ Call the plumber');
    expect((await json('tasks', 'list')).map((task) => task.id)).not.toContain(id);
    expect((await json('tasks', 'list', '--all')).map((task) => task.id)).toContain(id);
    await out('tasks', 'reopen', id);
    expect((await json('tasks')).map((task) => task.id)).toContain(id);
    expect((await installation.run(['tasks', 'done', id, 'nothing'])).code).toBe(1);
    expect((await json('tasks')).map((task) => task.id)).toContain(id);
  });

  it('keeps facts and people', async () => {
    const [fact] = await json('memories', 'add', 'Is allergic to peanuts');
    expect(await out('memories')).toContain('Is allergic to peanuts');
    await out('memories', 'delete', fact?.id ?? '');
    expect(await out('memories')).not.toContain('peanuts');
    await out('people', 'rename', 'ben', 'Ben Carter');
    expect((await json('people')).map(({ name }) => name)).toEqual(['Ben Carter']);
  });

  it('mirrors conversations as files, with edits on both sides, renames and deletes', async () => {
    const folder = path.join(installation.directory, 'vault');
    const sync = () => out('sync', '--markdown', folder);
    const files = () => readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const mirrored = () => files().filter((name) => name.endsWith('.md'));
    expect(await sync()).toBe('1 written, 0 edits sent, 0 removed\n');
    const [name = ''] = mirrored();
    const text = readFileSync(path.join(folder, name), 'utf8');
    expect(text).toMatch(/- \[ \] .*[\s\S]*## Transcript/);

    // The file was renamed, and both sides are edited before the next run.
    const renamed = path.join(folder, 'market.md');
    renameSync(path.join(folder, name), renamed);
    writeFileSync(
      renamed,
      text.replace(/^title: .*$/m, 'title: The market').replace('- [ ]', '- [x]'),
    );
    expect(await sync()).toMatch(/, 2 edits sent, 0 removed\n$/);
    const [entry] = await json<{ id: string; structured: { title: string } }[]>('list');
    expect(entry?.structured.title).toBe('The market');
    expect(
      (await json('tasks', 'list', '--all')).filter(({ completed }) => completed),
    ).toHaveLength(1);
    expect(mirrored()).toEqual(['market.md']);

    // A file that was deleted stays away, and its conversation stays.
    rmSync(renamed);
    await sync();
    expect(mirrored()).toEqual([]);
    expect(await json('list')).toHaveLength(1);
  });

  it('acts for another user of this machine, and not for one who is none', async () => {
    await out('token', 'create', '--user', 'Nora', '--create');
    expect(await json('list', '--user', 'Nora')).toEqual([]);
    const nobody = await installation.run(['list', '--user', 'nobody']);
    expect(nobody).toMatchObject({ code: 1, stdout: '' });
  });

  it('does not end with an error if the reader of its output goes', async () => {
    const bin = path.join(import.meta.dirname, '../../bin/omi-backend.js');
    const child = spawn(
      'sh',
      [
        '-c',
        `"${process.execPath}" "${bin}" show --json | true; "${process.execPath}" "${bin}" config list --all | head -1`,
      ],
      { env: { PATH: process.env.PATH ?? '', DATA_DIR: installation.dataDir } },
    );
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdout.resume();
    expect((await once(child, 'close'))[0]).toBe(0);
    expect(stderr).toBe('');
  });

  it('writes over no file, and writes no archive of another kind than its name says', async () => {
    const file = path.join(installation.directory, 'mine.tar.gz');
    writeFileSync(file, 'mine');
    for (const args of [
      ['export', '--out', file],
      ['backup', file],
    ]) {
      const refused = await installation.run(args);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain('Add --force to replace it');
    }
    expect(readFileSync(file, 'utf8')).toBe('mine');
    await out('export', '--out', file, '--force');
    expect(statSync(file).size).toBeGreaterThan(100);
    const zip = await installation.run(['export', '--out', 'x.zip']);
    expect(zip).toMatchObject({ code: 2, stderr: expect.stringContaining('.tar.gz') });
    expect(existsSync(path.join(installation.directory, 'x.zip'))).toBe(false);
  });

  it('reports progress off a terminal in lines of text', async () => {
    const { stderr } = await installation.run(['export', '--out', 'p.tar']);
    const lines = stderr.trim().split('\n');
    expect(lines.length).toBeLessThanOrEqual(6);
    for (const line of lines) expect(line).toMatch(/^Exporting \d+\/\d+ \S+$/);
  });

  it('sets, reads and removes a setting, and refuses a wrong one', async () => {
    await out('config', 'set', 'LOG_LEVEL', 'error');
    expect(readFileSync(path.join(installation.directory, '.env'), 'utf8')).toBe(
      'LOG_LEVEL=error\n',
    );
    expect(await out('config', 'get', 'LOG_LEVEL')).toBe('error\n');
    const wrong = await installation.run(['config', 'set', 'LOG_LEVEL', 'loud']);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('LOG_LEVEL') });
    const misspelt = await installation.run(['config', 'set', 'LOG_LEVL', 'warn']);
    expect(misspelt).toMatchObject({ code: 2, stderr: expect.stringContaining('LOG_LEVEL?') });
    await out('config', 'unset', 'LOG_LEVEL');
    const listed = await installation.run(['config'], { OPENAI_API_KEY: 'sk-secret' });
    expect(listed.stdout).toContain('OPENAI_API_KEY=********');
    expect(listed.stdout).not.toContain('sk-secret');
  });

  it('completes commands', async () => {
    expect(await out('complete', '--', 'tas')).toMatch(/^tasks\t/);
    for (const shell of ['bash', 'zsh', 'fish']) {
      expect(await out('completion', shell)).toContain('omi-backend');
    }
  });

  it('names who has the port, and an unknown command is refused', async () => {
    const port = new URL(server.url).port;
    const other = path.join(installation.directory, 'other');
    const taken = await installation.run(['serve', '--port', port, '--data-dir', other]);
    expect(taken.code).toBe(2);
    expect(taken.stderr).toMatch(new RegExp(`Port ${port} is in use by omi-backend .*--port `));
    const unknown = await installation.run(['serv']);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('Did you mean serve?');
  });

  it('says how to start the server if none runs', async () => {
    expect(await server.stop()).toBe(0);
    const result = await installation.run(['list']);
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toMatch(/No server runs on .*serve/);
  });
});
