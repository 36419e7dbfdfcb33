import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { asyncApiDocument } from '../../../src/listen/async-api.ts';
import { listenQuerySchema } from '../../../src/listen/listen-query.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const PAGE = read('docs/client-protocol.md');

/** The names in the first column of the table under a heading. */
function tableUnder(heading: string): string[][] {
  const section = PAGE.split(`${heading}\n`)[1]?.split(/\n##/)[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const namesIn = (cell: string | undefined) =>
  [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? '');

interface Channel {
  messages: Record<string, { name: string }>;
}
const document = asyncApiDocument('1.0.0') as {
  channels: Record<string, Channel>;
  operations: Record<string, { messages: { $ref: string }[] }>;
};
const namesOf = (operation: string) =>
  (document.operations[operation]?.messages ?? []).map(({ $ref }) => $ref.split('/').at(-1) ?? '');

describe('the page of the client protocol', () => {
  it('lists every parameter of the live socket with its default', () => {
    const { properties = {} } = z.toJSONSchema(listenQuerySchema, {
      io: 'input',
      unrepresentable: 'any',
    });
    const rows = new Map(
      tableUnder('### Parameters').map(([name, initial]) => [namesIn(name)[0], initial]),
    );
    expect([...rows.keys()].sort()).toEqual(Object.keys(properties).sort());
    for (const [name, schema] of Object.entries(properties)) {
      const initial = (schema as { default?: unknown }).default;
      if (initial === undefined || initial === '') continue;
      expect(rows.get(name), name).toBe(`\`${String(initial)}\``);
    }
  });

  it('names the messages that the code sends, and no others', () => {
    const frames = read('src/listen/listen-frames.ts');
    const sent = new Set(
      [...frames.matchAll(/'((?:[a-z]+_)+[a-z]+)'/g)]
        .map(([, name]) => name ?? '')
        .filter((name) => !['in_progress'].includes(name) && !name.startsWith('stt_')),
    );
    const listed = tableUnder('### What the server sends').flatMap(([first]) => namesIn(first));
    expect(listed.toSorted()).toEqual([...sent].sort());
    const described = namesOf('receiveFromServer').filter(
      (name) => !['segments', 'ping', 'auth_response'].includes(name),
    );
    expect(described.toSorted()).toEqual([...sent].sort());
  });

  it('names the messages that the code reads', () => {
    const read_ = read('src/listen/client-message.ts');
    const taken = [...read_.matchAll(/case '([a-z_]+)'/g)].map(([, name]) => name ?? '');
    const described = namesOf('sendToServer').filter((name) => !['auth', 'audio'].includes(name));
    expect(described.toSorted()).toEqual(taken.toSorted());
    for (const name of taken) expect(PAGE).toContain(`\`${name}\``);
  });

  it('explains every close code that the code uses', () => {
    const folder = path.join(ROOT, 'src/listen');
    const used = new Set<string>();
    for (const file of readdirSync(folder)) {
      for (const [code] of readFileSync(path.join(folder, file), 'utf8').matchAll(
        /\b10[01]\d\b/g,
      )) {
        if (code !== '1000') used.add(code);
      }
    }
    const explained = tableUnder('### Close codes').map(([code]) => code);
    expect([...used].filter((code) => !explained.includes(code))).toEqual([]);
  });

  it('names the prefixes of the chat stream', () => {
    const written = [...read('src/wire/chat-stream.ts').matchAll(/[`']([a-z]+): /g)].map(
      ([, name]) => name,
    );
    const listed = tableUnder('## The chat stream').map(([first]) => namesIn(first)[0]?.trim());
    expect(listed.toSorted()).toEqual([...new Set(written.map((name) => `${name}:`))].sort());
    expect(namesOf('receiveAnswer').toSorted()).toEqual([...new Set(written)].sort());
  });
});

describe('the AsyncAPI document', () => {
  it('refers to nothing that it does not have', () => {
    for (const { messages } of Object.values(document.operations)) {
      for (const { $ref } of messages) {
        const [, , channel = '', , message = ''] = $ref.split('/');
        expect(document.channels[channel]?.messages[message], $ref).toBeDefined();
      }
    }
  });
});
