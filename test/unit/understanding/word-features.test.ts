import { describe, expect, it } from 'vitest';
import {
  beginningOf,
  grammarOf,
  kindsOf,
  namesOf,
  turnOf,
} from '../../../src/understanding/rules/english/claims/word-features.ts';
import type { Sentence } from '../../../src/understanding/rules/talk.ts';

const sentence = (text: string, speaker: string): Sentence => ({
  index: 0,
  text,
  words: text.split(' ').length,
  segmentIds: ['s0'],
  speaker,
  name: null,
  isUser: false,
  startMs: 0,
  question: text.endsWith('?'),
  broken: false,
});

describe('features of words', () => {
  it('know what a word may be about, in the singular and the plural', () => {
    expect(kindsOf('nouns', 'soup')).toContain('food');
    expect(kindsOf('nouns', 'dogs')).toEqual(kindsOf('nouns', 'dog'));
    expect(kindsOf('verbs', 'phone')).toContain('communication');
    expect(kindsOf('nouns', 'qwertz')).toEqual([]);
  });

  it('say how a text begins, whatever its case', () => {
    expect(beginningOf('reply', 'Yes, gladly.')).toEqual(['reply: yes', 'reply: yes gladly']);
    expect(beginningOf('reply', 'Sure')).toEqual(['reply: sure']);
    expect(beginningOf('reply', '...')).toEqual([]);
  });

  it('say what a sentence answers, and that a speaker goes on', () => {
    const asked = sentence('Who brings the salad?', 'a');
    const answer = sentence('I do.', 'b');
    expect(turnOf(answer, asked)).toEqual(['answers: who', 'answers: who brings']);
    expect(turnOf(asked, null)).toEqual(['goes on']);
    expect(turnOf(sentence('And the bread.', 'b'), answer)).toEqual(['goes on']);
  });

  it('name the words of grammar once each, and no others', () => {
    const names = grammarOf('said', 'If it rains, I would not go, not for the roses.');
    expect(names).toEqual(expect.arrayContaining(['said: if', 'said: would', 'said: not']));
    expect(new Set(names).size).toBe(names.length);
    expect(names).not.toContain('said: roses');
  });

  it('look at a bounded part of a text', () => {
    expect(grammarOf('said', `${'rose '.repeat(100)}if`)).toEqual([]);
    expect(beginningOf('reply', `${' '.repeat(200)}yes`)).toEqual([]);
  });

  it('name what holds of a table', () => {
    const table = {
      long: (text: string) => text.length > 3,
      asked: (text: string) => /\?$/.test(text),
    };
    expect(namesOf(table, 'why?')).toEqual(['long', 'asked']);
    expect(namesOf(table, 'so')).toEqual([]);
  });
});
