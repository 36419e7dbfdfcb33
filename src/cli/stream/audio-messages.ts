import type { AudioFile } from '../../audio/file/audio-file.ts';
import { opusPacketDurationMs } from '../../audio/opus-packet.ts';
import { AppError } from '../../kernel/errors.ts';
import type { StreamCodec, StreamMessage, StreamSource } from './stream-message.ts';

/** Sound of one message, as devices send it. */
const FRAME_MS = 20;

/**
 * The sound of a file as the messages of a device: Opus packets as they are, or PCM in frames of 20 ms.
 *
 * @param codec as which it must be sent, null for any
 * @throws `bad-request` if the file has no packets to send as Opus, or no sound
 */
export async function audioMessages(
  file: AudioFile,
  codec: StreamCodec | null,
  signal: AbortSignal,
): Promise<Omit<StreamSource, 'importKey'>> {
  const { encoding, sampleRate } = file.format;
  if (codec === 'opus' && encoding !== 'opus') {
    throw new AppError(
      'bad-request',
      'It is sent as PCM; for Opus give an Ogg/Opus or WebM/Opus file.',
    );
  }
  const common = { kind: 'audio', durationMs: file.durationMs } as const;
  if (encoding !== 'opus') {
    return {
      ...common,
      description: file.description,
      query: { codec: 'pcm16', sample_rate: String(sampleRate) },
      messages: pcmMessages(file, signal),
    };
  }
  const first = opusPacketDurationMs(await firstPacket(file));
  return {
    ...common,
    description: file.description,
    query: {
      codec: first === FRAME_MS ? 'opus_fs320' : 'opus',
      sample_rate: String(sampleRate),
    },
    messages: opusMessages(file, signal),
  };
}

async function firstPacket(file: AudioFile): Promise<Uint8Array> {
  const stop = new AbortController();
  for await (const { frames } of file.frames(stop.signal)) {
    stop.abort();
    return frames[0] ?? new Uint8Array(0);
  }
  return new Uint8Array(0);
}

async function* opusMessages(file: AudioFile, signal: AbortSignal): AsyncGenerator<StreamMessage> {
  let dueMs = 0;
  for await (const { frames } of file.frames(signal)) {
    for (const data of frames) {
      yield { dueMs, data };
      dueMs += opusPacketDurationMs(data) ?? 0;
    }
  }
}

async function* pcmMessages(file: AudioFile, signal: AbortSignal): AsyncGenerator<StreamMessage> {
  const { sampleRate } = file.format;
  let rest: Uint8Array = new Uint8Array(0);
  let frame = 0;
  let sent = 0;
  for await (const { frames } of file.frames(signal)) {
    rest = Buffer.concat([rest, ...frames]);
    for (;;) {
      // By the frame's number, so that rates without whole frames do not drift.
      const size = 2 * Math.round(((frame + 1) * FRAME_MS * sampleRate) / 1000) - sent;
      if (rest.length < size) break;
      yield { dueMs: frame * FRAME_MS, data: rest.subarray(0, size) };
      rest = rest.subarray(size);
      sent += size;
      frame += 1;
    }
  }
  if (rest.length > 0) yield { dueMs: frame * FRAME_MS, data: rest };
}
