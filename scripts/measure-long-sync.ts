import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { parseCount } from '../src/cli/parse-option.ts';
import { setup as buildFirst } from '../test/build-first.ts';
import { ChildServer } from '../test/e2e/crash/child-server.ts';
import { deviceFiles } from '../test/e2e/device-files.ts';
import { postFiles } from '../test/e2e/sync-client.ts';
import { synthesise } from '../test/fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../test/simulators/deepgram-simulator.ts';

const FILE_MS = 30_000;
const PER_REQUEST = 20;

const [count] = new Command('npm run measure:long-sync --')
  .description(
    'Sends a talk of three hours as files of 30 s, and prints the memory of the server, the time for a file and the progress.',
  )
  .argument('[files]', 'how many files', parseCount(1, 100_000), 360)
  .parse().processedArgs as [number];
buildFirst();
const directory = await mkdtemp(path.join(tmpdir(), 'omi-long-sync-'));
const speech = await DeepgramSimulator.start({});
const server = await ChildServer.start(directory, {
  DEEPGRAM_API_KEY: 'test-key',
  DEEPGRAM_BASE_URL: speech.url,
});
const client = { url: server.url, token: server.token ?? '' };
try {
  const startAt = Date.now() - 24 * 3_600_000;
  const memory: number[] = [];
  const jobs: string[] = [];
  let words = 0;
  const begun = performance.now();
  for (let at = 0; at < count; at += PER_REQUEST) {
    const files = Array.from({ length: Math.min(PER_REQUEST, count - at) }, (_, i) =>
      fileOf(at + i),
    );
    words += files.reduce((sum, file) => sum + file.words, 0);
    const { status, body } = await postFiles(
      client,
      files.map(({ upload }) => upload),
    );
    if (status !== 202) throw new Error(`upload: ${status} ${JSON.stringify(body)}`);
    jobs.push(String(body.job_id));
    memory.push(residentMegabytes(server.pid));
  }
  const uploadedS = (performance.now() - begun) / 1000;
  console.log(JSON.stringify({ files: count, uploadedS: Math.round(uploadedS) }));
  let done = 0;
  while (done < count) {
    await sleep(5_000);
    const states = await Promise.all(jobs.map((id) => progressOf(id)));
    done = states.reduce((sum, { processed_segments: of }) => sum + of, 0);
    memory.push(residentMegabytes(server.pid));
    const seconds = Math.round((performance.now() - begun) / 1000);
    console.log(JSON.stringify({ seconds, done, of: count, rssMb: memory.at(-1) }));
  }
  const seconds = (performance.now() - begun) / 1000;
  const half = memory.slice(Math.floor(memory.length / 2));
  console.log(
    JSON.stringify({
      files: count,
      seconds: Math.round(seconds),
      secondsPerFile: Math.round((seconds / count) * 100) / 100,
      firstRssMb: memory[0],
      highestRssMb: Math.max(...memory),
      lastHalfRssMb: { least: Math.min(...half), most: Math.max(...half) },
      ...(await stored(words)),
    }),
  );

  async function stored(spoken: number) {
    const response = await fetch(
      `${client.url}/v1/conversations?limit=200&include_discarded=true`,
      {
        headers: { authorization: `Bearer ${client.token}` },
      },
    );
    const listed = (await response.json()) as { transcript_segments: { text: string }[] }[];
    const heard = listed.flatMap(({ transcript_segments: segments }) =>
      segments.flatMap(({ text }) => text.split(' ')),
    );
    return {
      conversations: listed.length,
      spoken,
      heard: heard.length,
      different: new Set(heard.map((word) => word.toLowerCase())).size,
    };
  }

  function fileOf(index: number) {
    const talk = synthesise(
      Array.from({ length: 4 }, (_, u) => ({
        speaker: u % 2,
        text: `${Array.from({ length: 8 }, (_, k) => `f${index}w${u * 8 + k}`).join(' ')}.`,
      })),
      { leadMs: 500 },
    );
    const pcm = new Uint8Array((FILE_MS * 16_000 * 2) / 1000);
    pcm.set(talk.pcm.subarray(0, pcm.length));
    const [upload] = deviceFiles(pcm, {
      startAt: startAt + index * FILE_MS,
      fileMs: FILE_MS,
      codec: 'pcm16',
    });
    if (!upload) throw new Error('no file');
    return { upload, words: talk.words.length };
  }
} finally {
  await server.stop();
  await speech.close();
  await rm(directory, { recursive: true, force: true });
}

async function progressOf(id: string): Promise<{ processed_segments: number }> {
  const response = await fetch(`${client.url}/v2/sync-local-files/${id}`, {
    headers: { authorization: `Bearer ${client.token}` },
  });
  return (await response.json()) as { processed_segments: number };
}

/** What a process holds in memory; Linux only. */
function residentMegabytes(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes) / 1024);
}
