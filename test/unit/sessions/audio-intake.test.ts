import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AudioLog } from '../../../src/audio/audio-log.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { AudioIntake } from '../../../src/sessions/audio-intake.ts';

const format = { encoding: 'pcm-s16le', sampleRate: 8_000 } as const;
const SECOND = 16_000;

let directory: string;
let log: AudioLog;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'audio-intake-'));
  log = new AudioLog({
    directory,
    fsync: false,
    maxAgeMs: 3_600_000,
    maxBytes: 1e9,
    minFreeBytes: 0,
    chunkMs: 60_000,
    shipTo: null,
    cipher: null,
    logger: silentLogger,
  });
});
afterEach(async () => {
  await log.close();
  await rm(directory, { recursive: true, force: true });
});

function open(burstMs: number | null) {
  const told: string[] = [];
  const time = { now: 0 };
  const abort = new AbortController();
  const audio = log.begin('u', 's', format, () => undefined);
  const intake = new AudioIntake({
    audio,
    format,
    codec: 'pcm8',
    burstMs,
    clock: { now: () => time.now },
    signal: abort.signal,
    onFrame: () => undefined,
    tell: (status) => told.push(status),
    disconnect: (reason) => told.push(reason),
  });
  /** Sends seconds of silence; waits, as the socket does, in no time at all. */
  const send = (seconds: number): void => {
    intake.take(new Uint8Array(seconds * SECOND));
  };
  return { told, time, abort, audio, intake, send };
}

describe('AudioIntake', () => {
  it('holds a client back that has sent more than a burst, and tells it once', async () => {
    const { told, abort, intake, send, audio } = open(60_000);
    send(60);
    expect(intake.backpressure()).toBeUndefined();
    send(8);
    const relief = intake.backpressure();
    expect(relief).toBeInstanceOf(Promise);
    intake.backpressure()?.catch(() => undefined);
    expect(told).toEqual(['audio_too_fast']);
    abort.abort();
    await expect(relief).rejects.toThrow();
    // What was read is kept.
    await audio.flush();
    expect(audio.endMs).toBe(68_000);
  });

  it('tells again after the client had slowed down', () => {
    const { told, time, abort, intake, send } = open(60_000);
    abort.abort();
    send(68);
    intake.backpressure()?.catch(() => undefined);
    time.now += 60_000;
    expect(intake.backpressure()).toBeUndefined();
    send(68);
    intake.backpressure()?.catch(() => undefined);
    expect(told).toEqual(['audio_too_fast', 'audio_too_fast']);
  });

  it('sends a client away whose message alone is more than it may send in minutes', async () => {
    const { told, audio, send } = open(60_000);
    send(60 + 601);
    send(1);
    expect(told).toEqual(['audio_too_fast', 'Audio arrives too fast']);
    await audio.flush();
    expect(audio.endMs).toBe(0);
  });

  it('sends a client away that does not slow down for half an hour', async () => {
    const { told, time, abort, audio, intake, send } = open(60_000);
    abort.abort();
    send(60);
    for (let i = 0; i < 40 && told.length < 3; i += 1) {
      send(240);
      await audio.flush();
      intake.backpressure()?.catch(() => undefined);
      time.now += 60_000;
    }
    expect(told).toEqual(['audio_too_fast', 'audio_too_fast', 'Audio arrives too fast']);
    expect(time.now).toBe(31 * 60_000);
  });

  it('tells of the used-up share: what was deleted once, and the end', () => {
    const { told, intake } = open(null);
    intake.onShareNotice('trimmed');
    intake.onShareNotice('trimmed');
    intake.onShareNotice('used-up');
    intake.onShareNotice('used-up');
    expect(told).toEqual(['audio_deleted', 'storage_full', 'No room for more unheard audio']);
  });
});
