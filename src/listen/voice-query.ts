import { parseKeywords } from '../wire/voice-keywords.ts';

const LOWEST_RATE = 8_000;
const HIGHEST_RATE = 48_000;
const MAX_LANGUAGE = 35;

/** What the query of a voice stream asks for. */
export interface VoiceQuery {
  language: string;
  sampleRate: number;
  channels: 1 | 2;
  keywords: string[];
}

/** The parsed query, or the sentence that says what is wrong with it. */
export function parseVoiceQuery(params: URLSearchParams): VoiceQuery | { problem: string } {
  const codec = params.get('codec') ?? 'linear16';
  if (codec !== 'linear16') return { problem: 'Unsupported codec; only linear16 is supported' };
  const sampleRate = Number(params.get('sample_rate') ?? 16_000);
  if (!Number.isInteger(sampleRate) || sampleRate < LOWEST_RATE || sampleRate > HIGHEST_RATE) {
    return { problem: `sample_rate must be between ${LOWEST_RATE} and ${HIGHEST_RATE}` };
  }
  const channels = Number(params.get('channels') ?? 1);
  if (channels !== 1 && channels !== 2) return { problem: 'channels must be 1 or 2' };
  const language = params.get('language') || 'en';
  if (language.length > MAX_LANGUAGE) return { problem: 'language is not valid' };
  return { language, sampleRate, channels, keywords: parseKeywords(params.get('keywords')) };
}
