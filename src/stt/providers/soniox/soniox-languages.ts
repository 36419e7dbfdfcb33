import { SONIOX_LANGUAGES } from '../../stt-languages.ts';

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
