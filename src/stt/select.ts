import {
  NOVA2_LANGUAGES,
  NOVA2_MULTI_LANGUAGES,
  NOVA3_LANGUAGES,
  NOVA3_MULTI_LANGUAGES,
  SONIOX_LANGUAGES,
  SPEECHMATICS_BILINGUAL,
  SPEECHMATICS_LANGUAGES,
} from './stt-languages.ts';

/** Which provider is asked for which of its models, in which language. */
export interface SttChoice {
  /** Item of `STT_SERVICE_MODELS`. */
  service: string;
  /** Name in the registry. */
  provider: string;
  /** The vendor's name of the model. */
  model: string;
  /** The vendor's name of the language; `multi` where the speaker may switch. */
  language: string;
  /** Speech without any answer after which another provider is asked, milliseconds. */
  patienceMs: number;
}

export interface SttWish {
  /** BCP-47 tag; `multi` or `auto` where the speaker may switch. */
  language: string;
  /** Nothing is asked for as `multi`. */
  singleLanguage: boolean;
  /** The only languages that are spoken; empty: any. One alone is a lock. */
  languages: readonly string[];
  /** Services or providers that are wanted before the others, the most wanted first. */
  preferred: readonly string[];
  /** Items of `STT_SERVICE_MODELS` that can be used, in the operator's order. */
  models: readonly string[];
}

export interface SttSelection {
  /** At most one a provider, in the order in which they are to be asked; may be empty. */
  choices: SttChoice[];
  /** Languages to expect; empty where nothing is known. */
  languageHints: readonly string[];
  /** The language that none of the models serves, so that English is listened for; else null. */
  unserved: string | null;
}

/** One model that can be named in `STT_SERVICE_MODELS`. */
interface SttService {
  provider: string;
  patienceMs: number;
  /**
   * How it is asked for a language, null where it does not serve it.
   * @param expected the languages of `multi`, where they are known
   */
  ask(
    language: string,
    singleLanguage: boolean,
    expected: readonly string[],
  ): { model: string; language: string } | null;
  /** True where its `multi` follows a speaker through all of these languages. */
  follows(languages: readonly string[]): boolean;
}

/** Deepgram answers about once a second, to silence too. */
const DEEPGRAM_PATIENCE_MS = 2_000;
/** Soniox and Speechmatics answer several times a second while somebody speaks. */
const QUICK_PATIENCE_MS = 1_500;
/** A service that speaks Omi's protocol may answer once a sentence. */
const WEBSOCKET_PATIENCE_MS = 20_000;

/** The items of `STT_SERVICE_MODELS`. A further vendor is a further row. */
export const STT_SERVICE_MODELS: Readonly<Record<string, SttService>> = {
  'dg-nova-3': deepgram('nova-3', NOVA3_MULTI_LANGUAGES, NOVA3_LANGUAGES),
  'dg-nova-2': deepgram('nova-2-general', NOVA2_MULTI_LANGUAGES, NOVA2_LANGUAGES),
  'soniox-stt-rt': {
    provider: 'soniox',
    patienceMs: QUICK_PATIENCE_MS,
    ask: (language, singleLanguage) => {
      const served =
        language === 'multi' ? !singleLanguage : SONIOX_LANGUAGES.has(primary(language));
      return served ? { model: 'stt-rt-v5', language } : null;
    },
    follows: (languages) => languages.every((tag) => SONIOX_LANGUAGES.has(primary(tag))),
  },
  speechmatics: {
    provider: 'speechmatics',
    patienceMs: QUICK_PATIENCE_MS,
    ask: (language, _singleLanguage, expected) => {
      const served =
        language === 'multi'
          ? isBilingual(expected)
          : SPEECHMATICS_LANGUAGES.has(primary(language));
      return served ? { model: 'enhanced', language } : null;
    },
    follows: isBilingual,
  },
  websocket: {
    provider: 'websocket',
    patienceMs: WEBSOCKET_PATIENCE_MS,
    // What it understands is its own affair; the protocol has no word for it.
    ask: (language) => ({ model: 'external', language }),
    follows: () => true,
  },
};

/**
 * Those of the models that serve the language, in order, at most one a provider: the one that is
 * asked, and those that step in for it. English with the first of them where none does.
 */
export function getSttServicesForLanguage(wish: SttWish): SttSelection {
  const models = inOrder(wish);
  const { language, singleLanguage, languageHints } = spoken(wish);
  const isList = language === 'multi' && languageHints.length > 0;
  let choices = models.flatMap((name) => {
    if (isList && !STT_SERVICE_MODELS[name]?.follows(languageHints)) return [];
    return choose(name, language, singleLanguage, languageHints);
  });
  const [firstOfList] = languageHints;
  if (choices.length === 0 && isList && firstOfList !== undefined) {
    choices = models.flatMap((name) => choose(name, firstOfList, true, []));
  }
  if (choices.length > 0)
    return { choices: onePerProvider(choices), languageHints, unserved: null };
  const english = models.flatMap((name) => choose(name, 'en', true, []));
  return { choices: onePerProvider(english), languageHints: [], unserved: language };
}

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
  const { choices } = getSttServicesForLanguage({
    ...options,
    language,
    languages: [],
    preferred: [],
  });
  return (
    choices[0] ?? {
      service: 'dg-nova-3',
      provider: 'deepgram',
      model: 'nova-3',
      language: 'en',
      patienceMs: DEEPGRAM_PATIENCE_MS,
    }
  );
}

/** The usable models, those of the preferred services first. */
function inOrder({ models, preferred }: SttWish): string[] {
  const known = models.filter((name) => Object.hasOwn(STT_SERVICE_MODELS, name));
  const wanted = preferred.flatMap((wish) =>
    known.filter((name) => name === wish || STT_SERVICE_MODELS[name]?.provider === wish),
  );
  return [...new Set([...wanted, ...known])];
}

/** What the user's list of languages leaves of the language that the device asks for. */
function spoken({ language, singleLanguage, languages }: SttWish) {
  const asked = language === 'auto' ? 'multi' : language;
  const [first] = languages;
  if (first === undefined) return { language: asked, singleLanguage, languageHints: [] };
  const listed = languages.find((tag) => tag === asked || primary(tag) === primary(asked));
  if (languages.length === 1 || singleLanguage) {
    const only = listed === undefined ? first : asked;
    return { language: only, singleLanguage: true, languageHints: [only] };
  }
  const hints = listed === undefined ? languages : [listed, ...languages];
  // Whoever speaks several languages may switch, whichever of them the device names.
  return { language: 'multi', singleLanguage: false, languageHints: [...new Set(hints)] };
}

function choose(
  service: string,
  language: string,
  singleLanguage: boolean,
  expected: readonly string[],
): SttChoice[] {
  const row = STT_SERVICE_MODELS[service];
  const asked = row?.ask(language, singleLanguage, expected) ?? null;
  if (!row || !asked) return [];
  return [{ service, provider: row.provider, patienceMs: row.patienceMs, ...asked }];
}

function onePerProvider(choices: readonly SttChoice[]): SttChoice[] {
  return choices.filter(
    ({ provider }, i) => choices.findIndex((other) => other.provider === provider) === i,
  );
}

function deepgram(
  model: string,
  multi: ReadonlySet<string>,
  single: ReadonlySet<string>,
): SttService {
  return {
    provider: 'deepgram',
    patienceMs: DEEPGRAM_PATIENCE_MS,
    ask: (language, singleLanguage) => {
      if (!singleLanguage && multi.has(language)) return { model, language: 'multi' };
      const byName = single.has(language) || (multi.has(language) && language !== 'multi');
      return byName ? { model, language } : null;
    },
    follows: (languages) => languages.every((tag) => multi.has(tag)),
  };
}

/** Speechmatics follows a speaker between English and one of a few other languages. */
function isBilingual(languages: readonly string[]): boolean {
  const tags = new Set(languages.map(primary));
  const [other, ...more] = [...tags].filter((tag) => tag !== 'en');
  if (other === undefined || more.length > 0) return false;
  return tags.has('en') && SPEECHMATICS_BILINGUAL.has(other);
}

/** `en` of `en-US`. */
function primary(tag: string): string {
  return tag.split('-', 1)[0] ?? tag;
}
