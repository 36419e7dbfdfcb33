import { wavHeader } from '../../src/audio/wav.ts';
import type { TestServer } from '../e2e/test-server.ts';
import { askSocket } from './ask-socket.ts';
import { type ClientCall, callersOf } from './client-call.ts';
import { limitlessArchive } from './limitless-archive.ts';
import { misfit, parseWritten } from './shape.ts';
import type { AppServers } from './start-client-server.ts';
import { ClientWorld } from './world.ts';

/** A picture of one pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);
const LIFELOG = {
  name: 'lifelogs/2025/05/2025-05-04_09h10m11s_The-garden.md',
  text: '# The garden\n\n## Roses\n\n> [1](#startMs=1746350000000&endMs=1746350004000): We plant roses.\n',
};

/** What clients say that they run on; phones say `ios`. */
const PLATFORMS: Readonly<Record<string, string>> = {
  M: 'macos',
  R: 'macos',
  I: 'windows',
  W: 'web',
};

/** What came of a call: null if the client can use the answer, else what is wrong with it. */
export interface CallVerdict {
  call: ClientCall;
  status: number;
  fault: string | null;
}

/** Asks a server for every call in order, as the clients do. */
export async function askCalls(
  { server, appServers }: { server: TestServer; appServers: AppServers },
  calls: readonly ClientCall[],
): Promise<CallVerdict[]> {
  const world = await ClientWorld.open(server, appServers);
  const verdicts: CallVerdict[] = [];
  for (const one of calls) verdicts.push(await verdictOn(server, world, one));
  return verdicts;
}

async function verdictOn(
  server: TestServer,
  world: ClientWorld,
  one: ClientCall,
): Promise<CallVerdict> {
  if (one.socket) {
    const fault = await askSocket(server, one.call.slice('WS '.length), one.socket);
    return { call: one, status: fault === null ? 101 : 0, fault };
  }
  const { status, text, type } = await ask(server, world, one);
  const takes = one.takes ?? [200];
  if (!takes.includes(status)) {
    return { call: one, status, fault: `status ${status}: ${text.slice(0, 160)}` };
  }
  if (one.needs === undefined || status !== (takes[0] ?? 200))
    return { call: one, status, fault: null };
  if (!type.includes('json')) return { call: one, status, fault: `no JSON but ${type}` };
  return { call: one, status, fault: misfit(parseWritten(text), one.needs) };
}

async function ask(server: TestServer, world: ClientWorld, one: ClientCall) {
  const [method = '', ...rest] = (await world.fill(one.call)).split(' ');
  const headers: Record<string, string> = {
    'x-app-platform': PLATFORMS[callersOf(one.by)[0]?.client ?? ''] ?? 'ios',
    'x-device-id-hash': 'abc',
  };
  const token = world.tokenFor(one.key);
  if (token !== null) headers.authorization = `Bearer ${token}`;
  const init: RequestInit = { method, headers, redirect: 'manual' };
  if (one.file) init.body = await formOf(world, one.file);
  else if (one.form) {
    init.body = new URLSearchParams((await world.fillAll(one.form)) as Record<string, string>);
  } else if (one.pcm) {
    headers['content-type'] = 'application/octet-stream';
    init.body = Uint8Array.from(speech());
  } else if (one.body !== undefined) {
    headers['content-type'] = 'application/json';
    init.body = JSON.stringify(await world.fillAll(one.body));
  }
  // The app puts blanks into addresses as they are; so does its HTTP library.
  const address = `${server.url}${rest.join(' ').replaceAll(' ', '%20')}`;
  const response = await fetch(address, init);
  const text = await response.text();
  await world.learn(one.call, text);
  return { status: response.status, text, type: response.headers.get('content-type') ?? '' };
}

async function formOf(
  world: ClientWorld,
  file: NonNullable<ClientCall['file']>,
): Promise<FormData> {
  const form = new FormData();
  for (const [name, text] of Object.entries(file.texts ?? {})) {
    form.append(name, await world.fill(text));
  }
  const bytes = Uint8Array.from(fileBytes(file.holds));
  form.append(file.field, new Blob([bytes]), await world.fill(file.name));
  return form;
}

function fileBytes(holds: NonNullable<ClientCall['file']>['holds']): Buffer {
  if (holds === 'text') return Buffer.from('The launch is on Tuesday.');
  if (holds === 'zip') return limitlessArchive([LIFELOG]);
  if (holds === 'png') return PNG;
  const pcm = speech();
  if (holds === 'wav') return Buffer.concat([wavHeader(pcm.length / 2, 16_000), pcm]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(32_000);
  const record = (part: number) => pcm.subarray(part * 32_000, (part + 1) * 32_000);
  return Buffer.concat([0, 1, 2].flatMap((part) => [length, record(part)]));
}

/** Six seconds of sound, PCM at 16 kHz. */
function speech(): Buffer {
  const pcm = Buffer.alloc(16_000 * 6 * 2);
  for (let i = 0; i < pcm.length / 2; i += 1) {
    pcm.writeInt16LE(Math.round(8_000 * Math.sin(i / 12) * Math.sin(i / 3_000)), i * 2);
  }
  return pcm;
}
