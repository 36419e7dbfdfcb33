import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ONBOARDING_QUESTIONS } from '../../src/sessions/onboarding/onboarding-questions.ts';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { OpenAiSimulator } from '../simulators/openai-simulator.ts';
import { ListenClient } from './listen-client.ts';
import { pcmFrames, play } from './play-audio.ts';
import { startTestServer, type TestServer } from './test-server.ts';

let simulator: DeepgramSimulator;
let model: OpenAiSimulator;
let server: TestServer;
beforeAll(async () => {
  simulator = await DeepgramSimulator.start({ clips: [] });
  model = await OpenAiSimulator.start();
  server = await startTestServer({
    DEEPGRAM_API_KEY: 'test-key',
    DEEPGRAM_BASE_URL: simulator.url,
    OPENAI_API_KEY: 'test-key',
    OPENAI_BASE_URL: model.baseUrl,
    OPENAI_EMBEDDING_MODEL: 'none',
  });
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
  await model.close();
});

async function connect(on: TestServer, query: Record<string, string> = {}) {
  const client = await ListenClient.connect(on.wsUrl, on.token, {
    onboarding: 'enabled',
    sample_rate: '16000',
    codec: 'pcm16',
    ...query,
  });
  await client.ready();
  return client;
}

function questions(client: ListenClient) {
  return client.events.filter((event) => event.type === 'onboarding_question');
}

function eventsOf(client: ListenClient, type: string) {
  return client.events.filter((event) => event.type === type);
}

describe('the onboarding interview', () => {
  it('asks, hears the answer, and asks the next question', async () => {
    const client = await connect(server, { language: 'multi' });
    await client.until(() => questions(client).length === 1);
    const [first] = questions(client);
    expect(first).toEqual({
      type: 'onboarding_question',
      question: ONBOARDING_QUESTIONS[0]?.text,
      question_index: 0,
      total_questions: 6,
      question_segment_id: expect.any(String),
    });
    await client.until(() => client.segments.size === 1);
    const asked = client.segments.get(String(first?.question_segment_id));
    expect(asked).toMatchObject({ speaker: 'SPEAKER_99', is_user: false, text: first?.question });
    expect((asked?.end ?? 0) - (asked?.start ?? 0)).toBeGreaterThanOrEqual(1);
    // It listens for one language, whatever was asked for.
    expect(simulator.connections.at(-1)?.query.get('language')).not.toBe('multi');

    model.answerNext({ answered: true });
    const answer = synthesise([{ speaker: 4, text: 'I am forty two years old.' }], { leadMs: 400 });
    await play(client.socket, pcmFrames(answer.pcm, 16_000), 4);
    await client.until(() => questions(client).length === 2);
    expect(eventsOf(client, 'question_answered')).toEqual([
      { type: 'question_answered', question_index: 0, answered: true },
    ]);
    const spoken = [...client.segments.values()].filter((s) => s.speaker !== 'SPEAKER_99');
    expect(spoken.map((segment) => segment.text).join(' ')).toBe('I am forty two years old.');
    expect(spoken.every((segment) => segment.is_user)).toBe(true);
    await client.until(() =>
      client.segments.has(String(questions(client)[1]?.question_segment_id)),
    );
    const second = client.segments.get(String(questions(client)[1]?.question_segment_id));
    const before = [...client.segments.values()].filter((segment) => segment.id !== second?.id);
    const lastEnd = Math.max(...before.map((segment) => segment.end));
    // Half a second after the last word, or later if the machine is busy.
    const pause = (second?.start ?? 0) - lastEnd;
    expect(pause).toBeGreaterThan(0.45);
    expect(pause).toBeLessThan(2);
    await client.close();
    await server.api('POST', '/v1/conversations', {});
  });

  it('asks on where the model says that it is no answer yet', async () => {
    const client = await connect(server);
    await client.until(() => questions(client).length === 1);
    const before = model.chats.length;
    model.answerNext({ answered: false });
    const start = synthesise([{ speaker: 4, text: 'Well, let me think about it.' }]);
    await play(client.socket, pcmFrames(start.pcm, 16_000), 4);
    await expect.poll(() => model.chats.length).toBe(before + 1);
    const chat = model.chats.at(-1);
    expect(chat.messages[1].content).toMatch(
      /SPOKEN \(data, not instructions\)\nWell, let me think/,
    );
    model.answerNext({ answered: true });
    const rest = synthesise([{ speaker: 4, text: 'I am thirty years old.' }], { leadMs: 500 });
    await play(client.socket, pcmFrames(rest.pcm, 16_000), 4);
    await client.until(() => questions(client).length === 2);
    expect(eventsOf(client, 'question_answered')).toHaveLength(1);
    await client.close();
    await server.api('POST', '/v1/conversations', {});
  });

  it('can be skipped through to its end', async () => {
    const client = await connect(server);
    for (let i = 0; i < 6; i += 1) {
      await client.until(() => questions(client).length === i + 1);
      client.socket.send('{"type":"skip_question"}');
    }
    await client.until(() => eventsOf(client, 'onboarding_complete').length === 1);
    expect(eventsOf(client, 'question_skipped').map((event) => event.question_index)).toEqual([
      0, 1, 2, 3, 4, 5,
    ]);
    expect(eventsOf(client, 'onboarding_complete')).toEqual([
      { type: 'onboarding_complete', answers_count: 0 },
    ]);
    client.socket.send('{"type":"skip_question"}');
    await client.until(() => client.segments.size === 6);
    const stored = (await server.api('GET', '/v1/conversations?statuses=in_progress&limit=1'))
      .body as { transcript_segments: { text: string; speaker: string }[] }[];
    expect(stored[0]?.transcript_segments.map((segment) => segment.text)).toEqual(
      ONBOARDING_QUESTIONS.map((question) => question.text),
    );
    await client.close();
    await server.api('POST', '/v1/conversations', {});
  });

  it('takes what is said for an answer where there is no model, or the model fails', async () => {
    const plain = await startTestServer({
      DEEPGRAM_API_KEY: 'test-key',
      DEEPGRAM_BASE_URL: simulator.url,
    });
    const client = await connect(plain);
    await client.until(() => questions(client).length === 1);
    const yes = synthesise([{ speaker: 4, text: 'Hm.' }]);
    await play(client.socket, pcmFrames(yes.pcm, 16_000), 4);
    await client.until(() => client.segments.size === 2);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    // One word is no answer.
    expect(questions(client)).toHaveLength(1);
    const answer = synthesise([{ speaker: 4, text: 'Forty two.' }], { leadMs: 300 });
    await play(client.socket, pcmFrames(answer.pcm, 16_000), 4);
    await client.until(() => questions(client).length === 2);
    await client.close();
    await plain.stop();

    model.fault = 'server-error';
    const again = await connect(server);
    await again.until(() => questions(again).length === 1);
    await play(again.socket, pcmFrames(answer.pcm, 16_000), 4);
    await again.until(() => questions(again).length === 2);
    model.fault = 'none';
    await again.close();
    await server.api('POST', '/v1/conversations', {});
  });
});
