import type { AudioBatch } from '../audio/audio-format.ts';
import { AppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { WebSocketConnection } from '../kernel/websocket-client.ts';
import type { LiveProtocol } from './live-protocol.ts';
import { type LiveLimits, LiveSender } from './live-sender.ts';
import type { SttEvent } from './stt-event.ts';

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
  audio: AsyncIterable<AudioBatch>,
  options: LiveLimits & { logger: Logger; signal: AbortSignal },
): AsyncGenerator<SttEvent, void, undefined> {
  const { signal, logger } = options;
  const sender = new LiveSender(socket, protocol, options);
  // Settled into a value: a rejection must not go unhandled while the reader is elsewhere.
  const sent = Promise.allSettled([sender.send(audio)]);
  let finished = false;
  let unknown = 0;
  try {
    for await (const { data, receivedAt } of socket) {
      sender.noteAnswer();
      const message = protocol.read(data, receivedAt);
      if (message.kind === 'events') yield* message.events;
      else if (message.kind === 'started') sender.noteStarted();
      else if (message.kind === 'audio-read') sender.noteRead(message.messages);
      else if (message.kind === 'failed') throw message.error;
      else if (message.kind === 'unknown') unknown += 1;
      else if (message.kind === 'finished') {
        yield* message.events;
        if (!sender.closing) continue;
        finished = true;
        yield* lastEvents(protocol, sender.sentMs, message.audioMs, receivedAt);
        return;
      }
    }
    sender.stop();
    // What the source of the audio threw matters more than how the socket ended after it.
    const [sending] = await sent;
    if (sending.status === 'rejected') throw sending.reason;
    if (signal.aborted) throw new AppError('aborted', 'The transcription was cancelled.');
    const { closing, timedOut } = sender;
    const error = protocol.endError(await socket.closed, { closing, timedOut });
    if (error !== null) throw error;
    finished = true;
    yield* lastEvents(protocol, sender.sentMs, null, performance.now());
  } finally {
    sender.stop();
    if (unknown > 0) {
      logger.warn(
        { vendor: protocol.vendor, messages: unknown },
        'unknown speech-to-text messages',
      );
    }
    if (finished) socket.close();
    else socket.terminate();
    await Promise.all([sent, socket.closed]);
  }
}

/** What was held back, the audio charged for, and that all that was sent is done with. */
function lastEvents(
  protocol: LiveProtocol,
  sentMs: number,
  countedMs: number | null,
  receivedAt: number,
): SttEvent[] {
  const all = countedMs === null || countedMs >= sentMs - DURATION_TOLERANCE_MS;
  const finalUntilMs = Math.round(all ? sentMs : countedMs);
  return [
    ...protocol.flush(receivedAt),
    { type: 'usage', audioMs: Math.round(countedMs ?? sentMs) },
    { type: 'transcript-final', words: [], finalUntilMs, receivedAt },
  ];
}
