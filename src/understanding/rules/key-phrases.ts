import { isUnspaced, letterCount } from '../../text/scripts.ts';
import { stemOf } from '../../text/stems.ts';
import { tokenize } from '../../text/tokenizer.ts';
import type { CooperativeLoop } from './cooperative-loop.ts';
import type { KeyPhrase, Sentence } from './talk.ts';
import type { TalkRules } from './talk-rules.ts';

/** Phrases beyond this many are not kept in view; the rare ones go first. */
const MAX_PHRASES = 20_000;

interface Entry {
  forms: Map<string, number>;
  stems: string[];
  count: number;
  sentences: number;
  last: number;
}

/** Weight of each content stem of a talk: how often, in how many sentences, how telling. */
export async function weighStems(
  sentences: readonly Sentence[],
  each: CooperativeLoop,
  rules: TalkRules,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  await each(sentences, (sentence) => {
    const seen = new Set<string>();
    for (const { lower } of tokenize(sentence.text)) {
      if (rules.isCommonWord(lower) || letterCount(lower) < 3) continue;
      seen.add(stemOf(lower));
    }
    for (const word of seen) counts.set(word, (counts.get(word) ?? 0) + 1);
  });
  const weights = new Map<string, number>();
  for (const [word, count] of counts) weights.set(word, Math.log2(1 + count));
  return weights;
}

/**
 * The noun-like phrases of one to three words that a talk keeps coming back to, best first. A phrase
 * is a run of words between function words that begins and ends with a telling one; a longer phrase
 * takes the counts of the shorter one inside it (C-value, Frantzi and Ananiadou 1998).
 */
export async function findKeyPhrases(
  sentences: readonly Sentence[],
  names: readonly string[],
  each: CooperativeLoop,
  rules: TalkRules,
): Promise<KeyPhrase[]> {
  const people = new Set(names.flatMap((name) => tokenize(name).map((token) => token.lower)));
  for (const { text } of sentences) {
    for (const name of rules.introducedIn(text)) people.add(name);
  }
  const entries = new Map<string, Entry>();
  let room = MAX_PHRASES;
  await each(sentences, (sentence) => {
    for (const run of runsOf(sentence.text, rules)) {
      for (let from = 0; from < run.length; from += 1) {
        for (let size = 1; size <= 3 && from + size <= run.length; size += 1) {
          add(entries, run.slice(from, from + size), sentence.index, { people, rules });
        }
      }
    }
    if (entries.size > room) {
      for (const [key, entry] of entries) if (entry.count === 1) entries.delete(key);
      // If few of them are rare, more room is given: looking at all of them again must stay seldom.
      room = Math.max(MAX_PHRASES, entries.size * 2);
    }
  });
  const nested = countNested([...entries.values()]);
  const phrases: KeyPhrase[] = [];
  for (const [key, entry] of entries) {
    if (entry.count === 1 && rules.isPassing(bestForm(entry.forms))) continue;
    const own = entry.count - (nested.get(key) ?? 0) * 0.6;
    const length = entry.stems.length;
    const shape = length === 1 ? 0.5 : length === 2 ? 2 : 2.1;
    const spread = Math.log2(1 + entry.sentences);
    const score = own * shape * (0.5 + spread / 2);
    if (own > 0)
      phrases.push({
        text: bestForm(entry.forms),
        stems: entry.stems,
        score,
        sentences: entry.sentences,
      });
  }
  return phrases.sort((a, b) => b.score - a.score || (a.text < b.text ? -1 : 1)).slice(0, 200);
}

/** How often each phrase stands in a longer one that is said more than once. */
function countNested(entries: readonly Entry[]): Map<string, number> {
  const nested = new Map<string, number>();
  for (const entry of entries) {
    if (entry.stems.length < 2 || entry.count < 2) continue;
    for (let from = 0; from < entry.stems.length; from += 1) {
      for (
        let size = 1;
        size < entry.stems.length && from + size <= entry.stems.length;
        size += 1
      ) {
        const key = entry.stems.slice(from, from + size).join(' ');
        nested.set(key, Math.max(nested.get(key) ?? 0, entry.count));
      }
    }
  }
  return nested;
}

function bestForm(forms: Map<string, number>): string {
  let best = '';
  let most = 0;
  for (const [form, count] of forms) {
    if (count > most) [best, most] = [form, count];
  }
  return best;
}

interface Word {
  text: string;
  lower: string;
  /** Where it stands in its clause. */
  index: number;
  clause: string;
}

/** Stretches of words without function words or punctuation between them. */
function runsOf(text: string, rules: TalkRules): Word[][] {
  const runs: Word[][] = [];
  for (const clause of text.split(/[.,;:!?"()—–。，、；：！？।؟،]|\s-\s/)) {
    let run: Word[] = [];
    for (const token of tokenize(clause)) {
      const lower = token.lower.replace(/'s$/, '');
      if (rules.isFunctionWord(lower) || rules.isFunctionWord(token.lower)) {
        if (run.length > 0) runs.push(run);
        run = [];
      } else run.push({ ...token, clause });
    }
    if (run.length > 0) runs.push(run);
  }
  return runs;
}

function add(
  entries: Map<string, Entry>,
  words: Word[],
  sentence: number,
  { people, rules }: { people: ReadonlySet<string>; rules: TalkRules },
): void {
  if (!namesSubject(words, people, rules)) return;
  const stems = words.map((word) => stemOf(word.lower));
  if (new Set(stems).size < stems.length) return;
  const key = stems.join(' ');
  const entry = entries.get(key) ?? { forms: new Map(), stems, count: 0, sentences: 0, last: -1 };
  const form = formOf(words).replaceAll('’', "'");
  const name = /\p{Lu}/u.test(form) ? form : form.toLowerCase();
  entry.forms.set(name, (entry.forms.get(name) ?? 0) + 1);
  entry.count += 1;
  if (entry.last !== sentence) entry.sentences += 1;
  entry.last = sentence;
  entries.set(key, entry);
}

/** True for a run of words that can be what a talk is about. */
function namesSubject(
  words: readonly Word[],
  people: ReadonlySet<string>,
  rules: TalkRules,
): boolean {
  const [first] = words;
  const last = words.at(-1);
  if (!first || !last || rules.isCommonWord(last.lower) || rules.isCommonWord(first.lower))
    return false;
  if (words.slice(1, -1).some((word) => rules.isCommonWord(word.lower))) return false;
  if (letterCount(last.lower) < 3) return false;
  if (words.some((word) => people.has(word.lower.replace(/'s$/, '')))) return false;
  return rules.isSubject(words.map(({ lower }) => lower));
}

/** The words as they are written together: scripts without spaces get none. */
function formOf(words: readonly Word[]): string {
  const [first] = words;
  const last = words.at(-1);
  if (!first || !last) return '';
  return isUnspaced(first.text)
    ? first.clause.slice(first.index, last.index + last.text.length)
    : words.map((word) => word.text).join(' ');
}
