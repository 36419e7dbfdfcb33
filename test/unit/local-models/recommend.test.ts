import { describe, expect, it } from 'vitest';
import { languagesOf, modelAdvice } from '../../../src/cli/models/model-advice.ts';
import { CATALOGUE } from '../../../src/local-models/catalogue/catalogue.ts';
import { estimatedMemory, recommendModel, suits } from '../../../src/local-models/recommend.ts';

const GIGABYTE = 2 ** 30;
const SMALL = { cores: 1, memoryBytes: GIGABYTE };
const USUAL = { cores: 4, memoryBytes: 8 * GIGABYTE };
const BIG = { cores: 16, memoryBytes: 64 * GIGABYTE };

describe('recommendModel', () => {
  it.each([SMALL, USUAL, BIG])('takes a model that the machine %j can run', (machine) => {
    const model = recommendModel(machine, ['en']);
    expect(model?.task).toBe('streaming-speech');
    expect(model?.languages.length === 0 || model?.languages.includes('en')).toBe(true);
    if (model === null) throw new Error('No model.');
    expect(suits(model, machine)).toBe(true);
    expect(estimatedMemory(model)).toBeLessThan(machine.memoryBytes * 0.4);
  });

  it('takes English if nobody has said what is spoken, and forgets regions', () => {
    const english = recommendModel(USUAL, ['en']);
    expect(recommendModel(USUAL, [])).toBe(english);
    expect(recommendModel(USUAL, ['en-GB'])).toBe(english);
  });

  it('takes the model that serves the most of the languages, or the first of them', () => {
    const served = (languages: string[], machine = USUAL) =>
      recommendModel(machine, languages)?.languages;
    expect(served(['de', 'en'])).toEqual(['de']);
    expect(served(['en', 'de'])).toEqual(['en']);
    expect(served(['de', 'tlh'])).toEqual(['de']);
    // One that knows many languages, and is large.
    expect(served(['de', 'en'], BIG)).toEqual([]);
  });

  it('finds none for a language that no suitable model knows', () => {
    expect(recommendModel(USUAL, ['tlh'])).toBeNull();
  });

  it('finds none for a machine without memory', () => {
    expect(recommendModel({ cores: 4, memoryBytes: 1e8 }, ['en'])).toBeNull();
  });

  it('has models for files too', () => {
    expect(recommendModel(USUAL, ['en'], 'file-speech')?.task).toBe('file-speech');
  });
});

describe('the advice of doctor and of the first start', () => {
  it('names the command, the model, its size and the machine', () => {
    const model = recommendModel(USUAL, ['en']);
    expect(modelAdvice(['en'], USUAL)).toMatch(
      new RegExp(
        `^To hear without a vendor: omi-backend models pull +\\(${model?.id}, \\d+ MB; suits this machine: 4 cores, 8 GB\\)$`,
      ),
    );
  });

  it('says so if no model suits', () => {
    expect(modelAdvice(['tlh'], SMALL)).toBe(
      'No model of the list suits this machine (1 core, 1 GB) and tlh; all of them: omi-backend models list',
    );
  });

  it("goes by the users' languages, else by that of the terminal", () => {
    expect(languagesOf([])).toHaveLength(1);
    const user = { language: 'de', languages: ['de', 'fr'] };
    expect(languagesOf([user, user])).toEqual(['de', 'fr']);
  });
});

describe('the catalogue', () => {
  it('names each model once, with a source for its licence', () => {
    const ids = CATALOGUE.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { licence, files } of CATALOGUE) {
      expect(licence.source).toMatch(/^https:\/\//);
      expect(files.length).toBeGreaterThan(0);
    }
  });
});
