import { AppError } from '../../../kernel/errors.ts';
import type { SpeechModel } from '../../speech-model.ts';
import { OpenAiClient, type OpenAiOptions } from './openai-client.ts';

/** Bytes of one answer: 5,000 characters are some six minutes, in MP3 at 128 kbit/s 6 MB. */
const MAX_AUDIO_BYTES = 32 * 1024 * 1024;

/**
 * A model behind OpenAI's `/audio/speech`, which Kokoro, Piper and others serve as well.
 * Source: https://platform.openai.com/docs/api-reference/audio/createSpeech
 */
export function createOpenAiSpeechModel(options: OpenAiOptions & { voice: string }): SpeechModel {
  const client = new OpenAiClient(options, MAX_AUDIO_BYTES);
  const { model, voice } = options;
  return {
    model,
    // The whole sound is read within the time bound: half of it is not worth hearing.
    speak: (input, signal) =>
      client.within(signal, async (deadline) => {
        const body = { model, input, voice, response_format: 'mp3' as const };
        const response = await client.request(deadline, (openai, settings) =>
          openai.audio.speech.create(body, settings),
        );
        const mediaType = response.headers.get('content-type') ?? 'audio/mpeg';
        if (!/^audio\/|^application\/octet-stream/.test(mediaType)) {
          throw new AppError('provider-protocol', `${client.where} did not answer with sound.`);
        }
        const bytes = new Uint8Array(await response.arrayBuffer());
        if (bytes.length === 0) {
          throw new AppError('provider-protocol', `${client.where} answered without sound.`);
        }
        return { mediaType: mediaType.startsWith('audio/') ? mediaType : 'audio/mpeg', bytes };
      }),
  };
}
