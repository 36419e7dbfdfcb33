import type { ItemToken, ItsFunction } from 'wink-nlp';

export interface TaggedWord {
  text: string;
  lower: string;
  /** Of the Universal Dependencies: VERB, NOUN, PROPN, ... */
  pos: string;
  /** The form of a dictionary, in lower case: `get` for "getting". */
  lemma: string;
  /** UTF-16 offset in the text. */
  index: number;
}

/** A noun with the determiner and adjectives before it, such as "your last three payslips". */
export interface NounPhrase {
  /** Without its determiner: "last three payslips". */
  text: string;
  /** Last word. */
  head: string;
  index: number;
  isPlural: boolean;
}

/** Returns the words of an English text with their parts of speech. */
export type Tag = (text: string) => TaggedWord[];

let loaded: Promise<Tag> | null = null;

/**
 * Loads the tagger (wink-nlp with its English model) when it is first needed: about 150 ms and 60 MB of
 * memory, then 0.06 ms a sentence.
 */
export function loadTagger(): Promise<Tag> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Tag> {
  const [{ default: winkNlp }, { default: model }] = await Promise.all([
    import('wink-nlp'),
    import('wink-eng-lite-web-model'),
  ]);
  const nlp = winkNlp(model, ['pos']);
  const { its } = nlp;
  return (text) => {
    const words: TaggedWord[] = [];
    let from = 0;
    nlp
      .readDoc(text)
      .tokens()
      .each((token: ItemToken) => {
        const said = token.out();
        const index = text.indexOf(said, from);
        if (index < 0) return;
        from = index + said.length;
        const pos = token.out(its.pos);
        const lemma = token.out(its.lemma as ItsFunction<string>);
        words.push({ text: said, lower: said.toLowerCase(), pos, lemma, index });
      });
    return words;
  };
}

const BEFORE_NOUN: ReadonlySet<string> = new Set(['ADJ', 'NUM', 'NOUN', 'PROPN']);
const DETERMINER =
  /^(?:the|an?|my|our|your|his|her|their|its|this|that|these|those|some|any|no|each|every|all|both|another)$/;

/** Words that the tagger takes for the end of a phrase, but that say when, or are its verb. */
const BORDER =
  /^(?:today|tomorrow|tonight|yesterday|(?:mon|tues|wednes|thurs|fri|satur|sun)day|expires?|ends?|starts?|needs?|looks?|leaks?|works?|left|broke)$/;

/** Returns the noun phrases of tagged words, in order. */
export function nounPhrases(words: readonly TaggedWord[]): NounPhrase[] {
  const phrases: NounPhrase[] = [];
  let run: TaggedWord[] = [];
  let isLed = false;
  const flush = (): void => {
    const noun = run.findLastIndex(({ pos }) => pos === 'NOUN' || pos === 'PROPN');
    // "The summary": behind an article the last word is the noun, whatever the tagger says.
    const last = noun < 0 && isLed ? run.length - 1 : noun;
    const kept = run.slice(0, last + 1);
    const [first] = kept;
    const head = kept.at(-1);
    if (first && head) {
      const text = kept
        .map((word) => word.text)
        .join(' ')
        .replace(/ (?=['’-])|(?<=-) /g, '');
      const isPlural = /(?:[^su]s|people|children|men|women)$/i.test(head.text);
      phrases.push({ text, head: head.lower, index: first.index, isPlural });
    }
    run = [];
    isLed = false;
  };
  for (const word of words) {
    if (DETERMINER.test(word.lower) || (run.length > 0 && BORDER.test(word.lower))) {
      flush();
      isLed = DETERMINER.test(word.lower);
    } else if (BEFORE_NOUN.has(word.pos) || (word.text === '-' && run.length > 0)) run.push(word);
    else flush();
  }
  flush();
  return phrases;
}
