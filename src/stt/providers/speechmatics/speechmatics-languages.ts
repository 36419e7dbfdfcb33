import { languageTags, primarySubtag } from '../../service-languages.ts';

/** The model that is asked; `standard` is faster and hears less well. */
export const SPEECHMATICS_MODEL = 'enhanced';

/** Languages of the model, by the tags that clients use; the packs have Speechmatics' own codes. */
export const SPEECHMATICS_LANGUAGES: ReadonlySet<string> = languageTags(
  `ar ba be bg bn ca cs cy da de el en eo es et eu fa fi fil fr ga gl he hi hr hu ia id it ja ko lt
   lv mn mr ms mt nb nl nn no pl pt ro ru sk sl sv sw ta th tl tr ug uk ur vi yue zh`,
);

/** Languages that Speechmatics hears together with English, if these two are expected. */
export const SPEECHMATICS_BILINGUAL: ReadonlySet<string> = languageTags('es fil ms ta tl zh');

/** Returns true for English and one other language of `SPEECHMATICS_BILINGUAL`. */
export function isBilingual(languages: readonly string[]): boolean {
  const tags = new Set(languages.map(primarySubtag));
  const [other, ...more] = [...tags].filter((tag) => tag !== 'en');
  if (other === undefined || more.length > 0) return false;
  return tags.has('en') && SPEECHMATICS_BILINGUAL.has(other);
}

/** What selects a language pack in `transcription_config`. */
export interface SpeechmaticsPack {
  language: string;
  domain?: string;
  output_locale?: string;
}

/** Packs of one language (docs.speechmatics.com/speech-to-text/languages, real time). */
const LANGUAGES: ReadonlySet<string> = languageTags(
  `ar ba eu be bn bg yue ca hr cs da nl en eo et fi fr gl de el he hi hu id ia ga it ja ko lv lt ms
   mt cmn mr mn no fa pl pt ro ru sk sl es sw sv tl ta th tr uk ur ug vi cy`,
);

/** Tags whose language Speechmatics knows under another code. */
const OTHER_CODES: Readonly<Record<string, string>> = {
  zh: 'cmn',
  nb: 'no',
  nn: 'no',
  fil: 'tl',
  iw: 'he',
};

/** Packs that follow a speaker between English and one other language. */
const BILINGUAL: Readonly<Record<string, SpeechmaticsPack>> = {
  cmn: { language: 'cmn_en' },
  es: { language: 'es', domain: 'bilingual-en' },
  ms: { language: 'en_ms' },
  ta: { language: 'en_ta' },
  tl: { language: 'tl' },
};

const CANTONESE = /^(yue|zh-(hk|yue))\b/i;

/**
 * The pack for a BCP-47 tag, null if there is none. In real time Speechmatics has no pack for
 * any language (`multi`) and does not find the language out (`auto`): a speaker who switches can
 * be followed only if the languages to expect are English and one of a few others.
 */
export function speechmaticsPack(
  tag: string,
  languageHints: readonly string[],
): SpeechmaticsPack | null {
  if (tag === 'multi') return expectedPack(languageHints);
  const code = packCode(tag);
  if (code === null) return null;
  const outputLocale = locale(code, tag);
  return { language: code, ...(outputLocale ? { output_locale: outputLocale } : {}) };
}

function expectedPack(languageHints: readonly string[]): SpeechmaticsPack | null {
  const codes = new Set(languageHints.map(packCode));
  const [only] = codes;
  if (codes.size === 1 && only) return { language: only };
  if (codes.size !== 2 || !codes.delete('en')) return null;
  const [other] = codes;
  return (other && BILINGUAL[other]) || null;
}

function packCode(tag: string): string | null {
  if (CANTONESE.test(tag)) return 'yue';
  const base = tag.toLowerCase().split(/[-_]/)[0] ?? '';
  const code = OTHER_CODES[base] ?? base;
  return LANGUAGES.has(code) ? code : null;
}

/** How words are spelled: the packs themselves hear every accent. */
function locale(code: string, tag: string): string | null {
  if (code === 'en') return /^en-(US|GB|AU)$/.test(tag) ? tag : null;
  if (code !== 'cmn') return null;
  if (/^zh-(Hant|TW)\b/.test(tag)) return 'cmn-Hant';
  return /^zh-(Hans|CN|SG)\b/.test(tag) ? 'cmn-Hans' : null;
}
