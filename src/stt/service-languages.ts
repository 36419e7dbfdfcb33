/** Which languages a speech-to-text service serves, and how it is asked for them. */
export interface ServiceLanguages {
  /**
   * Returns the language to ask the service for; null if it does not serve it.
   *
   * @param language BCP-47 tag, or `multi` if the speaker may switch languages
   * @param singleLanguage true if `multi` must not be returned
   * @param expected the languages to expect with `multi`; empty if nothing is known
   */
  request(language: string, singleLanguage: boolean, expected: readonly string[]): string | null;
  /** Returns true if the service follows a speaker who switches between these languages. */
  follows(languages: readonly string[]): boolean;
}

/** Every language under its own name: the service decides by itself what it can hear. */
export const ANY_LANGUAGE: ServiceLanguages = {
  request: (language) => language,
  follows: () => true,
};

/**
 * Languages by exact tag, as Deepgram documents them.
 *
 * @param multi tags that the service hears in one stream; each is asked for as `multi`
 * @param single tags that the service hears one at a time
 */
export function languagesByTag(
  multi: ReadonlySet<string>,
  single: ReadonlySet<string>,
): ServiceLanguages {
  return {
    request: (language, singleLanguage) => {
      if (!singleLanguage && multi.has(language)) return 'multi';
      const isServed = single.has(language) || (multi.has(language) && language !== 'multi');
      return isServed ? language : null;
    },
    follows: (languages) => languages.every((tag) => multi.has(tag)),
  };
}

/**
 * Languages by primary subtag: `en` serves `en-US`. The tag itself goes to the service.
 *
 * @param follows returns true if the service hears all of these languages in one stream; it is
 *   called with no language if nothing is known about the speaker. Default: never.
 */
export function languagesByPrimarySubtag(
  served: ReadonlySet<string>,
  follows: (languages: readonly string[]) => boolean = () => false,
): ServiceLanguages {
  return {
    request: (language, singleLanguage, expected) => {
      const isServed =
        language === 'multi'
          ? !singleLanguage && follows(expected)
          : served.has(primarySubtag(language));
      return isServed ? language : null;
    },
    follows,
  };
}

/** Returns `en` for `en-US`. */
export function primarySubtag(tag: string): string {
  return tag.split('-', 1)[0] ?? tag;
}

/** Returns the language tags of a text that lists them with white space between. */
export function languageTags(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/));
}
