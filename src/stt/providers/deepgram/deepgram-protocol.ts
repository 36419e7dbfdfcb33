import { AppError } from '../../../kernel/errors.ts';
import type { WebSocketClose } from '../../../kernel/websocket-client.ts';
import type { AudioMessages } from '../../audio-messages.ts';
import type { LiveEnd, LiveProtocol, VendorMessage } from '../../live-protocol.ts';
import type { ProviderEvent } from '../../stt-event.ts';
import type { SttOptions } from '../../stt-provider.ts';
import { createDeepgramFramer } from './deepgram-audio.ts';
import { deepgramCloseError } from './deepgram-errors.ts';
import { isCertainlyPartial, parseDeepgramMessage } from './deepgram-message.ts';
import type { DeepgramOpusMode } from './deepgram-url.ts';

/**
 * One stream of `/v1/listen`: audio at once, `KeepAlive` while there is none, `Finalize` and `CloseStream` at
 * its end, and `Metadata` as the last message.
 */
export class DeepgramProtocol implements LiveProtocol {
  readonly vendor = 'Deepgram';
  readonly audio: AudioMessages;
  readonly start = null;
  readonly startsAfter = 'open';
  readonly keepAlive: { afterMs: number; text: string };
  readonly maxUnread = Number.POSITIVE_INFINITY;
  /** It sends `Metadata` before it closes for other reasons too, without having read the rest. */
  readonly closeDecidesIfShort = true;
  readonly #interim: boolean;
  #isEnding = false;

  constructor(
    options: SttOptions,
    settings: { opusMode: DeepgramOpusMode; keepAliveAfterMs: number },
  ) {
    this.#interim = options.interim;
    this.audio = createDeepgramFramer(options.format, settings.opusMode);
    this.keepAlive = { afterMs: settings.keepAliveAfterMs, text: '{"type":"KeepAlive"}' };
  }

  ending(): string[] {
    this.#isEnding = true;
    return ['{"type":"Finalize"}', '{"type":"CloseStream"}'];
  }

  skips(data: string | Uint8Array): boolean {
    return !this.#interim && isCertainlyPartial(data);
  }

  read(data: string | Uint8Array, receivedAt: number): VendorMessage {
    const message = parseDeepgramMessage(data, receivedAt, this.#interim);
    switch (message.kind) {
      case 'event':
        return { kind: 'events', events: [message.event] };
      case 'metadata':
        return this.#readMetadata(message.durationMs);
      default:
        return message;
    }
  }

  flush(): ProviderEvent[] {
    return [];
  }

  endError(close: WebSocketClose, { timedOut, countedMs }: LiveEnd): AppError | null {
    if (timedOut) {
      return new AppError('timeout', 'Deepgram did not send the last words in time.');
    }
    // Without a Metadata message before it even a clean close may have lost the last words.
    return countedMs !== null && close.code === 1000 ? null : deepgramCloseError(close);
  }

  #readMetadata(audioMs: number | null): VendorMessage {
    if (this.#isEnding) return { kind: 'finished', events: [], audioMs };
    return { kind: 'events', events: audioMs === null ? [] : [{ type: 'usage', audioMs }] };
  }
}
