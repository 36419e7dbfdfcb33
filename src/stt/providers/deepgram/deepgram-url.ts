import type { SttOptions } from '../../stt-provider.ts';
import { vendorUrl } from '../../vendor-socket.ts';

/** How Opus goes to Deepgram: in Ogg pages, one raw packet a message, or not at all. */
export type DeepgramOpusMode = 'ogg' | 'packets' | 'decode';

const MAX_KEYTERMS = 100;

/**
 * Address of a live session.
 *
 * @param baseUrl http(s) or ws(s) origin with an optional prefix; `/v1/listen` is appended
 * @throws AppError `invalid-configuration` if the base is no such address
 */
export function deepgramListenUrl(
  baseUrl: string,
  options: SttOptions,
  opusMode: DeepgramOpusMode,
): string {
  const url = vendorUrl('Deepgram', baseUrl, '/v1/listen');
  const query = new URLSearchParams({
    punctuate: 'true',
    no_delay: 'true',
    endpointing: '300',
    interim_results: String(options.interim),
    smart_format: 'true',
    profanity_filter: 'false',
    diarize: 'true',
    // Deepgram removes fillers in English alone; elsewhere leaving them in is asked for.
    filler_words: String(!/^en(-|$)/i.test(options.language)),
    channels: '1',
    multichannel: 'false',
  });
  // A container says itself what is in it, and Deepgram wants no encoding beside it.
  if (options.format.encoding === 'pcm-s16le' || opusMode === 'packets') {
    query.set('encoding', options.format.encoding === 'opus' ? 'opus' : 'linear16');
    query.set('sample_rate', String(options.format.sampleRate));
  }
  query.set('language', options.language);
  query.set('model', options.model);
  const keytermName = options.model.startsWith('nova-3') ? 'keyterm' : 'keywords';
  for (const keyterm of options.keyterms.slice(0, MAX_KEYTERMS)) {
    query.append(keytermName, keyterm);
  }
  url.search = query.toString();
  return url.href;
}
