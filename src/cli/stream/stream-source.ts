import path from 'node:path';
import { OggOpusReader } from '../../audio/ogg-opus.ts';
import { OpusDecoder } from '../../audio/opus-decoder.ts';
import { opusPacketDurationMs } from '../../audio/opus-packet.ts';
import { encodeWav, parseWav } from '../../audio/wav.ts';
import { parseTranscript } from '../../conversations/import/parse-transcript.ts';
import { AppError, isAppError } from '../../kernel/errors.ts';
import type { StreamMessage, StreamSource } from './stream-message.ts';
import { type SuggestionOptions, suggestionSource } from './suggestion-source.ts';

export type StreamCodec = 'pcm16' | 'opus';

export interface SourceOptions extends SuggestionOptions {
  fileName: string;
  /** Null: PCM for a WAV file, Opus for an Ogg file. */
  codec: StreamCodec | null;
}

const FRAME_MS = 20;
/** What Ogg/Opus is decoded to, hertz. */
const DECODED_RATE = 16_000;
const WAV_HEADER_BYTES = 44;
const PLAYABLE =
  'What can be played: WAV, Ogg/Opus, meeting JSON, WebVTT, SubRip, text with lines "Name: words".';

/** What a file gives to send. Throws `bad-request` that says what is wrong with it. */
export async function readStreamSource(
  bytes: Uint8Array,
  options: SourceOptions,
): Promise<StreamSource> {
  const magic = Buffer.from(bytes.subarray(0, 4)).toString('latin1');
  const extension = path.extname(options.fileName).toLowerCase();
  if (magic === 'RIFF' || extension === '.wav') return wavSource(bytes, options.codec);
  if (magic === 'OggS' || ['.ogg', '.opus'].includes(extension)) {
    return oggSource(bytes, options.codec);
  }
  if (options.codec !== null) {
    throw new AppError('bad-request', 'It is neither WAV nor Ogg/Opus, so --codec has no meaning.');
  }
  const { fileName, me } = options;
  const knownNames = me === null ? [] : [me];
  const transcript = await parseTranscript(bytes, { fileName, format: null, knownNames }).catch(
    (error) => {
      if (!isAppError(error, 'bad-request')) throw error;
      throw new AppError('bad-request', `${error.message} ${PLAYABLE}`, { cause: error });
    },
  );
  const [talk, ...others] = transcript.talks;
  if (!talk || others.length > 0) {
    const count = transcript.talks.length;
    throw new AppError('bad-request', `It holds ${count} conversations; import it instead.`);
  }
  return suggestionSource(talk, transcript.format, options);
}

function wavSource(bytes: Uint8Array, codec: StreamCodec | null): StreamSource {
  if (codec === 'opus') {
    throw new AppError('bad-request', 'A WAV file is sent as PCM; for Opus give an Ogg/Opus file.');
  }
  const { samples, sampleRate, durationMs } = parseWav(bytes);
  // As little-endian bytes, whatever this machine's order is.
  const pcm = encodeWav(samples, sampleRate).subarray(WAV_HEADER_BYTES);
  return pcmSource(pcm, sampleRate, durationMs, `WAV, ${sampleRate} Hz`);
}

function pcmSource(
  pcm: Uint8Array,
  sampleRate: number,
  durationMs: number,
  description: string,
): StreamSource {
  function* messages(): Generator<StreamMessage> {
    for (let frame = 0, at = 0; at < pcm.length; frame += 1) {
      // By the frame's number, so that rates without whole frames do not drift.
      const end = 2 * Math.round(((frame + 1) * FRAME_MS * sampleRate) / 1000);
      yield { dueMs: frame * FRAME_MS, data: pcm.subarray(at, end) };
      at = end;
    }
  }
  return {
    kind: 'audio',
    description,
    query: { codec: 'pcm16', sample_rate: String(sampleRate) },
    durationMs,
    messages: { [Symbol.iterator]: messages },
  };
}

async function oggSource(bytes: Uint8Array, codec: StreamCodec | null): Promise<StreamSource> {
  const reader = new OggOpusReader();
  const packets = reader.push(bytes);
  if (reader.head === null) {
    throw new AppError('bad-request', 'It is not Opus in Ogg; other sound in Ogg is not known.');
  }
  if (packets.length === 0) throw new AppError('bad-request', 'It holds no audio.');
  if (codec === 'pcm16') {
    const pcm = await decodeAll(packets);
    return pcmSource(pcm, DECODED_RATE, pcm.length / 2 / (DECODED_RATE / 1000), 'Ogg/Opus as PCM');
  }
  const messages: StreamMessage[] = [];
  let at = 0;
  for (const data of packets) {
    messages.push({ dueMs: at, data });
    at += opusPacketDurationMs(data) ?? 0;
  }
  const first = opusPacketDurationMs(packets[0] ?? new Uint8Array(0));
  return {
    kind: 'audio',
    description: 'Ogg/Opus',
    query: { codec: first === 20 ? 'opus_fs320' : 'opus', sample_rate: String(DECODED_RATE) },
    durationMs: at,
    messages,
  };
}

async function decodeAll(packets: readonly Uint8Array[]): Promise<Uint8Array> {
  const decoder = await OpusDecoder.create(DECODED_RATE);
  try {
    return Buffer.concat(packets.map((packet) => decoder.decode(packet)));
  } finally {
    decoder.close();
  }
}
