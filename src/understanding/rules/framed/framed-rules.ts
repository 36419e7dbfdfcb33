import { emptyUnderstanding } from '../../empty-understanding.ts';
import { ownedByReader } from '../message-tasks.ts';
import { PLAIN_RULES, readPlainly } from '../plain/plain-rules.ts';
import type { TalkRules } from '../talk-rules.ts';
import { type FramedLanguage, findFramedClaims } from './framed-talk.ts';

/** Of a language whose tasks, times and facts are found by its frames: German, Spanish, French. */
export function framedRules(language: FramedLanguage): TalkRules {
  return {
    ...PLAIN_RULES,
    code: language.code,
    note: null,
    titles: { ...PLAIN_RULES.titles, prefersClaims: true },
    open: (talk) =>
      Promise.resolve({
        ...readPlainly(talk),
        async findClaims(input, each) {
          const claims = await findFramedClaims(talk, language, each);
          const actionItems = ownedByReader(claims.actionItems, input);
          return { ...emptyUnderstanding(true), ...claims, actionItems };
        },
      }),
  };
}
