/**
 * A server that speaks as much of Deepgram's `/v1/listen` as a load test needs, at next to no
 * cost: it counts the audio (PCM by bytes, Ogg by granule position, bare Opus by packets), and for
 * each second of it sends a final `Results` whose last word is the moment of its sending. It
 * recognises nothing; the tests have a simulator that does. With `RESULT_RATE=vendor` results come as often as
 * from a real service: a partial one for each fifth of a second, a final one for each third second.
 */
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { opusPacketDurationMs } from '../../src/audio/opus-packet.ts';
import { answerQuestions } from '../bench-process.ts';
import { latencyMark } from '../latency-mark.ts';

const isLikeVendor = process.env.RESULT_RATE === 'vendor';
const WINDOW_MS = isLikeVendor ? 3000 : 1000;
const PARTIAL_MS = 200;
/** Another speaker after so many windows, so that segments end. */
const WINDOWS_PER_TURN = 5;
const WORDS = 'well then we could meet at the harbour on friday and talk about boats'.split(' ');

/** Milliseconds of audio that a message brings. */
function audioCounter(query: URLSearchParams): (message: Buffer) => number {
  const encoding = query.get('encoding');
  if (encoding === 'linear16') {
    const bytesPerMs = (Number(query.get('sample_rate')) * 2) / 1000;
    return (message) => message.length / bytesPerMs;
  }
  if (encoding === 'opus') return (message) => opusPacketDurationMs(message) ?? 0;
  let granule = 0;
  return (message) => {
    const before = granule;
    // Page by page (RFC 3533 §6): position at byte 6, sizes from byte 26 on.
    for (let at = 0; at + 27 <= message.length; ) {
      if (message.toString('latin1', at, at + 4) !== 'OggS') throw new Error('not a page of Ogg');
      granule = Math.max(granule, Number(message.readBigInt64LE(at + 6)));
      const count = message[at + 26] ?? 0;
      let size = 27 + count;
      for (let i = 0; i < count; i += 1) size += message[at + 27 + i] ?? 0;
      at += size;
    }
    return (granule - before) / 48;
  };
}

/** The words of a window; the last one carries the time at which it was sent. */
function finalWords(window: number): object[] {
  const spoken = [0, 1, 2].map((i) => WORDS[(window * 3 + i) % WORDS.length] ?? 'well');
  return [...spoken, latencyMark()].map((word, i) => ({
    word,
    punctuated_word: i === 3 ? `${word}.` : word,
    start: (window * WINDOW_MS) / 1000 + 0.05 + i * 0.2,
    end: (window * WINDOW_MS) / 1000 + 0.2 + i * 0.2,
    confidence: 0.98,
    speaker: Math.floor(window / WINDOWS_PER_TURN) % 2,
  }));
}

/** The first words of a window that is not complete yet. */
function partialWords(window: number, count: number): object[] {
  return Array.from({ length: count }, (_, i) => {
    const word = WORDS[(window * 3 + i) % WORDS.length] ?? 'well';
    return {
      word,
      punctuated_word: word,
      start: (window * WINDOW_MS + i * PARTIAL_MS) / 1000,
      end: (window * WINDOW_MS + (i + 1) * PARTIAL_MS) / 1000,
      confidence: 0.9,
      speaker: Math.floor(window / WINDOWS_PER_TURN) % 2,
    };
  });
}

function serve(socket: WebSocket, query: URLSearchParams): void {
  const count = audioCounter(query);
  let audioMs = 0;
  let windows = 0;
  let partialsUntilMs = 0;
  const result = (words: object[], extra: object, isFinal = true): void => {
    const transcript = words.map((word) => (word as { word: string }).word).join(' ');
    const start = (windows * WINDOW_MS) / 1000;
    socket.send(
      JSON.stringify({
        type: 'Results',
        channel_index: [0, 1],
        start,
        duration: WINDOW_MS / 1000,
        is_final: isFinal,
        speech_final: isFinal,
        channel: { alternatives: [{ transcript, confidence: 0.98, words }] },
        ...extra,
      }),
    );
  };
  const window = (): void => {
    result(finalWords(windows), { from_finalize: false });
    windows += 1;
  };
  /** What has been understood of the window so far: a word more each time. */
  const partial = (): void => {
    if (audioMs < partialsUntilMs + PARTIAL_MS) return;
    partialsUntilMs = audioMs;
    const soFar = Math.ceil((audioMs - windows * WINDOW_MS) / PARTIAL_MS);
    result(partialWords(windows, soFar), { from_finalize: false }, false);
  };
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) {
      audioMs += count(data);
      if (isLikeVendor) partial();
      while (audioMs >= (windows + 1) * WINDOW_MS) window();
      return;
    }
    const { type } = JSON.parse(data.toString('utf8')) as { type: string };
    if (type === 'Finalize') result([], { from_finalize: true });
    if (type === 'CloseStream') {
      socket.send(JSON.stringify({ type: 'Metadata', duration: audioMs / 1000, channels: 1 }));
      socket.close(1000);
    }
  });
  socket.on('error', () => socket.terminate());
}

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (socket, request) => {
  serve(socket, new URL(request.url ?? '/', 'http://localhost').searchParams);
});
server.on('listening', () => {
  process.send?.({ ready: true, port: (server.address() as AddressInfo).port });
});
answerQuestions({});
