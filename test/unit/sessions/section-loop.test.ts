import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SessionAudio } from '../../../src/audio/session-audio.ts';
import { SectionLoop } from '../../../src/sessions/section-loop.ts';
import type { HeardSpan } from '../../../src/stt/stream-speakers.ts';
import type { SttEvent } from '../../../src/stt/stt-event.ts';
import { openTestLog, writeSilence } from '../../fixtures/audio-logs.ts';
import { final, PCM_16K, ScriptedStream } from '../../fixtures/scripted-stream.ts';

let close: () => Promise<void>;
let audio: SessionAudio;
beforeEach(async () => {
  const opened = await openTestLog();
  close = opened.close;
  audio = opened.log.begin('u', 's', PCM_16K, () => undefined);
});
afterEach(() => close());

function start({ heard = [], fromMs = 0 }: { heard?: HeardSpan[]; fromMs?: number } = {}) {
  const stream = new ScriptedStream();
  const abort = new AbortController();
  const state = { isInputEnded: false };
  const events: SttEvent[] = [];
  const failures: unknown[] = [];
  const prepared: boolean[] = [];
  const log: string[] = [];
  const loop = new SectionLoop({
    audio,
    stt: stream.stt,
    fromMs,
    retryMs: 5,
    signal: abort.signal,
    isInputEnded: () => state.isInputEnded,
    prepare: async (followsSplit) => {
      prepared.push(followsSplit);
      return heard;
    },
    onEvent: (event) => {
      events.push(event);
      log.push(`event at ${loop.cursorMs}`);
    },
    onFailed: (error) => failures.push(error),
    stored: async () => {
      log.push('stored');
    },
  });
  const done = loop.run();
  const endInput = async () => {
    state.isInputEnded = true;
    await audio.end();
  };
  const started = (count: number) => expect.poll(() => stream.starts.length).toBe(count);
  return { loop, stream, abort, events, failures, prepared, log, done, endInput, started };
}

describe('transcribing', () => {
  it('starts at the beginning, moves the cursor with each answer, and ends with the audio', async () => {
    const { loop, stream, log, done, endInput, started } = start();
    await started(1);
    expect(stream.starts[0]).toEqual({ fromMs: 0, heard: [], replays: true });
    await writeSilence(audio, 3_000);
    stream.say(final({ hello: 1_000 }, 1_700));
    await expect.poll(() => loop.cursorMs).toBe(1_700);
    await endInput();
    await done;
    // Trailing silence needs no transcription any more.
    expect(loop.cursorMs).toBe(3_000);
    expect(log).toEqual(['event at 1700', 'stored']);
  });

  it('starts behind audio that an earlier connection has had transcribed', async () => {
    const heard = [{ startMs: 400, endMs: 900, speaker: 1 }];
    const { loop, stream, done, endInput, started } = start({ heard, fromMs: 1_000 });
    await started(1);
    expect(loop.cursorMs).toBe(1_000);
    expect(stream.starts[0]).toEqual({ fromMs: 1_000, heard, replays: true });
    await endInput();
    await done;
  });

  it('starts again from the cursor after a failure', async () => {
    const { loop, stream, failures, done, endInput, started } = start();
    await started(1);
    await writeSilence(audio, 3_000);
    stream.say(final({ hello: 1_000 }, 1_700));
    await expect.poll(() => loop.cursorMs).toBe(1_700);
    stream.fail(new Error('unsupported'));
    await started(2);
    expect(stream.starts[1]).toMatchObject({ fromMs: 1_700, replays: true });
    expect(failures).toEqual([new Error('unsupported')]);
    await endInput();
    await done;
    expect(loop.cursorMs).toBe(3_000);
  });

  it('does not start again if the input has ended, and keeps the cursor for the backlog', async () => {
    const { loop, stream, failures, done, endInput, started } = start();
    await started(1);
    await writeSilence(audio, 3_000);
    stream.say(final({ hello: 1_000 }, 1_700));
    await expect.poll(() => loop.cursorMs).toBe(1_700);
    // The failure comes before the stream can see the end of its audio.
    const ended = endInput();
    stream.fail(new Error('gone'));
    await ended;
    await done;
    expect([loop.cursorMs, stream.starts.length, failures.length]).toEqual([1_700, 1, 1]);
  });

  it('ends at once when it is aborted', async () => {
    const { loop, stream, abort, done, started } = start();
    await started(1);
    await writeSilence(audio, 3_000);
    stream.say(final({ hello: 1_000 }, 1_700));
    await expect.poll(() => loop.cursorMs).toBe(1_700);
    abort.abort();
    await done;
    expect(loop.cursorMs).toBe(1_700);
    await loop.heardUntil(3_000);
  });
});

describe('a split', () => {
  it('ends the section; the next stream starts there, and nothing is sent twice', async () => {
    const { loop, stream, prepared, done, endInput, started } = start();
    await started(1);
    await writeSilence(audio, 5_000);
    stream.lastWords = [final({ goodbye: 4_000 }, 5_000)];
    const splitMs = await audio.split();
    await loop.heardUntil(splitMs);
    expect(loop.cursorMs).toBe(4_500);
    await writeSilence(audio, 1_000);
    await started(2);
    expect(stream.starts[1]).toMatchObject({ fromMs: 4_500, replays: false });
    expect(prepared).toEqual([false, true]);
    await endInput();
    await done;
    expect(loop.cursorMs).toBe(6_000);
  });

  it('keeps what may be the first half of a word for the next section', async () => {
    const { loop, stream, started } = start();
    await started(1);
    await writeSilence(audio, 5_000);
    stream.lastWords = [final({ early: 1_000 }, 5_000)];
    const splitMs = await audio.split();
    await loop.heardUntil(splitMs);
    // No word is longer than two seconds.
    expect(loop.cursorMs).toBe(3_000);
  });

  it('opens no stream before there is audio after it', async () => {
    const { loop, stream, done, endInput, started } = start();
    await started(1);
    await writeSilence(audio, 5_000);
    await loop.heardUntil(await audio.split());
    await loop.heardUntil(await audio.split());
    expect(stream.starts).toHaveLength(1);
    await endInput();
    await done;
    expect(stream.starts).toHaveLength(1);
    // Nothing came after the split, so nothing is left to hear.
    expect(loop.cursorMs).toBe(5_000);
  });

  it('releases those that wait only when the words are stored', async () => {
    const { loop, stream, log, started } = start();
    await started(1);
    await writeSilence(audio, 5_000);
    stream.lastWords = [final({ goodbye: 4_000 }, 5_000)];
    const waiting = loop.heardUntil(await audio.split()).then(() => log.push('released'));
    await waiting;
    expect(log).toEqual(['event at 4500', 'stored', 'released']);
  });
});
