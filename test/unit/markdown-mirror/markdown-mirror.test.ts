import { existsSync } from 'node:fs';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MirrorSource, syncMarkdown } from '../../../src/markdown-mirror/markdown-mirror.ts';
import {
  type MirroredConversation,
  readMirrorFile,
  writeMirrorFile,
} from '../../../src/markdown-mirror/mirror-file.ts';

const KITCHEN: MirroredConversation = {
  id: 'c1',
  startedAt: '2026-05-04T09:30:00Z',
  title: 'Tiles for the kitchen',
  notes: 'Anna and Ben chose tiles.',
  category: 'home',
  people: ['Anna', 'Ben'],
  tasks: [{ id: 't1', description: 'Order the tiles', isDone: false }],
  events: ['- 2026-05-05T10:00:00Z, 30 min: Delivery'],
  transcript: ['**Anna**: The red ones.', '**Ben**: Yes.'],
};
const FILE = '2026-05-04 Tiles for the kitchen.md';

let folder: string;
let server: Map<string, MirroredConversation>;
let source: MirrorSource;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'omi-mirror-'));
  server = new Map([['c1', structuredClone(KITCHEN)]]);
  const get = (id: string) => server.get(id) ?? expect.fail(`no ${id}`);
  const taskOf = (id: string) =>
    [...server.values()].flatMap(({ tasks }) => tasks).find((task) => task.id === id) ??
    expect.fail(`no task ${id}`);
  source = {
    async *conversations() {
      for (const one of server.values()) yield structuredClone(one);
    },
    setTitle: async (id, title) => {
      get(id).title = title;
    },
    setNotes: async (id, notes) => {
      get(id).notes = notes;
    },
    editTask: async (id, { description, completed }) => {
      const task = taskOf(id);
      task.description = description ?? task.description;
      task.isDone = completed ?? task.isDone;
    },
    addTask: async (id, description, isDone) => {
      get(id).tasks.push({ id: `new-${get(id).tasks.length}`, description, isDone });
      return `new-${get(id).tasks.length - 1}`;
    },
  };
});
afterEach(() => rm(folder, { recursive: true }));

const sync = () => syncMarkdown(folder, 'anna', source);
const read = (file = FILE) => readFile(path.join(folder, file), 'utf8');
const edit = async (change: (text: string) => string, file = FILE) =>
  await writeFile(path.join(folder, file), change(await read(file)));
const names = async () => (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();

describe('a Markdown mirror', () => {
  it('writes one file for each conversation, with front matter and checkboxes, and once', async () => {
    expect(await sync()).toEqual({ written: 1, edits: 0, removed: 0 });
    expect(await read()).toBe(`---
omi: c1
title: Tiles for the kitchen
date: 2026-05-04T09:30:00Z
category: home
people:
  - Anna
  - Ben
---

Anna and Ben chose tiles.

## Tasks

- [ ] Order the tiles ^t1

## Events

- 2026-05-05T10:00:00Z, 30 min: Delivery

## Transcript

**Anna**: The red ones.

**Ben**: Yes.
`);
    expect(await sync()).toEqual({ written: 0, edits: 0, removed: 0 });
  });

  it('sends edits of title, notes and tasks to the server, and new tasks', async () => {
    await sync();
    await edit((text) =>
      text
        .replace('title: Tiles for the kitchen', 'title: "Tiles: red"')
        .replace('chose tiles.', 'chose red tiles.')
        .replace('- [ ] Order the tiles ^t1', '- [x] Order red tiles ^t1\n- [ ] Pay for them'),
    );
    expect(await sync()).toMatchObject({ edits: 4 });
    expect(server.get('c1')).toMatchObject({
      title: 'Tiles: red',
      notes: 'Anna and Ben chose red tiles.',
      tasks: [
        { id: 't1', description: 'Order red tiles', isDone: true },
        { id: 'new-1', description: 'Pay for them', isDone: false },
      ],
    });
    expect(await read()).toContain('- [ ] Pay for them ^new-1');
    expect(await sync()).toEqual({ written: 0, edits: 0, removed: 0 });
  });

  it('joins edits of both sides, and keeps fields and sections that are the user’s own', async () => {
    await sync();
    await edit(
      (text) =>
        `${text.replace('- [ ] Order', '- [x] Order').replace('omi: c1', 'omi: c1\ntags: [home]')}\n## My thoughts\n\nToo red?\n`,
    );
    const changed = server.get('c1') ?? KITCHEN;
    changed.title = 'Red tiles';
    changed.tasks.push({ id: 't2', description: 'Call Ben', isDone: false });
    await sync();
    const text = await read();
    expect(text).toContain('title: Red tiles');
    expect(text).toContain('- [x] Order the tiles ^t1\n- [ ] Call Ben ^t2');
    expect(text).toContain('tags:\n  - home');
    expect(text.endsWith('## My thoughts\n\nToo red?\n')).toBe(true);
    expect(server.get('c1')?.tasks[0]?.isDone).toBe(true);
  });

  it('follows a file that was renamed or moved, and edits it there', async () => {
    await sync();
    await mkdir(path.join(folder, 'home'));
    await rename(path.join(folder, FILE), path.join(folder, 'home/tiles.md'));
    await edit((text) => text.replace('- [ ]', '- [x]'), 'home/tiles.md');
    expect(await sync()).toMatchObject({ edits: 1 });
    expect(await names()).toEqual(['home']);
    expect(server.get('c1')?.tasks[0]?.isDone).toBe(true);
  });

  it('does not bring back a file that was deleted, and keeps its conversation', async () => {
    await sync();
    await rm(path.join(folder, FILE));
    await sync();
    await sync();
    expect(await names()).toEqual([]);
    expect(server.has('c1')).toBe(true);
  });

  it('removes the file of a deleted conversation, but not one with edits', async () => {
    server.set('c2', { ...structuredClone(KITCHEN), id: 'c2', title: 'Other', tasks: [] });
    await sync();
    await edit((text) => text.replace('chose', 'bought'), '2026-05-04 Other.md');
    server.clear();
    expect(await sync()).toMatchObject({ removed: 1 });
    expect(await names()).toEqual(['2026-05-04 Other.md']);
  });

  it('leaves files alone that are not its own, also under the name that it would take', async () => {
    await writeFile(path.join(folder, FILE), 'my own');
    await writeFile(path.join(folder, 'broken.md'), '---\nomi: [\n---\n');
    await symlink('/etc/hostname', path.join(folder, 'link.md'));
    await sync();
    await sync();
    expect(await read()).toBe('my own');
    expect(await names()).toEqual(
      [FILE.replace('.md', ' 2.md'), FILE, 'broken.md', 'link.md'].sort(),
    );
  });

  it('writes no file outside of its folder, whatever the title', async () => {
    const hostile = ['../../escape', '/etc/passwd', 'a\u0000b\nc', '...', 'x'.repeat(500)];
    server = new Map(
      hostile.map((title, index) => [
        `c${index}`,
        { ...structuredClone(KITCHEN), id: `c${index}`, title, tasks: [] },
      ]),
    );
    await sync();
    expect((await names()).length).toBe(hostile.length);
    expect(existsSync(path.join(folder, '../../escape.md'))).toBe(false);
    expect(await sync()).toMatchObject({ written: 0 });
  });

  it('refuses a folder that another mirror uses, or that is another user’s', async () => {
    let inner: Promise<unknown> | undefined;
    const busy: MirrorSource = {
      ...source,
      async *conversations() {
        inner = sync();
        await expect(inner).rejects.toMatchObject({ code: 'conflict' });
        yield* [];
      },
    };
    await syncMarkdown(folder, 'anna', busy);
    expect(inner).toBeDefined();
    await expect(syncMarkdown(folder, 'ben', source)).rejects.toMatchObject({ code: 'conflict' });
    await sync();
  });

  it('says that a file has the name of the folder', async () => {
    const file = path.join(folder, 'notes');
    await writeFile(file, '');
    await expect(syncMarkdown(file, 'anna', source)).rejects.toMatchObject({
      code: 'invalid-configuration',
      message: `${file} cannot be a folder: there is a file of this name.`,
    });
  });

  it('takes over the lock of a process that has died', async () => {
    await writeFile(path.join(folder, '.omi-mirror.lock'), '4194305');
    expect(await sync()).toMatchObject({ written: 1 });
  });
});

describe('a file of the mirror', () => {
  it('reads what it writes, whatever notes and titles hold', () => {
    const notes = 'Yes\n\n## Tasks\n\n- [ ] not a task\n\\## still\n---\nomi: other';
    const hostile = { ...KITCHEN, title: 'a: "b" # c', notes };
    const back = readMirrorFile(writeMirrorFile(hostile, null));
    expect(back).toMatchObject({ id: 'c1', title: hostile.title, notes, tasks: KITCHEN.tasks });
    expect(back?.ownSections).toBe('');
  });
});
