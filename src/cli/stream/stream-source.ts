import { audioKind, audioKindOfName, HEAD_BYTES } from '../../audio/file/audio-kind.ts';
import type { AudioSource } from '../../audio/file/audio-source.ts';
import { openAudioFile, READABLE_AUDIO } from '../../audio/file/open-audio-file.ts';
import { soundKeyOf } from '../../conversations/import/import-key.ts';
import {
  MAX_TRANSCRIPT_BYTES,
  parseTranscript,
} from '../../conversations/import/parse-transcript.ts';
import { AppError, isAppError } from '../../kernel/errors.ts';
import { audioMessages } from './audio-messages.ts';
import type { StreamCodec, StreamSource } from './stream-message.ts';
import { type SuggestionOptions, suggestionSource } from './suggestion-source.ts';

export interface SourceOptions extends SuggestionOptions {
  /** Null: Opus if the file has it, else PCM. */
  codec: StreamCodec | null;
}

/** What coded files are decoded to, hertz; a WAV file keeps its rate. */
const DECODED_RATE = 16_000;
const PLAYABLE = `What can be played: ${READABLE_AUDIO}, and transcripts as text, captions or JSON.`;

/**
 * What a file gives to send.
 *
 * @throws `bad-request` that says what is wrong with it, `unsupported-codec` for sound that cannot be decoded here
 */
export async function readStreamSource(
  file: AudioSource,
  options: SourceOptions,
  signal: AbortSignal,
): Promise<StreamSource> {
  const kind = audioKind(await file.read(0, HEAD_BYTES)) ?? audioKindOfName(file.name);
  if (kind !== null) {
    const opened = await openAudioFile(file, {
      sampleRate: kind === 'WAV' ? null : DECODED_RATE,
      keepOpus: options.codec !== 'pcm16',
    });
    const messages = await audioMessages(opened, options.codec, signal);
    return { ...messages, importKey: await soundKeyOf(file) };
  }
  if (options.codec !== null) {
    throw new AppError(
      'bad-request',
      '--codec is for audio files only; this is not an audio file.',
    );
  }
  return transcriptSource(file, options);
}

async function transcriptSource(file: AudioSource, options: SourceOptions): Promise<StreamSource> {
  if (file.size > MAX_TRANSCRIPT_BYTES) {
    throw new AppError('bad-request', `It is neither sound nor a transcript. ${PLAYABLE}`);
  }
  const { me } = options;
  const transcript = await parseTranscript(await file.read(0, file.size), {
    fileName: file.name,
    format: null,
    knownNames: me === null ? [] : [me],
  }).catch((error) => {
    if (!isAppError(error, 'bad-request')) throw error;
    throw new AppError('bad-request', `${error.message} ${PLAYABLE}`, { cause: error });
  });
  const [talk, ...others] = transcript.talks;
  if (!talk || others.length > 0) {
    const count = transcript.talks.length;
    throw new AppError('bad-request', `It holds ${count} conversations; import it instead.`);
  }
  return suggestionSource(talk, transcript.format, options);
}
