import { languageTags } from '../../service-languages.ts';

/** Soniox' real-time model. */
export const SONIOX_MODEL = 'stt-rt-v5';

/** Its languages. It tells them apart by itself if it is asked for `multi`. */
export const SONIOX_LANGUAGES: ReadonlySet<string> = languageTags(
  `af sq ar az eu be bn bs bg ca zh hr cs da nl en et fi fr gl de el gu he hi hu id it ja kn kk ko
   lv lt mk ms ml mr no fa pl pt pa ro ru sr sk sl es sw sv tl ta te th tr uk ur vi cy`,
);

/** Tags whose language Soniox knows under another code. */
const OTHER_CODES: Readonly<Record<string, string>> = { nb: 'no', nn: 'no', fil: 'tl', iw: 'he' };

/**
 * Soniox' code for a BCP-47 tag (`en-US` → `en`); null for a language it does not hear. `multi`
 * has none: without a hint Soniox follows the speaker through all of them.
 */
export function sonioxLanguage(tag: string): string | null {
  const base = tag.toLowerCase().split(/[-_]/)[0] ?? '';
  const code = OTHER_CODES[base] ?? base;
  return SONIOX_LANGUAGES.has(code) ? code : null;
}
