import { primarySubtag } from './service-languages.ts';
import type { SttService } from './stt-service.ts';

/** Which provider is asked for which of its models, in which language. */
export interface SttChoice {
  /** Item of `STT_SERVICE_MODELS`. */
  service: string;
  /** Name in the registry. */
  provider: string;
  /** The vendor's name of the model. */
  model: string;
  /** The language to ask for; `multi` if the speaker may switch. */
  language: string;
  /** Speech without any response after which another provider is asked, milliseconds. */
  responseTimeoutMs: number;
}

/** What a session wants of speech-to-text, and what it can be given. */
export interface SttPreferences {
  /** BCP-47 tag; `multi` or `auto` if the speaker may switch. */
  language: string;
  /** True: never ask for `multi`. */
  singleLanguage: boolean;
  /** The only languages that are spoken; empty: any. A list of one is a lock. */
  languages: readonly string[];
  /** Services or providers to ask before the others, the most wanted first. */
  preferred: readonly string[];
  /** Services that can be used, in the operator's order. */
  services: readonly SttService[];
}

export interface SttSelection {
  /** At most one for each provider, in the order in which they are to be asked; may be empty. */
  choices: SttChoice[];
  /** Languages to expect; empty if nothing is known. */
  languageHints: readonly string[];
  /** The language that no service serves, so that English is listened for; else null. */
  unserved: string | null;
}

/**
 * Returns the services that serve the language, in order, at most one for each provider: the first
 * is asked, the others replace it if it fails. If no service serves the language, returns those that
 * serve English.
 */
export function getSttServicesForLanguage(preferences: SttPreferences): SttSelection {
  const services = inOrder(preferences);
  const { language, singleLanguage, languageHints } = spoken(preferences);
  const isList = language === 'multi' && languageHints.length > 0;
  let choices = services.flatMap((service) => {
    if (isList && !service.languages.follows(languageHints)) return [];
    return choose(service, language, singleLanguage, languageHints);
  });
  const [firstOfList] = languageHints;
  if (choices.length === 0 && isList && firstOfList !== undefined) {
    choices = services.flatMap((service) => choose(service, firstOfList, true, []));
  }
  if (choices.length > 0)
    return { choices: onePerProvider(choices), languageHints, unserved: null };
  const english = services.flatMap((service) => choose(service, 'en', true, []));
  return { choices: onePerProvider(english), languageHints: [], unserved: language };
}

/** The usable services, preferred ones first. */
function inOrder({ services, preferred }: SttPreferences): SttService[] {
  const wanted = preferred.flatMap((choice) =>
    services.filter(({ name, provider }) => name === choice || provider === choice),
  );
  return [...new Set([...wanted, ...services])];
}

/** What the user's list of languages leaves of the language that the device asks for. */
function spoken({ language, singleLanguage, languages }: SttPreferences) {
  const asked = language === 'auto' ? 'multi' : language;
  const [first] = languages;
  if (first === undefined) return { language: asked, singleLanguage, languageHints: [] };
  const listed = languages.find(
    (tag) => tag === asked || primarySubtag(tag) === primarySubtag(asked),
  );
  if (languages.length === 1 || singleLanguage) {
    const only = listed === undefined ? first : asked;
    return { language: only, singleLanguage: true, languageHints: [only] };
  }
  const hints = listed === undefined ? languages : [listed, ...languages];
  // A speaker of several languages may switch, whichever of them the device names.
  return { language: 'multi', singleLanguage: false, languageHints: [...new Set(hints)] };
}

function choose(
  { name: service, provider, model, languages, responseTimeoutMs }: SttService,
  wanted: string,
  singleLanguage: boolean,
  expected: readonly string[],
): SttChoice[] {
  const language = languages.request(wanted, singleLanguage, expected);
  if (language === null) return [];
  return [{ service, provider, model, language, responseTimeoutMs }];
}

function onePerProvider(choices: readonly SttChoice[]): SttChoice[] {
  return choices.filter(
    ({ provider }, i) => choices.findIndex((other) => other.provider === provider) === i,
  );
}
