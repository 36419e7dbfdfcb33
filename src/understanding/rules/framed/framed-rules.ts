import { clipWords } from '../../../text/word-count.ts';
import { emptyUnderstanding } from '../../empty-understanding.ts';
import type { Understanding } from '../../understanding-engine.ts';
import { ownedByReader } from '../message-tasks.ts';
import { PLAIN_RULES, readPlainly } from '../plain/plain-rules.ts';
import type { TalkRules } from '../talk-rules.ts';
import { MAX_TITLE_WORDS } from '../title.ts';
import { type FramedLanguage, findFramedClaims } from './framed-talk.ts';

/** Of a language whose tasks, times and facts are found by its frames: German, Spanish, French. */
export function framedRules(language: FramedLanguage): TalkRules {
  return {
    ...PLAIN_RULES,
    code: language.code,
    note: null,
    open: (talk) => {
      const plain = readPlainly(talk);
      return Promise.resolve({
        ...plain,
        async findClaims(input, each) {
          const claims = await findFramedClaims(talk, language, each);
          const actionItems = ownedByReader(claims.actionItems, input);
          const found = { ...emptyUnderstanding(true), ...claims, actionItems };
          return { found, likely: [] };
        },
        titleOf: (subjects, found) => claimedTitle(found) ?? plain.titleOf(subjects, found),
      });
    },
  };
}

/** An appointment names a talk, else a task does; "Meeting" alone names none. */
function claimedTitle({ events, actionItems }: Understanding): string | null {
  const event = events.find(({ title }) => title.includes(' '));
  const title = event?.title ?? actionItems[0]?.description;
  return title === undefined ? null : clipWords(title, MAX_TITLE_WORDS);
}
