import {
  NOVA2_LANGUAGES,
  NOVA2_MULTI_LANGUAGES,
  NOVA3_LANGUAGES,
  NOVA3_MULTI_LANGUAGES,
} from './stt-languages.ts';

/** Which provider is asked for which of its models, in which language. */
export interface SttChoice {
  /** Name in the registry. */
  provider: string;
  /** The vendor's name of the model. */
  model: string;
  /** The vendor's name of the language; `multi` where the speaker may switch. */
  language: string;
}

/** One model that can be named in `STT_SERVICE_MODELS`. */
interface SttServiceRow {
  provider: string;
  model: string;
  /** Languages that are asked for as `multi`, unless the user speaks one only. */
  multi: ReadonlySet<string>;
  /** Languages that are asked for by name. */
  single: ReadonlySet<string>;
}

/** The items of `STT_SERVICE_MODELS`. A further vendor is a further row. */
export const STT_SERVICE_MODELS: Readonly<Record<string, SttServiceRow>> = {
  'dg-nova-3': {
    provider: 'deepgram',
    model: 'nova-3',
    multi: NOVA3_MULTI_LANGUAGES,
    single: NOVA3_LANGUAGES,
  },
  'dg-nova-2': {
    provider: 'deepgram',
    model: 'nova-2-general',
    multi: NOVA2_MULTI_LANGUAGES,
    single: NOVA2_LANGUAGES,
  },
};

/**
 * The first of `models` that serves the language; English with the first of them where none does.
 * `auto` means the same as `multi`. With `singleLanguage` nothing is asked for as `multi`, and a
 * language that a model knows only as part of `multi` is asked for by name.
 *
 * @param models items of `STT_SERVICE_MODELS`, checked at start; unknown ones are passed over
 */
export function getSttServiceForLanguage(
  language: string,
  options: { singleLanguage: boolean; models: readonly string[] },
): SttChoice {
  const wanted = language === 'auto' ? 'multi' : language;
  const rows = options.models
    .map((name) => (Object.hasOwn(STT_SERVICE_MODELS, name) ? STT_SERVICE_MODELS[name] : undefined))
    .filter((row) => row !== undefined);
  for (const row of rows) {
    const found = languageFor(row, wanted, options.singleLanguage);
    if (found !== null) return { provider: row.provider, model: row.model, language: found };
  }
  const [first] = rows;
  return {
    provider: first?.provider ?? 'deepgram',
    model: first?.model ?? 'nova-3',
    language: 'en',
  };
}

function languageFor(row: SttServiceRow, language: string, single: boolean): string | null {
  if (!single && row.multi.has(language)) return 'multi';
  if (row.single.has(language)) return language;
  return single && language !== 'multi' && row.multi.has(language) ? language : null;
}
