import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/kernel/errors.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { createOpenAiLanguageModel } from '../../../src/llm/adapters/openai/openai-language-model.ts';
import type { LanguageModel, StructuredRequest } from '../../../src/llm/language-model.ts';
import { EMOTIONS } from '../../../src/model/conversations/emotion.ts';
import { answerTo, shortenAnswer } from '../../../src/understanding/emotion/emotion-answer.ts';
import { createEmotionReader } from '../../../src/understanding/emotion/emotion-reader.ts';
import { emotionOf, emotionOfSpeech } from '../../../src/understanding/emotion/emotion-rules.ts';
import { makeInput, speak } from '../../fixtures/understanding-input.ts';
import { OpenAiSimulator } from '../../simulators/openai-simulator.ts';

const never = new AbortController().signal;

const FELT: [string, string | null][] = [
  ["I'm so happy today!", 'joy'],
  ['I loved the concert, it was amazing.', 'joy'],
  ['I am not happy about this.', 'sadness'],
  ['I miss my grandmother, I cried all night.', 'sadness'],
  ["We lost the house, I'm heartbroken.", 'sadness'],
  ["Can't wait for the trip!!", 'excitement'],
  ["I'm really excited about the new job.", 'excitement'],
  ['I love you so much.', 'love'],
  ['Thank you so much, I really appreciate it.', 'gratitude'],
  ['I finally feel calm and at peace.', 'calm'],
  ['I never felt so relaxed.', 'calm'],
  ["Wow, I didn't expect that.", 'surprise'],
  ["I'm afraid of the exam.", 'fear'],
  ["I'm worried about tomorrow, I can't sleep.", 'fear'],
  ["I'm a little bit nervous.", 'fear'],
  ['My boss was angry and I got scared.', 'fear'],
  ["I hate this, I'm so mad at him.", 'anger'],
  ['this makes me so angry', 'anger'],
  ['This is so frustrating, the build keeps failing.', 'frustration'],
  ["Why is my flight always late? I'm sick of this airline.", 'frustration'],
  ["I'm not angry at all.", null],
  ["I'm afraid I can't come.", null],
  ['He was furious about it.', null],
  ['She is so happy.', null],
  ['It would be sad if it rained.', null],
  ['Are you happy?', null],
  ['Thanks, can you send me the report?', null],
  ['Great, nice, cool.', null],
  ['ok great thanks', null],
  ['What time is it?', null],
  ['The meeting is on Tuesday at ten.', null],
  ['Die Sitzung ist am Dienstag.', null],
  ['', null],
];

describe('emotion by rules', () => {
  it.each(FELT)('%s: %s', (text, emotion) => {
    expect(emotionOf(text)?.emotion ?? null).toBe(emotion);
  });

  it('is the same for the same words, and never surer than 1', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...FELT.map(([text]) => text)), { maxLength: 12 }),
        (texts) => {
          const felt = emotionOf(texts.join(' '));
          expect(emotionOf(texts.join(' '))).toEqual(felt);
          if (felt) expect(felt.score).toBeGreaterThanOrEqual(0.5);
          if (felt) expect(felt.score).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('is not decided by one word in an hour', () => {
    const talk = Array.from({ length: 300 }, (_, i) => ({
      id: `s${i}`,
      text: 'The report has a table on every page.',
    }));
    expect(emotionOfSpeech([...talk, { id: 'x', text: "I'm annoyed." }])).toBeNull();
    expect(emotionOfSpeech([{ id: 'x', text: "I'm annoyed." }])?.segmentIds).toEqual(['x']);
  });

  it('has an answer of at most 20 words to each', () => {
    for (const emotion of EMOTIONS) {
      const answer = answerTo(emotion);
      expect(shortenAnswer(answer)).toBe(answer);
    }
    const long = shortenAnswer('One two three. '.repeat(10));
    expect(long.split(' ')).toHaveLength(18);
    expect(shortenAnswer('word '.repeat(40)).split(' ')).toHaveLength(20);
  });
});

function modelThat(answer: (request: StructuredRequest<unknown>) => unknown): LanguageModel {
  return {
    model: 'some-model',
    generateStructured: (request, signal) => {
      signal.throwIfAborted();
      return Promise.resolve().then(() => ({
        value: request.schema.parse(answer(request)),
        model: 'some-model',
        inputTokens: 1,
        outputTokens: 1,
      }));
    },
    check: () => Promise.resolve(),
  };
}

const input = makeInput([
  speak('s1', 'Bo', "I'm furious, I hate this, how dare they."),
  speak('s2', 'Anna', 'I am so happy that we did it.', { isUser: true }),
  speak('s3', 'Anna', 'It was a good day.', { isUser: true }),
]);
const felt = { emotion: 'love', score: 0.9, lines: [2, 2, 7], answer: 'Wie schön.' };

describe('reading the emotion of a conversation', () => {
  it("hears the user's own words alone", async () => {
    const read = createEmotionReader({ modelFor: () => null, logger: silentLogger });
    expect(await read(input, never)).toEqual({
      emotion: 'joy',
      score: expect.any(Number),
      segmentIds: ['s2'],
      engine: 'rules',
      answer: answerTo('joy'),
    });
    expect(await read(makeInput(input.segments.slice(0, 1)), never)).toBeNull();
  });

  it('asks the model where there is one, with nothing of the others', async () => {
    let sent = '';
    const languageModel = modelThat((request) => {
      sent = request.input;
      return felt;
    });
    const read = createEmotionReader({ modelFor: () => languageModel, logger: silentLogger });
    expect(await read({ ...input, language: 'de' }, never)).toEqual({
      emotion: 'love',
      score: 0.9,
      segmentIds: ['s3'],
      engine: 'model',
      answer: 'Wie schön.',
    });
    expect(sent).toContain('Write in: de');
    expect(sent).toContain('[1] I am so happy');
    expect(sent).not.toContain('furious');
  });

  it.each([
    ['nothing is felt', { ...felt, emotion: 'none' }],
    ['it is not sure', { ...felt, score: 0.4 }],
    ['it names no line that exists', { ...felt, lines: [9] }],
  ])('finds nothing where %s', async (_, answer) => {
    const read = createEmotionReader({
      modelFor: () => modelThat(() => answer),
      logger: silentLogger,
    });
    expect(await read(input, never)).toBeNull();
  });

  it('is done by the rules where the model fails, and ends where that was asked for', async () => {
    const languageModel = modelThat(() => {
      throw new AppError('provider-quota', 'The quota is used up.');
    });
    const read = createEmotionReader({ modelFor: () => languageModel, logger: silentLogger });
    expect(await read(input, never)).toMatchObject({ emotion: 'joy', engine: 'rules' });
    const ended = createEmotionReader({
      modelFor: () => modelThat(() => felt),
      logger: silentLogger,
    });
    await expect(async () => ended(input, AbortSignal.abort())).rejects.toThrow();
  });

  it('asks in a form that model servers take', async () => {
    const simulator = await OpenAiSimulator.start();
    simulator.answerNext({ ...felt, lines: [1] });
    const { baseUrl } = simulator;
    const server = { apiKey: null, baseUrl, model: 'm', timeoutMs: 10_000, logger: silentLogger };
    const languageModel = createOpenAiLanguageModel(server);
    const read = createEmotionReader({ modelFor: () => languageModel, logger: silentLogger });
    expect(await read(input, never)).toMatchObject({ engine: 'model', segmentIds: ['s2'] });
    await simulator.close();
  });

  it('keeps within what a call may hold, with what shows most in it', async () => {
    let sent = '';
    const languageModel = modelThat((request) => {
      sent = request.input;
      return { ...felt, lines: [1] };
    });
    const read = createEmotionReader({ modelFor: () => languageModel, logger: silentLogger });
    const words = Array.from({ length: 2_000 }, (_, i) =>
      speak(`w${i}`, 'Anna', `Row ${i} of the table has a number in it.`, { isUser: true }),
    );
    words[1_500] = speak('sad', 'Anna', 'I miss her so much, I cried.', { isUser: true });
    await read(makeInput(words), never);
    expect(sent.length).toBeLessThan(30_000);
    expect(sent).toContain('I miss her so much');
    expect(sent).toContain('Row 1991 ');
    expect(sent).toContain('Row 1 ');
  });
});
