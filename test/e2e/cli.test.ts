import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { CliInstallation, type CliServer } from './cli-process.ts';

// Each command is a process of its own, a few of them a test.
vi.setConfig({ testTimeout: 120_000 });

const TALK = [
  'Anna: Good morning Tom. We have to talk about the budget for the new office.',
  'Tom: Yes. I will send you the draft by Friday.',
  "Anna: Great. And let's meet next Tuesday at 3 pm to go through it with the architects.",
  "Tom: Works for me. I'm allergic to peanuts by the way.",
].join('\n');

interface Listed {
  structured: { title: string };
  status: string;
  created_at: string;
  transcript_segments: { text: string; is_user: boolean; person_id: string | null }[];
}

describe('beside a running server', () => {
  let installation: CliInstallation;
  let server: CliServer;
  let token: string;
  let talk: string;

  beforeAll(async () => {
    installation = await CliInstallation.create();
    server = await installation.serve();
    token = server.token ?? '';
    talk = path.join(installation.directory, 'talk.txt');
    await writeFile(talk, TALK);
  });
  afterAll(() => installation?.remove());

  const api = async <T>(route: string, bearer = token) => {
    const response = await fetch(`${server.url}${route}`, {
      headers: { authorization: `Bearer ${bearer}` },
    });
    return { status: response.status, body: (await response.json()) as T };
  };

  /** 101 if the socket opens, otherwise the status of the refusal. */
  const openSocket = async (bearer: string): Promise<number> => {
    const socket = new WebSocket(
      `${server.url.replace('http', 'ws')}/v4/listen?custom_stt=enabled`,
      { headers: { authorization: `Bearer ${bearer}` } },
    );
    const status = await new Promise<number>((resolve, reject) => {
      socket.once('open', () => resolve(101));
      socket.once('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
      socket.once('error', reject);
    });
    if (status === 101) {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    }
    return status;
  };

  it('makes a token that works at once, lists it, and revokes it at once', async () => {
    const made = await installation.run(['token', 'create', '--name', 'phone']);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    const phone = made.stdout.trim();
    expect(phone).toMatch(/^omi_[\w-]{43}$/);
    expect((await api('/v1/conversations', phone)).status).toBe(200);
    expect(await openSocket(phone)).toBe(101);

    const listed = await installation.run(['token', 'list', '--user', 'owner']);
    expect(listed.stdout).toMatch(/owner {2}phone {2}\S+ {2}in use/);
    expect(listed.stdout).not.toContain(phone);

    expect((await installation.run(['token', 'revoke', 'phone'])).code).toBe(0);
    expect((await api('/v1/conversations', phone)).status).toBe(401);
    expect(await openSocket(phone)).toBe(403);
    expect((await api('/v1/conversations')).status).toBe(200);
    expect((await installation.run(['token', 'list'])).stdout).toMatch(/phone {2}\S+ {2}revoked /);
    expect((await installation.run(['token', 'revoke', 'phone'])).code).toBe(1);
  });

  it('makes no token for nobody, and one for a new user', async () => {
    const refused = await installation.run(['token', 'create', '--user', 'Nora']);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('Add --create');
    const made = await installation.run(['token', 'create', '--user', 'Nora', '--create']);
    expect((await api<unknown[]>('/v1/conversations', made.stdout.trim())).body).toEqual([]);
  });

  it('streams a transcript: its words, then what was understood', async () => {
    const made = await installation.run(['token', 'create', '--user', 'Tom', '--create']);
    const toms = made.stdout.trim();
    const result = await installation.run(['stream', talk, '--me', 'Tom', '--source', 'desktop'], {
      OMI_TOKEN: toms,
    });
    expect(result.code).toBe(0);
    const lines = result.stdout.split('\n');
    expect(lines.slice(0, 4)).toEqual([
      '00:00 Anna: Good morning Tom. We have to talk about the budget for the new office.',
      '00:04 You: Yes. I will send you the draft by Friday.',
      "00:06 Anna: Great. And let's meet next Tuesday at 3 pm to go through it with the architects.",
      "00:11 You: Works for me. I'm allergic to peanuts by the way.",
    ]);
    expect(result.stdout).toMatch(/Action items\n {2}☐ .*draft.*\(due /);
    expect(result.stdout).toMatch(/Events\n {2}.*3:00.PM/);
    expect(result.stdout).toMatch(/Memories\n {2}.*peanuts/);
    const id = /Conversation (\S+), understood by rules\./.exec(result.stdout)?.[1];
    const { body } = await api<Listed & { source: string }>(`/v1/conversations/${id}`, toms);
    expect(body).toMatchObject({ status: 'completed', source: 'desktop' });
    expect(lines.some((line) => line.includes(body.structured.title))).toBe(true);
  });

  it('knows a file that was streamed when it is imported, and the other way round', async () => {
    const made = await installation.run(['token', 'create', '--user', 'Uma', '--create']);
    const env = { OMI_TOKEN: made.stdout.trim() };
    const streamed = path.join(installation.directory, 'streamed.txt');
    await writeFile(
      streamed,
      'Anna: I will paint the fence on Monday.\nTom: The blue paint is in the shed.',
    );
    const first = await installation.run(['stream', streamed, '--me', 'Tom'], env);
    expect(first.code).toBe(0);
    const again = await installation.run(['import', streamed, '--me', 'Tom', '--user', 'Uma']);
    expect(again.stdout).toContain('(imported before, nothing added)');

    const imported = path.join(installation.directory, 'other.txt');
    await writeFile(
      imported,
      'Anna: I will oil the gate on Tuesday.\nTom: It squeaks for a year now.',
    );
    await installation.run(['import', imported, '--me', 'Tom', '--user', 'Uma']);
    const known = await installation.run(['stream', imported, '--me', 'Tom'], env);
    expect(known).toMatchObject({ code: 0 });
    expect(known.stderr).toContain('The same was streamed or imported before');
    expect(known.stdout).toMatch(/Oil the gate|oil the gate/u);
    expect((await api<Listed[]>('/v1/conversations', env.OMI_TOKEN)).body).toHaveLength(2);
    const twice = await installation.run(['stream', imported, '--me', 'Tom', '--again'], env);
    expect(twice.stdout).toMatch(/^00:00 Anna: I will oil the gate/mu);
    expect((await api<Listed[]>('/v1/conversations', env.OMI_TOKEN)).body).toHaveLength(3);
  });

  it.each<[string, string[], number, RegExp]>([
    ['a token that is not accepted', ['--token', 'omi_wrong'], 1, /does not accept the token/],
    ['no token for another server', ['--url', 'http://127.0.0.1:9'], 2, /--token, or OMI_TOKEN/],
    ['a server that is not there', ['--token', 'x', '--url', 'http://127.0.0.1:9'], 1, /No server/],
  ])('says what is wrong with %s', async (_what, args, code, message) => {
    const result = await installation.run(['stream', talk, ...args]);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toMatch(message);
  });

  it('says why audio is not taken without speech-to-text, and what a broken file is', async () => {
    const silence = path.join(installation.directory, 'silence.wav');
    const { encodeWav } = await import('../../src/audio/wav.ts');
    await writeFile(silence, encodeWav(new Int16Array(1600), 16_000));
    const refused = await installation.run(['stream', silence, '--token', token]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/No speech-to-text provider is configured/);

    const broken = path.join(installation.directory, 'broken.wav');
    await writeFile(broken, 'RIFF');
    const unreadable = await installation.run(['stream', broken, '--token', token]);
    expect(unreadable.code).toBe(2);
    expect(unreadable.stderr).toContain('broken.wav: The WAV file cannot be read');
  });

  it('imports, and the server shows it', async () => {
    const file = path.join(installation.directory, 'imported.txt');
    await writeFile(file, `${TALK}\nAnna: Until then.`);
    const args = ['import', file, '--me', 'Tom', '--started-at', '2026-03-10T14:00:00Z'];
    const result = await installation.run(args);
    expect(result).toMatchObject({ code: 0 });
    expect(result.stdout).toMatch(/5 segments, \d+ action items?, \d+ events?/);
    const list = await api<Listed[]>('/v1/conversations?limit=1000');
    const found = list.body.filter((c) => c.created_at.startsWith('2026-03-10T14:00:00'));
    expect(found).toHaveLength(1);
    const segments = found[0]?.transcript_segments ?? [];
    expect(segments.map((s) => [s.is_user, s.person_id !== null])).toEqual([
      [false, true],
      [true, false],
      [false, true],
      [true, false],
      [false, true],
    ]);
    const people = await api<{ name: string }[]>('/v1/users/people');
    expect(people.body.filter((p) => p.name === 'Anna')).toHaveLength(1);
    const search = await fetch(`${server.url}/v1/conversations/search`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'until architects' }),
    });
    const hits = (await search.json()) as { items: Listed[] };
    expect(hits.items.some((c) => c.created_at.startsWith('2026-03-10'))).toBe(true);
  });

  it('examines the installation', async () => {
    const result = await installation.run(['doctor']);
    expect(result.stdout).not.toContain('✗');
    expect(result.stdout).toMatch(/✓ Document store: /);
    expect(result.stdout).toMatch(/✓ Search index: /);
    expect(result.stdout).toContain(`runs at ${server.url}`);
    expect(result.code).toBe(0);
  });

  it('finds what is configured and does not work', async () => {
    const broken = 'http://127.0.0.1:9';
    const env = { DEEPGRAM_BASE_URL: broken, OPENAI_BASE_URL: `${broken}/v1` };
    const result = await installation.run(['doctor'], env);
    expect(result.code).toBe(1);
    expect(result.stdout).toMatch(/✗ Speech-to-text: deepgram: /);
    expect(result.stdout).toMatch(/✗ Language model: /);
    expect(result.stdout).toMatch(/✓ Document store: /);
    const wrong = await installation.run(['doctor'], { PORT: 'many' });
    expect(wrong.code).toBe(1);
    expect(wrong.stdout).toMatch(/✗ Configuration: .*PORT/);
  });

  it('does not rebuild an index that the server has open', async () => {
    const result = await installation.run(['reindex']);
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toMatch(/stop it first/);
  });
});

describe('without a server', () => {
  let installation: CliInstallation;
  beforeEach(async () => {
    installation = await CliInstallation.create();
  });
  afterEach(() => installation?.remove());

  it('imports on a fresh directory, twice without adding, and rebuilds the index', async () => {
    const file = path.join(installation.directory, 'talk.txt');
    const vtt = path.join(installation.directory, 'talk.vtt');
    await writeFile(file, TALK);
    const cues = TALK.split('\n').map((line, i) => {
      const [name, words] = line.split(/: (.*)/s);
      return `00:0${i}.000 --> 00:0${i}.900\n<v ${name}>${words}</v>`;
    });
    await writeFile(vtt, `WEBVTT\n\n${cues.join('\n\n')}\n`);
    const first = await installation.run(['import', file]);
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/^Sign-in token of the owner, shown this once: omi_/);
    const second = await installation.run(['import', file, vtt]);
    expect(second.code).toBe(0);
    expect(second.stdout.match(/imported before, nothing added/g)).toHaveLength(2);
    expect(second.stdout).not.toContain('omi_');

    const rebuilt = await installation.run(['reindex', '--user', 'owner']);
    expect(rebuilt.code).toBe(0);
    expect(rebuilt.stdout).toMatch(/^owner: \d+ conversations, memories and action items indexed/);
    const server = await installation.serve();
    const token = /omi_[\w-]{43}/.exec(first.stdout)?.[0];
    const response = await fetch(`${server.url}/v1/conversations/search`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'architects' }),
    });
    expect(((await response.json()) as { items: unknown[] }).items).toHaveLength(1);
    await server.stop();
    expect(existsSync(path.join(installation.dataDir, 'server.json'))).toBe(false);
  });

  it('imports e-mails and text, once, and says what is none', async () => {
    const mail = path.join(installation.directory, 'mail.eml');
    const head = 'From: Ben Carter <ben@example.com>\nSubject: Spring market\n';
    const date = 'Date: Mon, 1 Mar 2027 09:30:00 +0100\n\n';
    await writeFile(mail, `${head}${date}I will book the stage for the spring market tomorrow.\n`);
    const first = await installation.run(['import', mail]);
    expect(first.stdout).toContain('1 action item');
    const second = await installation.run(['import', '--source', 'email', mail]);
    expect(second.stdout).toContain('imported before, nothing added');
    const none = path.join(installation.directory, 'none.eml');
    await writeFile(none, 'Only words.');
    const refused = await installation.run(['import', '--source', 'email', none]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('It has no header of an e-mail');
  });

  it('updates a conversation whose file has grown, and its tasks come once', async () => {
    const file = path.join(installation.directory, 'talk.txt');
    await writeFile(file, TALK);
    const first = await installation.run(['import', file, '--me', 'Tom']);
    await writeFile(file, `${TALK}\nAnna: I will order the desks tomorrow.`);
    const second = await installation.run(['import', file, '--me', 'Tom']);
    expect(second.stdout).toContain('talk.txt (imported before, updated)');
    expect(second.stdout).toContain('5 segments');

    const server = await installation.serve();
    const headers = { authorization: `Bearer ${/omi_[\w-]{43}/.exec(first.stdout)?.[0]}` };
    const response = await fetch(`${server.url}/v1/action-items`, { headers });
    const { action_items: items } = (await response.json()) as {
      action_items: { description: string }[];
    };
    const descriptions = items.map(({ description }) => description);
    expect(descriptions.filter((text) => text.includes('draft'))).toHaveLength(1);
    expect(new Set(descriptions).size).toBe(descriptions.length);
    const list = await fetch(`${server.url}/v1/conversations?limit=100`, { headers });
    expect(await list.json()).toHaveLength(1);
    await server.stop();
  });

  it('says what sound needs, and what of a file is no speech', async () => {
    const mp3 = path.join(installation.directory, 'meeting.mp3');
    await writeFile(
      mp3,
      readFileSync(path.join(import.meta.dirname, '../fixtures/audio/speech.mp3')),
    );
    const refused = await installation.run(['import', mp3]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(
      /meeting\.mp3: It holds sound, which needs a speech-to-text service\./u,
    );
    const vtt = path.join(installation.directory, 'call.vtt');
    await writeFile(
      vtt,
      'WEBVTT\n\nNOTE made by hand\n\n00:01.000 --> 00:02.000\n<v Anna>Good morning Tom.\n',
    );
    const read = await installation.run(['import', vtt]);
    expect(read.stdout).toContain('Left out, as no speech: 1 comment (3 words).');
  });

  it('names each file that it cannot read, imports the others and ends with 3', async () => {
    const write = async (name: string, content: string | Uint8Array) => {
      await writeFile(path.join(installation.directory, name), content);
      return name;
    };
    const files = [
      await write('empty.txt', ''),
      await write('binary.vtt', Uint8Array.from([0, 1, 2, 255])),
      await write('wrong.json', '{"meetings": []}'),
      'missing.srt',
      '.',
      await write('voice.vtt', 'WEBVTT\n\n00:05.000 --> 00:06.000\n<v>Who is this?</v>\n'),
      await write('good.txt', TALK),
    ];
    const result = await installation.run(['import', ...files, '--me', 'Nobody']);
    expect(result.code).toBe(3);
    expect(result.stderr).toMatch(/^empty\.txt: It is empty\.$/m);
    expect(result.stderr).toMatch(/^binary\.vtt: It is not a text file/m);
    expect(result.stderr).toMatch(/^wrong\.json: It is JSON of no known form\. Known are /m);
    expect(result.stderr).toMatch(/^missing\.srt: There is no such file\.$/m);
    expect(result.stderr).toMatch(/^\.: It is a folder\. Name the files in it\.$/m);
    expect(result.stderr).toMatch(/^good\.txt: nobody in it is called "Nobody"/m);
    expect(result.stdout).toMatch(/^good\.txt$/m);
    expect(result.stdout).toMatch(/^2 of 7 files imported:$/m);
    expect(result.stdout).toMatch(/^ {2}✗ empty\.txt: It is empty\.$/m);
    expect(result.stdout).toMatch(/^ {2}✓ voice\.vtt: imported$/m);
    expect(result.stdout).toMatch(/^ {2}✓ good\.txt: imported$/m);
  });
});

const MEETINGS = path.join(
  process.env.OMI_DATA_DIR ??
    path.resolve(fileURLToPath(new URL('../..', import.meta.url)), '../shared/data'),
  'meetings',
);
if (!existsSync(MEETINGS)) console.log('The real meetings are not here (OMI_DATA_DIR): skipped.');

describe.skipIf(!existsSync(MEETINGS))('real meetings', () => {
  let installation: CliInstallation;
  beforeAll(async () => {
    installation = await CliInstallation.create();
  });
  afterAll(() => installation?.remove());

  it('become one conversation each, once', async () => {
    const files = ['Bro011', 'ES2006a', 'education_0'].map((name) =>
      path.join(MEETINGS, `${name}.json`),
    );
    const first = await installation.run(['import', ...files]);
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/ 346 segments, /);
    expect(first.stdout).toMatch(/ 313 segments, /);
    expect(first.stdout).toMatch(/ 124 segments, /);
    const second = await installation.run(['import', ...files]);
    expect(second.stdout.match(/imported before, nothing added/g)).toHaveLength(3);

    const server = await installation.serve();
    const token = /omi_[\w-]{43}/.exec(first.stdout)?.[0];
    const response = await fetch(`${server.url}/v1/conversations?limit=100`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const list = (await response.json()) as Listed[];
    expect(list).toHaveLength(3);
    expect(list.every((c) => c.status === 'completed' && c.structured.title !== '')).toBe(true);
    await server.stop();
  });
});
