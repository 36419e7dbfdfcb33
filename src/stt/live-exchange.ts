import { AppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { WebSocketConnection } from '../kernel/websocket-client.ts';
import type { LiveProtocol } from './live-protocol.ts';
import { type LiveLimits, LiveSender } from './live-sender.ts';
import type { ProviderEvent } from './stt-event.ts';
import type { LiveAudio } from './stt-provider.ts';

/** A difference up to this between the audio sent and the audio the vendor counted is rounding. */
const DURATION_TOLERANCE_MS = 500;

/**
 * One live connection from its opening to its end, by the vendor's protocol: audio in, events out.
 * Takes the socket over. Throws what the source of the audio throws, `aborted`, `timeout`, and the
 * protocol's own errors; never retries.
 */
export async function* exchange(
  socket: WebSocketConnection,
  protocol: LiveProtocol,
  audio: LiveAudio,
  options: LiveLimits & { logger: Logger; signal: AbortSignal },
): AsyncGenerator<ProviderEvent, void, undefined> {
  const { signal, logger } = options;
  const sender = new LiveSender(socket, protocol, options);
  skipUnneeded(socket, protocol, sender);
  // Settled into a value: a rejection must not go unhandled while the reader is elsewhere.
  const sent = Promise.allSettled([sender.send(audio)]);
  let finished = false;
  let countedMs: number | null = null;
  let unknown = 0;
  try {
    for await (const { data, receivedAt } of socket) {
      sender.noteAnswer();
      const message = protocol.read(data, receivedAt);
      if (message.kind === 'events') {
        // `yield*` would make promises for each event of the array.
        for (const event of message.events) yield event;
      } else if (message.kind === 'started') sender.noteStarted();
      else if (message.kind === 'audio-read') sender.noteRead(message.messages);
      else if (message.kind === 'failed') throw message.error;
      else if (message.kind === 'unknown') unknown += 1;
      else if (message.kind === 'finished') {
        yield* message.events;
        if (!sender.closing) continue;
        countedMs = message.audioMs ?? sender.sentMs;
        yield { type: 'usage', audioMs: Math.round(countedMs) };
        if (protocol.closeDecidesIfShort && isShort(countedMs, sender.sentMs)) continue;
        finished = true;
        yield* lastEvents(protocol, sender.sentMs, countedMs, receivedAt);
        return;
      }
    }
    sender.stop();
    // What the source of the audio threw matters more than how the socket ended after it.
    const [sending] = await sent;
    if (sending.status === 'rejected') throw sending.reason;
    if (signal.aborted) throw new AppError('aborted', 'The transcription was cancelled.');
    const { closing, timedOut } = sender;
    const error = protocol.endError(await socket.closed, { closing, timedOut, countedMs });
    if (error !== null) throw error;
    finished = true;
    if (countedMs === null) yield { type: 'usage', audioMs: Math.round(sender.sentMs) };
    yield* lastEvents(protocol, sender.sentMs, countedMs ?? sender.sentMs, performance.now());
  } finally {
    sender.stop();
    if (unknown > 0) {
      const fields = { vendor: protocol.vendor, messages: unknown };
      logger.warn(fields, 'unknown speech-to-text messages');
    }
    if (finished) socket.close();
    else socket.terminate();
    await Promise.all([sent, socket.closed]);
  }
}

/** Messages that mean nothing are only a sign of life. */
function skipUnneeded(
  socket: WebSocketConnection,
  protocol: LiveProtocol,
  sender: LiveSender,
): void {
  socket.skip((data) => {
    const isSkipped = protocol.skips?.(data) ?? false;
    if (isSkipped) sender.noteAnswer();
    return isSkipped;
  });
}

/** True if the vendor has counted less audio than it was sent, beyond rounding. */
function isShort(countedMs: number, sentMs: number): boolean {
  return countedMs < sentMs - DURATION_TOLERANCE_MS;
}

/** What was held back, and how far the audio needs no transcription any more. */
function lastEvents(
  protocol: LiveProtocol,
  sentMs: number,
  countedMs: number,
  receivedAt: number,
): ProviderEvent[] {
  const finalUntilMs = Math.round(isShort(countedMs, sentMs) ? countedMs : sentMs);
  return [
    ...protocol.flush(receivedAt),
    { type: 'transcript-final', words: [], finalUntilMs, receivedAt },
  ];
}
