import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { audioClock } from '../../../src/audio/audio-clock.ts';
import type { AudioBatch, AudioRange } from '../../../src/audio/audio-format.ts';
import { AudioLog } from '../../../src/audio/audio-log.ts';
import type { AudioSink } from '../../../src/audio/replayable-audio.ts';
import type { SessionAudio } from '../../../src/audio/session-audio.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { createUserCipher, type UserCipher } from '../../../src/kernel/user-cipher.ts';
import { eventually } from '../../fixtures/eventually.ts';

const format = { encoding: 'pcm-s16le', sampleRate: 16_000 } as const;
const clock = audioClock(format);

let directory: string;
let log: AudioLog;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'audio-log-'));
  log = openLog();
});
afterEach(async () => {
  await log.close();
  await rm(directory, { recursive: true, force: true });
});

function openLog(
  options: { maxBytes?: number; minFreeBytes?: number; cipher?: UserCipher | null } = {},
): AudioLog {
  return new AudioLog({
    chunkMs: 60_000,
    shipTo: null,
    cipher: options.cipher ?? null,
    directory,
    fsync: false,
    maxAgeMs: 3_600_000,
    maxBytes: options.maxBytes ?? 1e12,
    minFreeBytes: options.minFreeBytes ?? 0,
    logger: silentLogger,
  });
}

const ignore = (): void => undefined;

/** 10 ms of samples that all say which frame they belong to. */
function frame(n: number): Uint8Array {
  const samples = new Int16Array(160).fill(n);
  return new Uint8Array(samples.buffer);
}

function append(audio: SessionAudio, from: number, to: number): void {
  for (let n = from; n < to; n += 1) audio.append(frame(n), 160);
}

async function readAll(
  batches: AsyncIterable<AudioBatch>,
): Promise<{ startMs: number; numbers: number[] }> {
  const numbers: number[] = [];
  let startMs = -1;
  let endMs = -1;
  for await (const batch of batches) {
    if (startMs < 0) startMs = batch.startMs;
    else expect(batch.startMs).toBeCloseTo(endMs, 6);
    endMs = batch.startMs + batch.durationMs;
    for (const bytes of batch.frames)
      numbers.push(new DataView(bytes.buffer, bytes.byteOffset).getInt16(0, true));
  }
  return { startMs, numbers };
}

/** A sink that keeps its batches, and how many it had at once while it was to be waited for. */
function collecting(manner: () => string) {
  const batches: AudioBatch[] = [];
  let busy = 0;
  let most = 0;
  const sink: AudioSink = (batch) => {
    batches.push(batch);
    busy += 1;
    most = Math.max(most, busy);
    if (manner() === 'at once') {
      busy -= 1;
      return undefined;
    }
    return new Promise((resolve) => {
      setImmediate(() => {
        busy -= 1;
        resolve();
      });
    });
  };
  return { batches, sink, max: () => most };
}

async function* asIterable(batches: readonly AudioBatch[]): AsyncGenerator<AudioBatch> {
  yield* batches;
}

const never = new AbortController().signal;
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe('SessionAudio', () => {
  it('gives a reader everything, however it is mixed with writing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 0, max: 600 }),
        async (bursts, from) => {
          const audio = log.begin('u', crypto.randomUUID(), format, ignore);
          const total = bursts.reduce((a, b) => a + b, 0);
          const start = Math.min(from, total);
          const reading = readAll(audio.readFrom(start * 10, never));
          let n = 0;
          for (const burst of bursts) {
            append(audio, n, n + burst);
            n += burst;
            await audio.flush();
          }
          await audio.end();
          expect((await reading).numbers).toEqual(range(start, total));
          expect((await readAll(audio.readFrom(start * 10, never))).numbers).toEqual(
            range(start, total),
          );
          await audio.delete();
        },
      ),
      { numRuns: 30 },
    );
  });

  it('gives a sink everything, whether it takes a batch at once or has to be waited for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 0, max: 600 }),
        fc.infiniteStream(fc.constantFrom('at once', 'later')),
        async (bursts, from, manners) => {
          const audio = log.begin('u', crypto.randomUUID(), format, ignore);
          const total = bursts.reduce((a, b) => a + b, 0);
          const start = Math.min(from, total);
          const { batches, sink, max } = collecting(() => manners.next().value);
          const pushing = audio.pushFrom(start * 10, never, sink);
          let n = 0;
          for (const burst of bursts) {
            append(audio, n, n + burst);
            n += burst;
            await audio.flush();
          }
          await audio.end();
          await pushing;
          expect(max()).toBeLessThanOrEqual(1);
          expect((await readAll(asIterable(batches))).numbers).toEqual(range(start, total));
          expect(audio.readMs).toBe(total * 10);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('calls a sink that has taken everything so far within the write, so that nothing waits', async () => {
    const audio = log.begin('u', 's', format, ignore);
    append(audio, 0, 1);
    await audio.flush();
    const { batches, sink } = collecting(() => 'at once');
    const pushing = audio.pushFrom(0, never, sink);
    await eventually(() => expect(batches).toHaveLength(1));
    append(audio, 1, 3);
    const flushed = audio.flush();
    expect(batches).toHaveLength(2);
    await flushed;
    expect(await audio.split()).toBe(30);
    await pushing;
    append(audio, 3, 4);
    await audio.flush();
    expect((await readAll(asIterable(batches))).numbers).toEqual([0, 1, 2]);
  });

  it('ends the reading of a sink that throws, and not the write that it was called from', async () => {
    const audio = log.begin('u', 's', format, ignore);
    let calls = 0;
    const pushing = audio.pushFrom(0, never, () => {
      calls += 1;
      throw new Error('no room');
    });
    const failed = expect(pushing).rejects.toThrow('no room');
    append(audio, 0, 3);
    await audio.flush();
    await failed;
    append(audio, 3, 5);
    await audio.end();
    expect(calls).toBe(1);
    expect((await readAll(audio.readFrom(0, never))).numbers).toEqual(range(0, 5));
  });

  it('gives a sink nothing more once its reading is aborted', async () => {
    const audio = log.begin('u', 's', format, ignore);
    const stop = new AbortController();
    const { batches, sink } = collecting(() => 'at once');
    const pushing = audio.pushFrom(0, stop.signal, sink);
    stop.abort();
    await pushing;
    append(audio, 0, 3);
    await audio.flush();
    expect(batches).toEqual([]);
  });

  it('reads what has left memory from its files, over chunk borders', async () => {
    const audio = log.begin('u', 's', format, ignore);
    for (let n = 0; n < 13_000; n += 500) {
      append(audio, n, n + 500);
      await audio.flush();
    }
    const files = await readdir(path.join(directory, (await readdir(directory))[0] ?? '', 's'));
    expect(files.length).toBeGreaterThan(2);
    await audio.end();
    const { startMs, numbers } = await readAll(audio.readFrom(59_950, never));
    expect(startMs).toBe(59_950);
    expect(numbers).toEqual(range(5_995, 13_000));
  });

  it('knows what its reader is done with', async () => {
    const audio = log.begin('u', 's', format, ignore);
    append(audio, 0, 400);
    await audio.flush();
    expect(audio.readMs).toBe(0);
    const reader = audio.readFrom(1_000, never);
    const first = await reader.next();
    expect(first.value?.startMs).toBe(1_000);
    expect(audio.readMs).toBe(1_000);
    append(audio, 400, 500);
    await audio.flush();
    await reader.next();
    expect(audio.readMs).toBe(4_000);
    const third = reader.next();
    await audio.end();
    expect((await third).done).toBe(true);
    expect(audio.readMs).toBe(5_000);
  });

  it('reports what a reader steps over: at the start, between and at the end', async () => {
    const written = log.begin('u', 's', format, ignore);
    for (let n = 0; n < 20_000; n += 500) {
      append(written, n, n + 500);
      await written.flush();
    }
    await written.end();
    const gapsFrom = async (audio: SessionAudio, positionMs: number): Promise<AudioRange[]> => {
      const gaps: AudioRange[] = [];
      audio.onGap((gap) => gaps.push(gap));
      for await (const _batch of audio.readFrom(positionMs, never));
      return gaps;
    };
    const reopened = await log.reopen('u', 's', format);
    expect(await gapsFrom(reopened, 0)).toEqual([]);
    // A position inside a frame is rounding, not a gap.
    expect(await gapsFrom(reopened, 59_995)).toEqual([]);
    const session = path.join(directory, (await readdir(directory))[0] ?? '', 's');
    const chunks = (await readdir(session)).sort();
    expect(chunks).toHaveLength(4);
    await rm(path.join(session, chunks[0] ?? ''));
    await rm(path.join(session, chunks[2] ?? ''));
    const ranges = [
      { startMs: 10_000, endMs: 60_000 },
      { startMs: 120_000, endMs: 180_000 },
    ];
    expect(await gapsFrom(reopened, 10_000)).toEqual(ranges);
    expect(await gapsFrom(reopened, 60_000)).toEqual(ranges.slice(1));
    await rm(path.join(session, chunks[3] ?? ''));
    expect(await gapsFrom(reopened, 60_000)).toEqual([{ startMs: 120_000, endMs: 200_000 }]);
  });

  it('can be reopened by another process, with its exact length', async () => {
    const audio = log.begin('u', 's', format, ignore);
    append(audio, 0, 250);
    await audio.flush();
    // Not ended: the process was killed.
    const reopened = await openLog().reopen('u', 's', format);
    expect(reopened.endMs).toBe(2_500);
    expect((await readAll(reopened.readFrom(1_000, never))).numbers).toEqual(range(100, 250));
  });

  it('cuts its readers where it is split; the next reader goes on there', async () => {
    const audio = log.begin('u', 's', format, ignore);
    append(audio, 0, 100);
    await audio.flush();
    const first = readAll(audio.readFrom(0, never));
    append(audio, 100, 130);
    expect(await audio.split()).toBe(1_300);
    append(audio, 130, 200);
    expect((await first).numbers).toEqual(range(0, 130));
    const second = readAll(audio.readFrom(1_300, never));
    await audio.end();
    expect((await second).numbers).toEqual(range(130, 200));
  });

  it('ends a waiting reader when it is aborted', async () => {
    const audio = log.begin('u', 's', format, ignore);
    const abort = new AbortController();
    const reading = readAll(audio.readFrom(0, abort.signal));
    abort.abort();
    expect((await reading).numbers).toEqual([]);
  });

  it('releases whole chunks only, and reading goes on after what is gone', async () => {
    const audio = log.begin('u', 's', format, ignore);
    for (let n = 0; n < 13_000; n += 500) {
      append(audio, n, n + 500);
      await audio.flush();
    }
    await audio.releaseBefore(70_000);
    await audio.end();
    const { startMs, numbers } = await readAll(audio.readFrom(0, never));
    expect(startMs).toBe(60_000);
    expect(numbers).toEqual(range(6_000, 13_000));
  });
});

describe('the moment before a write', () => {
  it('takes what is held back elsewhere into each write, the last one included', async () => {
    const audio = log.begin('u', 's', format, ignore);
    const held = [1, 2];
    const give = () => {
      for (const n of held.splice(0)) audio.append(frame(n), 160);
    };
    const stop = audio.addSource({ read: ignore, catchUp: async () => undefined, give });
    await audio.flush();
    expect(audio.endMs).toBe(20);
    held.push(3);
    await audio.end();
    expect(audio.endMs).toBe(30);
    stop();
    held.push(4);
    await audio.flush();
    expect(held).toEqual([4]);
    const { numbers } = await readAll(audio.readFrom(0, new AbortController().signal));
    expect(numbers).toEqual([1, 2, 3]);
  });

  it('is announced before a regular write, so that what has arrived is read in time', async () => {
    const audio = log.begin('u', 's', format, ignore);
    let read = 0;
    const given: number[] = [];
    audio.addSource({
      read: () => {
        read += 1;
        // As a socket does: in the same turn of the event loop, but not within the call.
        if (read === 1) void Promise.resolve().then(() => append(audio, 0, 2));
      },
      catchUp: async () => undefined,
      give: () => {
        given.push(read);
      },
    });
    await eventually(() => expect(audio.endMs).toBe(20));
    expect(given[0]).toBe(1);
  });

  it('is waited for at a split, because what has arrived by then belongs before it', async () => {
    const audio = log.begin('u', 's', format, ignore);
    let isRead = false;
    audio.addSource({
      read: ignore,
      catchUp: async () => {
        await turn();
        isRead = true;
      },
      give: () => {
        if (isRead) append(audio, 0, 1);
        isRead = false;
      },
    });
    expect(await audio.split()).toBe(10);
  });
});

describe('a section of audio', () => {
  const never = new AbortController().signal;

  it('knows whether more audio comes in it', async () => {
    const audio = log.begin('u', 's', format, ignore);
    append(audio, 0, 10);
    await audio.flush();
    const first = audio.section();
    expect(await first.hasAudioAfter(50, never)).toBe(true);
    const more = first.hasAudioAfter(100, never);
    append(audio, 10, 11);
    await audio.flush();
    expect(await more).toBe(true);
    const none = first.hasAudioAfter(110, never);
    expect(first.endMs).toBeUndefined();
    expect(await audio.split()).toBe(110);
    expect(await none).toBe(false);
    expect(first.endMs).toBe(110);
    const last = audio.section().hasAudioAfter(110, never);
    await log.end('s');
    expect(await last).toBe(false);
  });

  it('ends where it was cut, whenever it is read', async () => {
    const audio = log.begin('u', 's', format, ignore);
    const first = audio.section();
    append(audio, 0, 10);
    await audio.split();
    append(audio, 10, 20);
    await log.end('s');
    expect((await readAll(first.readFrom(0, never))).numbers).toEqual(range(0, 10));
    expect((await readAll(audio.readFrom(100, never))).numbers).toEqual(range(10, 20));
  });

  it('says that nothing comes once nobody waits for it any more', async () => {
    const audio = log.begin('u', 's', format, ignore);
    const abort = new AbortController();
    const more = audio.section().hasAudioAfter(0, abort.signal);
    abort.abort();
    expect(await more).toBe(false);
  });
});

describe('AudioLog', () => {
  it.each([
    [16, 0],
    [17, 8],
  ])('with %i sessions leaves %i of them to the next moment', async (count, left) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const timed = openLog();
    try {
      const sessions = Array.from({ length: count }, (_, i) =>
        timed.begin('u', `s${i}`, format, ignore),
      );
      const waiting = () => sessions.filter(({ hasPending }) => hasPending).length;
      for (const audio of sessions) append(audio, 0, 1);
      vi.advanceTimersByTime(50);
      await turn();
      expect(waiting()).toBe(left);
      vi.advanceTimersByTime(50);
      await turn();
      expect(waiting()).toBe(0);
    } finally {
      await timed.close();
      vi.useRealTimers();
    }
  });

  it('deletes the oldest audio beyond its size, never what is open', async () => {
    const small = openLog({ maxBytes: 400_000 });
    const notices: string[] = [];
    const old = small.begin('u', 'old', format, ignore);
    append(old, 0, 1_000);
    await small.end('old');
    const open = small.begin('u', 'open', format, (notice) => notices.push(notice));
    append(open, 0, 1_000);
    await open.flush();
    await eventually(async () => expect((await small.reopen('u', 'old', format)).endMs).toBe(0));
    expect(notices).toEqual(['trimmed']);
    expect((await small.reopen('u', 'open', format)).endMs).toBe(10_000);
    // What is open counts for its user, and loses nothing.
    append(open, 0, 1_000);
    await open.flush();
    await eventually(() => expect(notices).toContain('used-up'));
    expect((await small.reopen('u', 'open', format)).endMs).toBe(20_000);
    await small.close();
  });

  it('keeps the audio of the others when one user floods it', async () => {
    const small = openLog({ maxBytes: 1_000_000 });
    const other = small.begin('quiet', 'unheard', format, ignore);
    append(other, 0, 1_000);
    await small.end('unheard');
    for (let i = 0; i < 10; i += 1) {
      const flood = small.begin('loud', `flood-${i}`, format, ignore);
      append(flood, 0, 1_000);
      await small.end(`flood-${i}`);
    }
    await small.sweep(Date.now());
    expect((await small.reopen('quiet', 'unheard', format)).endMs).toBe(10_000);
    const left = await Promise.all(
      Array.from({ length: 10 }, (_, i) => small.reopen('loud', `flood-${i}`, format)),
    );
    // 324 kB a session: one of the other user, and two of this one.
    expect(left.map(({ endMs }) => endMs)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 10_000, 10_000]);
    await small.close();
  });

  it('deletes audio whose words are stored before audio that nobody has heard', async () => {
    const small = openLog({ maxBytes: 700_000 });
    for (const id of ['unheard', 'heard', 'newest']) {
      const audio = small.begin('u', id, format, ignore);
      append(audio, 0, 1_000);
      await small.end(id);
      if (id === 'heard') await small.markHeard('u', 'heard');
    }
    await eventually(async () => expect((await small.reopen('u', 'heard', format)).endMs).toBe(0));
    expect((await small.reopen('u', 'unheard', format)).endMs).toBe(10_000);
    await small.close();
  });

  it('refuses new audio on a full disk', async () => {
    const full = openLog({ minFreeBytes: Number.MAX_SAFE_INTEGER });
    await expect(full.assertSpace()).rejects.toMatchObject({ code: 'disk-full' });
    await full.close();
  });

  it('keeps its users apart, whatever their ids look like', async () => {
    const audio = log.begin('../../evil', 's', format, ignore);
    append(audio, 0, 10);
    await audio.flush();
    expect(await readdir(directory)).toHaveLength(1);
    await log.delete('../../evil', 's');
    expect((await openLog().reopen('../../evil', 's', format)).endMs).toBe(0);
  });

  it('counts audio in whole ticks', () => {
    const odd = audioClock({ encoding: 'pcm-s16le', sampleRate: 11_025 });
    expect(odd.ticksOf(new Uint8Array(320))).toBe(160);
    expect(odd.toMs(11_025 * 36_000)).toBe(36_000_000);
    expect(clock.toTicks(clock.toMs(12_345))).toBe(12_345);
  });
});

describe('an audio log with a secret', () => {
  const cipher = createUserCipher('a secret of more than thirty-two bytes');
  const signal = new AbortController().signal;
  const write = async (from: number, to: number, uid = 'u'): Promise<Buffer> => {
    const audio = log.begin(uid, 's', format, ignore);
    append(audio, from, to);
    await log.end('s');
    return readFile(await chunkOf());
  };
  const chunkOf = async (): Promise<string> => {
    const names = await readdir(directory, { recursive: true });
    return path.join(directory, names.find((name) => name.endsWith('.chunk')) ?? '');
  };
  const replay = async (uid = 'u') =>
    (await readAll((await log.reopen(uid, 's', format)).readFrom(0, signal))).numbers;

  it('holds no sample in plain, and gives all of them back after a restart', async () => {
    const plain = await write(1000, 1100);
    expect(plain.includes(Buffer.from(frame(1042)))).toBe(true);
    await log.delete('u', 's');
    log = openLog({ cipher });
    const encrypted = await write(1000, 1100);
    expect(encrypted.includes(Buffer.from(frame(1042)).subarray(0, 16))).toBe(false);
    expect(await replay()).toEqual(Array.from({ length: 100 }, (_, i) => 1000 + i));
    log = openLog();
    // What is readable without the secret: nothing, not the ciphertext as if it were audio.
    expect(await replay()).toEqual([]);
  });

  it('goes on with what was written in plain, and with what a crash has cut off', async () => {
    await write(1, 11);
    log = openLog({ cipher });
    const audio = await log.reopen('u', 's', format);
    expect(audio.endMs).toBe(100);
    const file = await chunkOf();
    await write(11, 21);
    const whole = await readFile(file);
    await writeFile(file, whole.subarray(0, -5));
    expect(await replay()).toEqual(Array.from({ length: 10 }, (_, i) => i + 1));
  });

  it('is an error where a record before the last was changed', async () => {
    log = openLog({ cipher });
    await write(1, 11);
    const file = await chunkOf();
    const one = await readFile(file);
    const changed = Buffer.from(one);
    changed[50] = (changed[50] ?? 0) ^ 1;
    await writeFile(file, Buffer.concat([changed, one]));
    await expect(replay()).rejects.toThrow(/cannot be decrypted/);
  });
});
