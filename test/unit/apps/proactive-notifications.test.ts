import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppMessages } from '../../../src/apps/app-messages.ts';
import { ProactiveNotifications } from '../../../src/apps/proactive-notifications.ts';
import { AppError } from '../../../src/kernel/errors.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import type { LanguageModel } from '../../../src/llm/language-model.ts';
import { makeUser, users } from '../../../src/model/accounts/user.ts';
import { type App, appSchema } from '../../../src/model/apps/app.ts';
import { makeMessage, messages } from '../../../src/model/chat/message.ts';
import { GLOBAL } from '../../../src/model/collection.ts';
import type { Conversation } from '../../../src/model/conversations/conversation.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { breakableCache } from '../../fixtures/breakable-cache.ts';
import { HeldClock } from '../../harness/held-clock.ts';
import { openTestStore } from '../../harness/test-store.ts';

let store: DocumentStore;
let close: () => Promise<void>;
let clock: HeldClock;
/** What the model was given. */
let inputs: string[];
/** What the model writes; an error is thrown. */
let answer: string | AppError;
let questions: string[];

beforeEach(async () => {
  ({ store, close } = await openTestStore());
  clock = new HeldClock();
  inputs = [];
  questions = [];
  answer = 'Bring an umbrella, Ada.';
  const user = makeUser({ id: 'ada', createdAt: 1, name: 'Ada' });
  await store.transact((tx) => tx.create(users, GLOBAL, user));
});
afterEach(() => close());

function proactive(hasModel = true): ProactiveNotifications {
  const model = {
    generateStructured: async ({ input }: { input: string }) => {
      inputs.push(input);
      if (answer instanceof AppError) throw answer;
      return { value: { content: answer } };
    },
  } as unknown as LanguageModel;
  return new ProactiveNotifications({
    store,
    cache: breakableCache(clock).cache,
    messages: new AppMessages({ store, clock }),
    modelFor: () => (hasModel ? model : null),
    search: async (_uid, question) => {
      questions.push(question);
      const structured = { title: 'Roof', overview: 'It leaks.' };
      return [
        { isLocked: false, structured },
        { isLocked: true, structured: { title: 'Locked', overview: 'Locked' } },
      ] as Conversation[];
    },
    logger: silentLogger,
  });
}

function makeApp(parts: Partial<App> = {}): App {
  return appSchema.parse({
    id: 'weather',
    name: 'Weather',
    description: '',
    capabilities: ['external_integration', 'proactive_notification'],
    proactiveNotification: { scopes: ['user_name'] },
    createdAt: 1,
    ...parts,
  });
}

async function said(appId = 'weather'): Promise<string[]> {
  const filters = { appId, chatSessionId: null };
  const { items } = await store.query(messages, 'ada', { query: 'recent', filters, limit: 10 });
  return items.map(({ text }) => text);
}

describe('a proactive notification', () => {
  it('is written by the prompt of the app, filled with what the app may know alone', async () => {
    const request = {
      prompt: 'Warn {{user_name}}. {{user_facts}} {{user_chat}}',
      params: ['user_name', 'user_facts'],
    };
    await proactive().send('ada', makeApp(), request, 'e1');
    expect(inputs).toEqual(['Warn Ada. {{user_facts}} {{user_chat}}']);
    expect(await said()).toEqual(['Bring an umbrella, Ada.']);
  });

  it('is filled with conversations that fit the question, and with the chat with the app', async () => {
    const message = makeMessage({ id: 'm', text: 'Will it rain?', createdAt: 1, sender: 'human' });
    await store.transact((tx) => tx.put(messages, 'ada', { ...message, appId: 'weather' }));
    const request = {
      prompt: '{{user_context}}|{{user_chat}}',
      params: ['user_context', 'user_chat'],
      context: { question: 'What about the roof?' },
    };
    const scopes = ['user_context', 'user_chat'];
    await proactive().send('ada', makeApp({ proactiveNotification: { scopes } }), request, 'e1');
    expect(questions).toEqual(['What about the roof?']);
    expect(inputs).toEqual(['Roof\nIt leaks.|human: Will it rain?']);
  });

  it('comes once in 30 seconds from one app', async () => {
    const notifications = proactive();
    const request = { prompt: 'Warn.', params: [] };
    await notifications.send('ada', makeApp(), request, 'e1');
    await notifications.send('ada', makeApp(), request, 'e2');
    await notifications.send('ada', makeApp({ id: 'other' }), request, 'e3');
    expect([await said(), await said('other')]).toEqual([[answer], [answer]]);
    clock.advance(30_001);
    await notifications.send('ada', makeApp(), request, 'e4');
    expect(await said()).toHaveLength(2);
  });

  it('is not written without the capability, a prompt or a model', async () => {
    const request = { prompt: 'Warn.', params: [] };
    const plain = makeApp({ capabilities: ['external_integration'] });
    await proactive().send('ada', plain, request, 'e1');
    await proactive().send('ada', makeApp(), { ...request, prompt: ' ' }, 'e2');
    await proactive(false).send('ada', makeApp(), request, 'e3');
    expect([inputs, await said()]).toEqual([[], []]);
  });

  it('is left out if the model fails or has nothing to say', async () => {
    answer = 'No.';
    await proactive().send('ada', makeApp(), { prompt: 'Warn.', params: [] }, 'e1');
    answer = new AppError('provider-unavailable', 'out');
    await proactive().send('ada', makeApp(), { prompt: 'Warn.', params: [] }, 'e2');
    expect(inputs).toHaveLength(2);
    expect(await said()).toEqual([]);
  });

  it('says so if the prompt is too long, without asking the model', async () => {
    const prompt = 'x'.repeat(128_001);
    await proactive().send('ada', makeApp(), { prompt, params: [] }, 'e1');
    expect(inputs).toEqual([]);
    expect(await said()).toEqual([
      'The notification of Weather was not written: its prompt is too long.',
    ]);
  });
});
