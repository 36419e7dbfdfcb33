import type { SttOptions } from '../../stt-provider.ts';
import { sonioxLanguage } from './soniox-languages.ts';

/** The service refuses a context of more characters; the JSON around the terms counts as well. */
const MAX_CONTEXT_CHARACTERS = 9000;

/**
 * The first message of a stream. There is no acknowledgement of it. The key is in the header of
 * the upgrade: in this message it is refused from January 2027.
 *
 * @param maxEndpointDelayMs 500 to 3000: silence after which words are final at the latest
 */
export function sonioxStart(options: SttOptions, maxEndpointDelayMs: number): string {
  const language = sonioxLanguage(options.language);
  const expected = language === null ? options.languageHints.map(sonioxLanguage) : [language];
  const hints = [...new Set(expected.filter((code) => code !== null))];
  const terms = contextTerms(options.keyterms);
  return JSON.stringify({
    model: options.model,
    // Bare Opus packets are not among the formats: they travel in an Ogg stream.
    ...(options.format.encoding === 'opus'
      ? { audio_format: 'ogg' }
      : {
          audio_format: 'pcm_s16le',
          sample_rate: options.format.sampleRate,
          num_channels: 1,
        }),
    // Hints alone lean towards a language; only one that was asked for by name shuts out others.
    ...(hints.length === 0
      ? {}
      : { language_hints: hints, language_hints_strict: language !== null }),
    enable_language_identification: true,
    enable_speaker_diarization: true,
    enable_endpoint_detection: true,
    max_endpoint_delay_ms: maxEndpointDelayMs,
    ...(terms.length === 0 ? {} : { context: { terms } }),
  });
}

function contextTerms(keyterms: readonly string[]): string[] {
  let characters = 0;
  return keyterms.filter((term) => {
    const size = term.length + 3;
    if (characters + size > MAX_CONTEXT_CHARACTERS) return false;
    characters += size;
    return true;
  });
}
