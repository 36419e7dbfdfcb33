import { beforeEach, describe, expect, it } from 'vitest';
import { AppAnswers } from '../../../src/apps/app-answers.ts';
import type { App } from '../../../src/model/apps/app.ts';
import type { WebhookKind } from '../../../src/model/webhooks/webhook-endpoint.ts';

const app = { id: 'notes', name: 'Notes' } as App;
let said: string[];
let prompts: string[];

beforeEach(() => {
  said = [];
  prompts = [];
});

async function take(kind: WebhookKind, text: string, from: App | null = app): Promise<void> {
  const answers = new AppAnswers({
    messages: {
      add: async (_uid: string, _app: App | null, message: { text: string }) => {
        said.push(message.text);
      },
    } as never,
    proactive: {
      send: async (_uid: string, _app: App, request: { prompt: string }) => {
        prompts.push(request.prompt);
      },
    } as never,
  });
  await answers.take('ada', from, { kind, text, conversationId: null, eventId: 'e' });
}

describe('what an app answers', () => {
  it('is a message of any length about a conversation, and one of more than five characters live', async () => {
    await take('memory_creation', '{"message":" Hi "}');
    await take('transcript_processed', '{"message":"Five."}');
    await take('transcript_processed', '{"message":"Six..."}');
    await take('realtime_transcript', '{"message":"From my own"}', null);
    expect(said).toEqual(['Hi', 'Six...', 'From my own']);
  });

  it('may ask for a notification, to a live transcript and from an app alone', async () => {
    const text = '{"notification":{"prompt":"Warn.","params":["user_name"]}}';
    await take('transcript_processed', text);
    await take('memory_creation', text);
    await take('realtime_transcript', text, null);
    expect(prompts).toEqual(['Warn.']);
  });

  it.each([
    '',
    'null',
    '[]',
    '{}',
    'not JSON',
    '<html></html>',
    '{"message":""}',
    '{"message":5,"notification":"x"}',
    '{"message":{"text":"nested"}}',
    '{"notification":{"prompt":7}}',
    '{"notification":{"prompt":"x","params":"user_name"}}',
    `${'['.repeat(10_000)}`,
  ])('is passed over if it is %j', async (text) => {
    await take('transcript_processed', text);
    await take('memory_creation', text);
    expect([said, prompts]).toEqual([[], []]);
  });

  it('keeps its message if its notification is none', async () => {
    await take('transcript_processed', '{"message":"Keep this.","notification":{"prompt":7}}');
    expect([said, prompts]).toEqual([['Keep this.'], []]);
  });
});
