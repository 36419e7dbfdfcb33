import type { AudioBatch, AudioFormat } from '../../../audio/audio-format.ts';
import { opusPacketDurationMs } from '../../../audio/opus-packet.ts';
import { type AudioMessages, createAudioMessages } from '../../audio-messages.ts';
import type { DeepgramOpusMode } from './deepgram-url.ts';

/** The binary messages of one connection. */
export function createDeepgramFramer(
  format: AudioFormat,
  opusMode: DeepgramOpusMode,
): AudioMessages {
  const isBare = format.encoding === 'opus' && opusMode !== 'ogg';
  return isBare ? new PacketMessages() : createAudioMessages(format);
}

class PacketMessages implements AudioMessages {
  push(batch: AudioBatch): Uint8Array[] {
    return batch.frames.filter((packet) => opusPacketDurationMs(packet) !== null);
  }

  flush(): Uint8Array[] {
    return [];
  }
}
