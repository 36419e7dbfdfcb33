import { AppError } from '../../../kernel/errors.ts';
import type { SttOptions } from '../../stt-provider.ts';
import { speechmaticsPack } from './speechmatics-languages.ts';

/** Limits of the custom dictionary: entries in all, and words of one. */
const MAX_VOCABULARY = 1000;
const MAX_WORDS_OF_ENTRY = 6;

/**
 * The message that starts a session (AsyncAPI of August 2026, `StartRecognition`).
 *
 * @param maxDelayMs 700 to 4000: how long after it was said a word is final at the latest
 * @throws AppError `provider-rejected` for a language without a pack
 */
export function speechmaticsStart(
  options: SttOptions,
  settings: { maxDelayMs: number; endOfUtteranceMs: number },
): string {
  const pack = speechmaticsPack(options.language, options.languageHints);
  if (pack === null) {
    throw new AppError(
      'provider-rejected',
      'Speechmatics has no language pack for the language of this session.',
    );
  }
  const vocabulary = options.keyterms
    .filter((term) => term.trim() !== '' && term.trim().split(/\s+/).length <= MAX_WORDS_OF_ENTRY)
    .slice(0, MAX_VOCABULARY);
  return JSON.stringify({
    message: 'StartRecognition',
    audio_format: {
      type: 'raw',
      encoding: 'pcm_s16le',
      sample_rate: options.format.sampleRate,
    },
    transcription_config: {
      ...pack,
      model: options.model,
      diarization: 'speaker',
      enable_partials: options.interim,
      enable_entities: true,
      max_delay: settings.maxDelayMs / 1000,
      // A number or a date may be awaited to its end.
      max_delay_mode: 'flexible',
      conversation_config: {
        end_of_utterance_silence_trigger: settings.endOfUtteranceMs / 1000,
      },
      ...(vocabulary.length === 0 ? {} : { additional_vocab: vocabulary }),
    },
  });
}
