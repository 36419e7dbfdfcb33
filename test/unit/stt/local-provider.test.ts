import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { AudioBatch } from '../../../src/audio/audio-format.ts';
import { Resampler } from '../../../src/audio/resample.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import {
  createLocalProvider,
  type LocalSttSettings,
} from '../../../src/stt/providers/local/local-provider.ts';
import type { ProviderEvent } from '../../../src/stt/stt-event.ts';
import type { SttProvider } from '../../../src/stt/stt-provider.ts';
import {
  collectEvents,
  endlessSilence,
  streamed,
  sttOptions,
  transcribeOnce,
  transcribeResumed,
} from '../../fixtures/provider-speech.ts';
import { finalWords } from '../../fixtures/speech-comparison.ts';
import {
  plainWord,
  spokenClip,
  spokenClips,
  TINY_OFFLINE,
  TINY_SPEAKER,
  TINY_STREAMING,
  wordErrors,
} from '../../fixtures/spoken-clips.ts';

/** What the network itself gets wrong on the clips, of 127 words. */
const MODEL_ERRORS = 7;
const OPTIONS = sttOptions({ model: TINY_STREAMING, interim: true });
const DIALOGUE = spokenClip('dialogue-2');
const DIALOGUE_WORDS = DIALOGUE.words.map(({ word }) => plainWord(word));

const opened: SttProvider[] = [];
const folders: string[] = [];
function provider(settings: Partial<LocalSttSettings> = {}): Required<SttProvider> {
  const made = createLocalProvider({ modelsDir: '/nowhere', logger: silentLogger, ...settings });
  opened.push(made);
  return made;
}
const shared = createLocalProvider({ modelsDir: '/nowhere', logger: silentLogger });

afterEach(async () => {
  await Promise.all(opened.splice(0).map((made) => made.close?.()));
});
afterAll(async () => {
  await shared.close();
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** The streaming model with its file changed. */
function changedModel(change: (file: Buffer) => Buffer): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'omi-backend-model-'));
  folders.push(folder);
  writeFileSync(
    path.join(folder, 'model.onnx'),
    change(readFileSync(`${TINY_STREAMING}/model.onnx`)),
  );
  writeFileSync(path.join(folder, 'tokens.txt'), readFileSync(`${TINY_STREAMING}/tokens.txt`));
  return folder;
}

function batches(pcm: Uint8Array, sampleRate = 16_000, ms = 100): AudioBatch[] {
  const bytesPerMs = (sampleRate * 2) / 1000;
  const made: AudioBatch[] = [];
  for (let at = 0; at < pcm.length; at += ms * bytesPerMs) {
    const frame = pcm.subarray(at, at + ms * bytesPerMs);
    const durationMs = frame.length / bytesPerMs;
    made.push({ startMs: at / bytesPerMs, durationMs, frames: [frame] });
  }
  return made;
}

function resampled(pcm: Uint8Array, to: number): Uint8Array {
  const resampler = new Resampler(16_000, to);
  return Buffer.concat([resampler.push(pcm), resampler.end()]);
}

const plain = (events: readonly ProviderEvent[]) =>
  finalWords(events).map(({ text }) => plainWord(text));

describe('a local model', () => {
  it.each([
    ['for live speech', TINY_STREAMING],
    ['for whole pieces of speech', TINY_OFFLINE],
  ])('%s hears what it knows, with words at their times', async (_name, model) => {
    let errors = 0;
    const late: number[] = [];
    for (const clip of spokenClips()) {
      const audio = streamed(batches(clip.pcm));
      const words = finalWords(await transcribeOnce(shared, { ...OPTIONS, model }, audio));
      const truth = clip.words.map(({ word }) => plainWord(word));
      const heard = words.map(({ text }) => plainWord(text));
      errors += wordErrors(truth, heard);
      if (truth.join() !== heard.join()) continue;
      for (const [i, { start, end }] of clip.words.entries()) {
        late.push(Math.abs((words[i]?.startMs ?? 0) - start * 1000));
        late.push(Math.abs((words[i]?.endMs ?? 0) - end * 1000));
      }
    }
    expect(errors).toBeLessThanOrEqual(MODEL_ERRORS);
    expect(late.length).toBeGreaterThan(100);
    expect(late.filter((ms) => ms > 200).length).toBeLessThanOrEqual(late.length / 50);
    expect(Math.max(...late)).toBeLessThan(250);
  });

  it.each([8_000, 24_000, 44_100, 48_000])('hears audio of %i Hz', async (sampleRate) => {
    const format = { encoding: 'pcm-s16le', sampleRate } as const;
    const audio = streamed(batches(resampled(DIALOGUE.pcm, sampleRate), sampleRate));
    const heard = plain(await transcribeOnce(shared, { ...OPTIONS, format }, audio));
    expect(wordErrors(DIALOGUE_WORDS, heard)).toBeLessThanOrEqual(2);
  });

  it('writes sentences, though the model knows no punctuation', async () => {
    const events = await transcribeOnce(shared, OPTIONS, streamed(batches(DIALOGUE.pcm)));
    expect(
      finalWords(events)
        .map(({ text }) => text)
        .join(' '),
    ).toMatch(/^Is the email to Maria good[.?] No not today okay send the email on Monday\.$/);
  });

  it('gives partial results that grow to the final ones', async () => {
    const events = await transcribeOnce(shared, OPTIONS, streamed(batches(DIALOGUE.pcm)));
    const partials = events.flatMap((event) =>
      event.type === 'transcript-partial' ? [event.words.map(({ text }) => text).join(' ')] : [],
    );
    expect(partials).toContain('Is');
    expect(partials).toContain('Is the email to Maria');
  });

  it('reports final words in order, each before the time it has reached', async () => {
    for (const model of [TINY_STREAMING, TINY_OFFLINE]) {
      const audio = streamed(batches(spokenClip('dialogue-1').pcm));
      let untilMs = 0;
      for (const event of await transcribeOnce(shared, { ...OPTIONS, model }, audio)) {
        if (event.type !== 'transcript-final') continue;
        expect(event.finalUntilMs).toBeGreaterThanOrEqual(untilMs);
        for (const { startMs, endMs } of event.words) {
          expect(startMs).toBeGreaterThanOrEqual(untilMs);
          expect(endMs).toBeLessThanOrEqual(event.finalUntilMs);
        }
        untilMs = event.finalUntilMs;
      }
      expect(Math.abs(untilMs - 7155)).toBeLessThanOrEqual(2);
    }
  });

  it('moves on through silence, and says what it was sent', async () => {
    for (const model of [TINY_STREAMING, TINY_OFFLINE]) {
      const audio = streamed(batches(new Uint8Array(10 * 32_000)));
      const events = await transcribeOnce(shared, { ...OPTIONS, model }, audio);
      expect(finalWords(events)).toEqual([]);
      expect(events.length).toBeGreaterThan(8);
      expect(events).toContainEqual({ type: 'usage', audioMs: 10_000 });
    }
  });

  it('has nothing to say of audio that ended before it began', async () => {
    const events = await transcribeOnce(shared, OPTIONS, streamed([]));
    expect(finalWords(events)).toEqual([]);
    expect(events).toContainEqual({ type: 'usage', audioMs: 0 });
  });

  it('survives samples that are as loud as can be', async () => {
    const noise = Buffer.from(Array.from({ length: 64_000 }, (_, i) => (i * 7919) % 256));
    await transcribeOnce(shared, OPTIONS, streamed(batches(noise)));
    const heard = plain(await transcribeOnce(shared, OPTIONS, streamed(batches(DIALOGUE.pcm))));
    expect(heard).toEqual(DIALOGUE_WORDS);
  });

  it('throws what the audio throws', async () => {
    async function* broken() {
      yield* streamed(batches(DIALOGUE.pcm).slice(0, 5));
      throw new Error('the disk is gone');
    }
    for (const model of [TINY_STREAMING, TINY_OFFLINE]) {
      const heard = transcribeOnce(shared, { ...OPTIONS, model }, broken());
      await expect(heard).rejects.toThrow('the disk is gone');
    }
  });

  it('refuses coded audio', async () => {
    const format = { encoding: 'opus', sampleRate: 16_000 } as const;
    const heard = transcribeOnce(shared, { ...OPTIONS, format }, streamed(batches(DIALOGUE.pcm)));
    await expect(heard).rejects.toMatchObject({ code: 'unsupported-codec' });
  });

  it.each([TINY_STREAMING, TINY_OFFLINE])('ends at once when it is told to: %s', async (model) => {
    const abort = new AbortController();
    const events = shared.transcribe(endlessSilence, { ...OPTIONS, model }, abort.signal);
    const next = events[Symbol.asyncIterator]().next();
    setImmediate(() => abort.abort());
    await expect(next).rejects.toMatchObject({ code: expect.stringMatching(/aborted|ABORT|20/) });
  });

  it('serves several streams side by side', async () => {
    const clips = ['slt-1', 'rms-1', 'f4-1', 'dialogue-2'].map(spokenClip);
    const heard = await Promise.all(
      clips.map((clip) => transcribeOnce(shared, OPTIONS, streamed(batches(clip.pcm)))),
    );
    for (const [i, clip] of clips.entries()) {
      expect(plain(heard[i] ?? [])).toEqual(clip.words.map(({ word }) => plainWord(word)));
    }
  });
});

describe('the child process', () => {
  it('that is killed fails its streams with the reason, and the next stream has a new one', async () => {
    const local = provider();
    const stream = local.transcribe(
      streamed(batches(DIALOGUE.pcm)),
      OPTIONS,
      new AbortController().signal,
    );
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    const [pid] = childPids();
    expect(pid).toBeDefined();
    process.kill(pid ?? 0, 'SIGKILL');
    await expect(
      (async () => {
        for (let next = await iterator.next(); !next.done; next = await iterator.next());
      })(),
    ).rejects.toMatchObject({
      code: 'provider-unavailable',
      message: expect.stringMatching(/ended by SIGKILL/),
    });
    expect(plain(await transcribeOnce(local, OPTIONS, streamed(batches(DIALOGUE.pcm))))).toEqual(
      DIALOGUE_WORDS,
    );
  });

  it('that dies in mid-word loses no word and gives none twice', async () => {
    const local = provider();
    let kills = 3;
    const counted: SttProvider = {
      ...local,
      async *transcribe(audio, options, signal) {
        for await (const event of local.transcribe(audio, options, signal)) {
          yield event;
          if (kills > 0 && event.type === 'transcript-partial') {
            kills -= 1;
            for (const pid of childPids()) process.kill(pid, 'SIGKILL');
          }
        }
      },
    };
    const events = await transcribeResumed(counted, OPTIONS, batches(DIALOGUE.pcm), {
      overlapMs: 0,
    });
    expect(kills).toBe(0);
    expect(plain(events)).toEqual(DIALOGUE_WORDS);
  });

  it('tells why the library gave a model up that looks well', async () => {
    // The name of an operation that no runtime has: the header is as before.
    const folder = changedModel((file) => {
      const at = file.indexOf('Relu');
      const copy = Buffer.from(file);
      copy.write('Rexu', at);
      return copy;
    });
    const local = provider();
    const hear = () =>
      transcribeOnce(local, { ...OPTIONS, model: folder }, streamed(batches(DIALOGUE.pcm)));
    await expect(hear()).rejects.toMatchObject({
      code: 'provider-unavailable',
      message: expect.stringMatching(/has failed\. .*(Rexu|SIGABRT)/),
    });
    await expect(hear()).rejects.toThrow(/has failed/);
    // From the second death on it is not started at once.
    await expect(hear()).rejects.toThrow(/started again in \d+ s/);
  });

  it.each([
    ['cut short', (file: Buffer) => file.subarray(0, 500_000)],
    ['not a model', () => Buffer.from('<html>404</html>')],
  ])('never sees a file that is %s', async (_name, change) => {
    const local = provider();
    const before = childPids().length;
    const model = changedModel(change);
    const heard = transcribeOnce(local, { ...OPTIONS, model }, streamed(batches(DIALOGUE.pcm)));
    await expect(heard).rejects.toMatchObject({ code: 'invalid-model' });
    expect(childPids()).toHaveLength(before);
  });

  it('is not started for a model that does something else', async () => {
    const heard = transcribeOnce(
      provider(),
      { ...OPTIONS, model: TINY_SPEAKER },
      streamed(batches(DIALOGUE.pcm)),
    );
    await expect(heard).rejects.toThrow(
      /does not recognise speech: it is a speaker embedding model/,
    );
  });

  it('says how to get a model that is not there', async () => {
    const options = { ...OPTIONS, model: 'zipformer-en-2023-06-26' };
    const heard = transcribeOnce(provider(), options, streamed(batches(DIALOGUE.pcm)));
    await expect(heard).rejects.toMatchObject({
      code: 'not-configured',
      message: expect.stringContaining('omi-backend models pull zipformer-en-2023-06-26'),
    });
  });

  it('takes no more streams than it is allowed to', async () => {
    const local = provider({ maxStreams: 1 });
    const abort = new AbortController();
    const first = collectEvents(local.transcribe(endlessSilence, OPTIONS, abort.signal));
    first.catch(() => undefined);
    await expect
      .poll(() =>
        local.check(new AbortController().signal).then(
          () => null,
          (e) => e.code,
        ),
      )
      .toBe('provider-busy');
    const second = transcribeOnce(local, OPTIONS, streamed(batches(DIALOGUE.pcm)));
    await expect(second).rejects.toMatchObject({ code: 'provider-busy', retryable: true });
    abort.abort();
    await expect(first).rejects.toThrow();
    await local.check(new AbortController().signal);
  });

  it('ends if nobody uses it, and comes back', async () => {
    const local = provider({ idleMs: 50 });
    const before = childPids().length;
    await transcribeOnce(local, OPTIONS, streamed(batches(DIALOGUE.pcm).slice(0, 10)));
    await expect.poll(() => childPids().length).toBe(before);
    const events = await transcribeOnce(local, OPTIONS, streamed(batches(DIALOGUE.pcm)));
    expect(plain(events)).toEqual(DIALOGUE_WORDS);
  });
});

/** Recognition processes of this process, the latest first. */
function childPids(): number[] {
  const tasks = `/proc/${process.pid}/task/${process.pid}/children`;
  return readFileSync(tasks, 'utf8')
    .trim()
    .split(' ')
    .filter((pid) => pid !== '' && isRecogniser(Number(pid)))
    .map(Number)
    .reverse();
}

function isRecogniser(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('recognition-worker');
  } catch {
    return false;
  }
}
