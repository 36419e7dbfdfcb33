import { AppError } from '../../../kernel/errors.ts';
import type { SttOptions } from '../../stt-provider.ts';

/** How Opus goes to Deepgram: in Ogg pages, one raw packet a message, or not at all. */
export type DeepgramOpusMode = 'ogg' | 'packets' | 'decode';

const MAX_KEYTERMS = 100;

/**
 * Address of a live session.
 *
 * @param baseUrl http(s) or ws(s) origin with an optional prefix; `/v1/listen` is appended
 * @throws AppError `invalid-configuration` where the base is no such address
 */
export function deepgramListenUrl(
  baseUrl: string,
  options: SttOptions,
  opusMode: DeepgramOpusMode,
): string {
  const url = listenEndpoint(baseUrl);
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

function listenEndpoint(baseUrl: string): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  const scheme =
    url && { 'http:': 'ws:', 'https:': 'wss:', 'ws:': 'ws:', 'wss:': 'wss:' }[url.protocol];
  if (!url || !scheme) {
    throw new AppError(
      'invalid-configuration',
      'The base URL of Deepgram must be an http(s) or ws(s) address.',
    );
  }
  const rest = url.href.slice(url.protocol.length);
  const endpoint = new URL(scheme + rest);
  endpoint.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/listen`;
  endpoint.hash = '';
  return endpoint;
}
