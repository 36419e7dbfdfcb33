import { readFileSync } from 'node:fs';
import { silentLogger } from '../../src/kernel/logger.ts';
import { pcmAudio } from '../../src/stt/transcribe-file.ts';
import { LocalVoiceModel } from '../../src/voices/voice-model.ts';
import {
  joinedClips,
  spokenClips,
  TINY_OFFLINE,
  TINY_SPEAKER,
  TINY_STREAMING,
} from '../../test/fixtures/spoken-clips.ts';
import { LOCAL_OPTIONS, openLocalModel, PAUSE_MS } from '../local-model.ts';
import type { Part, Row } from '../report.ts';
import { spread } from '../statistics.ts';

const STREAMS = 4;
/** Clock ticks of a second in `/proc` (Linux; `getconf CLK_TCK`). */
const TICKS = 100;

/**
 * Recognition on this machine with the test models: processor time for a second of one stream, of the
 * server and of the model's process apart, how many streams that makes, and vectors of voices.
 */
export async function benchLocalSpeech(rounds: number): Promise<Part> {
  const rows: Row[] = [];
  const raw: Record<string, unknown> = {};
  for (const [name, folder] of [
    ['streaming', TINY_STREAMING],
    ['files', TINY_OFFLINE],
  ] as const) {
    const found = await recognition(folder, rounds);
    raw[name] = found;
    rows.push(
      row(`${name}: server, a second of a stream`, 'ms', found.serverMs),
      row(`${name}: process of the model, a second of a stream`, 'ms', found.childMs),
      row(`${name}: memory of the process of the model`, 'MiB', [found.rssMiB]),
      row(`${name}: streams that one model keeps up with`, '×', [found.streams]),
    );
  }
  const voices = await embedding(rounds);
  rows.push(row('vector of a voice, a second of speech', 'ms', voices));
  return { name: 'Local speech (test models)', rows, raw: { ...raw, voices } };
}

function row(name: string, unit: Row['unit'], values: number[]): Row {
  return { name, unit, value: spread(values), goal: null };
}

async function recognition(folder: string, rounds: number) {
  const { child, recogniser } = await openLocalModel(folder, null);
  const { pcm } = joinedClips(spokenClips(), PAUSE_MS);
  const streamSeconds = (STREAMS * pcm.length) / 32_000;
  const { signal } = new AbortController();
  const stream = async () => {
    const audio = pcmAudio(pcm, 16_000).audio.readFrom(0, signal);
    for await (const _ of recogniser.transcribe(audio, LOCAL_OPTIONS, signal));
  };
  try {
    await stream();
    const [serverMs, childMs]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      const [before, childBefore] = [process.cpuUsage(), cpuOf(child.pid)];
      await Promise.all(Array.from({ length: STREAMS }, stream));
      const { user, system } = process.cpuUsage(before);
      serverMs.push((user + system) / 1000 / streamSeconds);
      childMs.push((cpuOf(child.pid) - childBefore) / streamSeconds);
    }
    const rssMiB = child.rssBytes / 2 ** 20;
    return { serverMs, childMs, rssMiB, streams: recogniser.capacity };
  } finally {
    await recogniser.close();
  }
}

/** Processor time of a process so far, milliseconds; NaN if there is no `/proc`. */
function cpuOf(pid: number | undefined): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
      .map(Number);
    return (((user ?? Number.NaN) + (system ?? Number.NaN)) * 1000) / TICKS;
  } catch {
    return Number.NaN;
  }
}

/** Time that the vector of a voice takes, milliseconds for a second of speech. */
async function embedding(rounds: number): Promise<number[]> {
  const model = new LocalVoiceModel({
    id: 'tiny',
    folder: TINY_SPEAKER,
    threads: 1,
    idleMs: Number.POSITIVE_INFINITY,
    logger: silentLogger,
  });
  const { signal } = new AbortController();
  const clips = spokenClips().map(({ pcm }) => {
    return new Int16Array(pcm.buffer, pcm.byteOffset, pcm.byteLength >> 1);
  });
  const seconds = clips.reduce((sum, { length }) => sum + length / 16_000, 0);
  try {
    await model.check(signal);
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const startedAt = performance.now();
      for (const samples of clips) await model.embed(samples, signal);
      times.push((performance.now() - startedAt) / seconds);
    }
    return times;
  } finally {
    await model.close();
  }
}
