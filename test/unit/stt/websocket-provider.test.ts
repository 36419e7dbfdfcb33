import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { deferred } from '../../../src/kernel/deferred.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import {
  type CustomSttSettings,
  createCustomSttProvider,
} from '../../../src/stt/providers/websocket/custom-stt-provider.ts';
import { CustomSttSegments } from '../../../src/stt/providers/websocket/custom-stt-segments.ts';
import type { ProviderEvent } from '../../../src/stt/stt-event.ts';
import type { SttOptions } from '../../../src/stt/stt-provider.ts';
import {
  dialogue,
  endlessSilence,
  faultInstants,
  OPUS_16K,
  streamed,
  sttOptions,
  transcribeOnce,
  transcribeResumed,
} from '../../fixtures/provider-speech.ts';
import { pcmBatches } from '../../fixtures/speech-audio.ts';
import { compareSpeech, finalWords, NO_DIFFERENCE } from '../../fixtures/speech-comparison.ts';
import {
  CUSTOM_STT_MANNER,
  type CustomSttFault,
  type CustomSttManner,
} from '../../simulators/custom-stt-session.ts';
import { CustomSttSimulator } from '../../simulators/custom-stt-simulator.ts';

const pcm = pcmBatches(dialogue.samples, 16_000);
const base = sttOptions({ model: '' });
const CLOSE_STREAM = '{"type":"CloseStream"}';

let simulator: CustomSttSimulator;
beforeEach(async () => {
  simulator = await CustomSttSimulator.start();
});
afterEach(() => simulator.close());

function provider(settings: Partial<CustomSttSettings> = {}) {
  return createCustomSttProvider({
    url: simulator.address,
    logger: silentLogger,
    closeTimeoutMs: 100,
    connectTimeoutMs: 2000,
    ...settings,
  });
}

function transcribe(
  settings: Partial<CustomSttSettings> = {},
  options: SttOptions = base,
  audio = streamed(pcm),
): Promise<ProviderEvent[]> {
  return transcribeOnce(provider(settings), options, audio);
}

function behave(manner: Partial<CustomSttManner>): void {
  simulator.manner = { ...CUSTOM_STT_MANNER, ...manner };
}

/** Texts and voices in order, for services that do not say when each word was. */
function textsOf(events: readonly ProviderEvent[]): (string | number | null)[][] {
  return finalWords(events).map(({ text, speaker }) => [speaker, text]);
}
const SAID = dialogue.words.map(({ text, speaker }) => [`SPEAKER_0${speaker}`, text]);

describe('what the service is sent', () => {
  it('is every sample as PCM, then CloseStream', async () => {
    await transcribe();
    expect(simulator.connections[0]).toMatchObject({
      audioBytes: dialogue.pcm.length,
      texts: [CLOSE_STREAM],
    });
  });

  it('is told about the audio in the query, without touching what stands there', async () => {
    await transcribe(
      { url: `${simulator.address}?token=abc&language=xx` },
      { ...base, language: 'de', keyterms: ['Omi', 'Köln'] },
    );
    expect(simulator.connections[0]?.query.toString()).toBe(
      'token=abc&language=xx&sample_rate=16000&encoding=linear16&channels=1' +
        '&keyterm=Omi&keyterm=K%C3%B6ln',
    );
  });

  it('may be named by http, with user and password', async () => {
    const url = simulator.address.replace('ws://', 'http://user:pass@');
    expect(compareSpeech(dialogue.words, finalWords(await transcribe({ url })))).toEqual(
      NO_DIFFERENCE,
    );
    expect(simulator.connections[0]?.authorization).toBe(
      `Basic ${Buffer.from('user:pass').toString('base64')}`,
    );
    await expect(transcribe({ url: 'file:///tmp' })).rejects.toMatchObject({
      code: 'invalid-configuration',
    });
  });

  it('is no Opus', async () => {
    expect(provider().capabilities.encodings).toEqual(['pcm-s16le']);
    expect(provider().capabilities.supports('xx', 'any')).toBe(true);
    await expect(transcribe({}, { ...base, format: OPUS_16K })).rejects.toMatchObject({
      code: 'unsupported-codec',
    });
  });

  it('is a ping, again and again, while no audio comes', async () => {
    const abort = new AbortController();
    const stream = provider({ keepAliveAfterMs: 20 }).transcribe(
      endlessSilence,
      base,
      abort.signal,
    );
    const next = stream[Symbol.asyncIterator]().next();
    await expect.poll(() => simulator.connections[0]?.pings).toBeGreaterThanOrEqual(3);
    abort.abort();
    await expect(next).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('what comes back', () => {
  it.each(['never', 'all', 'growing'] as const)(
    'is every word once where segments are repeated: %s',
    async (repeats) => {
      behave({ repeats });
      const events = await transcribe();
      expect(compareSpeech(dialogue.words, finalWords(events))).toEqual(NO_DIFFERENCE);
      const durationMs = Math.round(dialogue.durationMs);
      expect(events.at(-1)).toMatchObject({ type: 'transcript-final', finalUntilMs: durationMs });
    },
  );

  it.each(['never', 'all', 'growing'] as const)(
    'has times within the segment where words have none (repeated: %s)',
    async (repeats) => {
      behave({ words: false, repeats });
      const events = await transcribe();
      expect(textsOf(events)).toEqual(SAID);
      const spans = finalWords(events);
      expect(spans.map(({ startMs }) => startMs)).toEqual(
        spans.map(({ startMs }) => startMs).sort((a, b) => a - b),
      );
      for (const [i, word] of spans.entries()) {
        expect(Math.abs(word.startMs - (dialogue.words[i]?.startMs ?? 0))).toBeLessThan(700);
      }
    },
  );

  it('has a time even where segments have none', async () => {
    behave({ words: false, times: false, speakers: false });
    const events = await transcribe();
    expect(finalWords(events).map(({ text }) => text)).toEqual(
      dialogue.words.map(({ text }) => text),
    );
    const starts = finalWords(events).map(({ startMs }) => startMs);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(finalWords(events).at(-1)?.endMs).toBeLessThanOrEqual(dialogue.durationMs);
    expect(finalWords(events).every(({ speaker }) => speaker === null)).toBe(true);
  });

  it('is taken as Results, and skipped as anything else', async () => {
    behave({ type: 'Results' });
    expect(textsOf(await transcribe())).toEqual(SAID);
    behave({ type: 'Partial' });
    expect(textsOf(await transcribe())).toEqual([]);
  });

  it('ends where the service leaves closing to the client', async () => {
    behave({ closes: false });
    const events = await transcribe();
    expect(compareSpeech(dialogue.words, finalWords(events))).toEqual(NO_DIFFERENCE);
    expect(events).toContainEqual({ type: 'usage', audioMs: Math.round(dialogue.durationMs) });
  });
});

describe('what goes wrong', () => {
  it.each([
    [{ kind: 'handshake', status: 401 }, 'provider-unauthorized'],
    [{ kind: 'handshake', status: 403 }, 'provider-unauthorized'],
    [{ kind: 'handshake', status: 404 }, 'provider-rejected'],
    [{ kind: 'handshake', status: 429 }, 'provider-quota'],
    [{ kind: 'handshake', status: 500 }, 'provider-unavailable'],
    [{ kind: 'refuse' }, 'provider-unavailable'],
    [{ kind: 'error', afterAudioMs: 2000 }, 'provider-unavailable'],
    [{ kind: 'drop', afterAudioMs: 2000 }, 'provider-unavailable'],
    [{ kind: 'close', afterAudioMs: 2000, code: 1000, reason: '' }, 'provider-unavailable'],
    [{ kind: 'close', afterAudioMs: 2000, code: 1003, reason: '' }, 'provider-protocol'],
    [{ kind: 'close', afterAudioMs: 2000, code: 1008, reason: '' }, 'provider-rejected'],
    [{ kind: 'close', afterAudioMs: 2000, code: 1011, reason: '' }, 'provider-unavailable'],
    // Speech was sent that no segment answers: silence at the end is not taken for the end.
    [{ kind: 'stall', afterAudioMs: 2000 }, 'timeout'],
  ] as const)('%o is %s', async (fault, code) => {
    simulator.faults.push(fault);
    await expect(transcribe()).rejects.toMatchObject({ name: 'AppError', code });
  });

  it('an error repeats neither the address nor what was said', async () => {
    simulator.faults.push(
      { kind: 'error', afterAudioMs: 2000 },
      { kind: 'handshake', status: 401 },
    );
    for (const url of [simulator.address, `${simulator.address}?token=secret`]) {
      const error = await transcribe({ url }).catch((reason: unknown) => reason);
      expect(String(error)).not.toMatch(/secret|Somebody/);
    }
  });

  it('is found by a check', async () => {
    const { signal } = new AbortController();
    await provider().check(signal);
    simulator.faults.push({ kind: 'handshake', status: 500 });
    await expect(provider().check(signal)).rejects.toMatchObject({ code: 'provider-unavailable' });
  });
});

describe('the segments', () => {
  const take = (
    segments: CustomSttSegments,
    ...given: Parameters<CustomSttSegments['take']>[0][]
  ) => given.flatMap((segment) => segments.take(segment, 60_000).map(({ text }) => text));

  it('of two voices at once are both heard', () => {
    const segments = new CustomSttSegments();
    expect(
      take(
        segments,
        { text: 'a long talk', speaker: 'SPEAKER_00', start: 0, end: 5 },
        { text: 'yes', speaker: 'SPEAKER_01', start: 3, end: 4 },
      ),
    ).toEqual(['a', 'long', 'talk', 'yes']);
  });

  it('that were revised give what is later than they were', () => {
    const segments = new CustomSttSegments();
    expect(take(segments, { text: 'I scream', speaker: 'A', start: 0, end: 2 })).toEqual([
      'I',
      'scream',
    ]);
    const revised = { text: 'Ice cream for all', speaker: 'A', start: 0, end: 4 };
    expect(take(segments, revised)).toEqual(['for', 'all']);
    expect(take(segments, revised)).toEqual([]);
  });

  it('are told apart by their ids where they have any', () => {
    const segments = new CustomSttSegments();
    const first = { id: 1, text: 'no no', start: 0, end: 1 };
    expect(take(segments, first, { ...first, id: 2 }, first)).toEqual(['no', 'no', 'no', 'no']);
  });

  it('without text are nothing', () => {
    const segments = new CustomSttSegments();
    expect(take(segments, { text: '  ', start: 0, end: 9 }, { start: 1, end: 2 })).toEqual([]);
    expect(segments.untilMs).toBe(0);
  });
});

describe('resumed', () => {
  it.each([1, 2, 3, 4])(
    'gives every word once when connections are lost (seed %i)',
    async (seed) => {
      behave({ repeats: (['never', 'all', 'growing'] as const)[seed % 3] ?? 'never' });
      for (const [i, afterAudioMs] of faultInstants(seed, 6).entries()) {
        const faults: CustomSttFault[] = [
          { kind: 'drop', afterAudioMs },
          { kind: 'close', afterAudioMs, code: 1011, reason: '' },
        ];
        simulator.faults.push(faults[i % 2] ?? null);
      }
      const events = await transcribeResumed(provider(), base);
      expect(compareSpeech(dialogue.words, finalWords(events))).toEqual(NO_DIFFERENCE);
      expect(simulator.connections.length).toBeGreaterThan(1);
    },
  );
});

describe('a service that closes in good order just before it is told of the end', () => {
  it('has not heard all, whatever is sent after it', async () => {
    const service = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(service, 'listening');
    const left = deferred();
    service.on('connection', (socket) => {
      socket.once('message', () => {
        socket.send('{"segments":[{"text":"Good","start":0,"end":0.3}]}');
        socket.close(1000);
      });
      socket.once('close', () => left.resolve());
    });
    try {
      const { port } = service.address() as AddressInfo;
      async function* audio() {
        yield* pcm.slice(0, 40);
        await left.promise;
      }
      const { signal } = new AbortController();
      const url = `ws://127.0.0.1:${port}`;
      const events = provider({ url }).transcribe(audio(), base, signal)[Symbol.asyncIterator]();
      const first = await events.next();
      expect(first.value).toMatchObject({ type: 'transcript-final', words: [{ text: 'Good' }] });
      // Whoever takes the words is busy while the audio ends.
      await left.promise;
      await new Promise((resolve) => setTimeout(resolve, 20));
      await expect(events.next()).rejects.toMatchObject({ code: 'provider-unavailable' });
    } finally {
      service.close();
    }
  });
});
