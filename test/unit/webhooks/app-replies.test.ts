import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Conversation } from '../../../src/model/conversations/conversation.ts';
import { webhookDeliveries } from '../../../src/model/webhooks/webhook-delivery.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { AppReplies } from '../../../src/webhooks/app-replies.ts';
import { makeDelivery } from '../../../src/webhooks/webhook-announcements.ts';
import type { ResolvedEndpoint } from '../../../src/webhooks/webhook-endpoints.ts';
import { openTestStore } from '../../harness/test-store.ts';

let store: DocumentStore;
let close: () => Promise<void>;

beforeEach(async () => {
  ({ store, close } = await openTestStore());
});
afterEach(() => close());

const ended = { id: 'c1', status: 'completed', discarded: false } as Conversation;
const neverGone = new AbortController().signal;

/** Replies of the apps `names`; the one of an app is named after its delivery. */
function repliesOf(names: readonly string[], waitMs = 20) {
  const endpoints = names.map((name) => ({ id: name, app: { id: name } }) as ResolvedEndpoint);
  return new AppReplies({
    reader: store,
    endpoints: { listActive: async () => endpoints },
    messages: { find: async (_uid, eventId) => ({ text: `from ${eventId}` }) as never },
    waitMs,
  });
}

async function deliver(
  endpointId: string,
  parts: { tries: number; state: 'waiting' | 'delivered' },
) {
  const delivery = makeDelivery(
    endpointId,
    { id: endpointId, kind: 'memory_creation', subject: 'c1', ...parts },
    1,
  );
  await store.transact((tx) => tx.put(webhookDeliveries, 'ada', delivery));
}

describe('what apps say to a conversation', () => {
  it('is returned once each app was asked, in the order of the apps', async () => {
    await deliver('second', { tries: 1, state: 'waiting' });
    await deliver('first', { tries: 1, state: 'delivered' });
    const found = await repliesOf(['first', 'second'], 60_000).collect('ada', ended, neverGone);
    expect(found.map(({ text }) => text)).toEqual(['from first', 'from second']);
  });

  it('is waited for in bounds if an app hangs', async () => {
    await deliver('quick', { tries: 1, state: 'delivered' });
    await deliver('hangs', { tries: 0, state: 'waiting' });
    const found = await repliesOf(['quick', 'hangs']).collect('ada', ended, neverGone);
    expect(found.map(({ text }) => text)).toEqual(['from quick']);
  });

  it('is waited for no longer than the client does', async () => {
    const gone = new AbortController();
    const collecting = repliesOf(['hangs'], 60_000).collect('ada', ended, gone.signal);
    gone.abort();
    expect(await collecting).toEqual([]);
  });

  it('is not waited for if no app is told of the conversation', async () => {
    const none = repliesOf([], 60_000);
    expect(await none.collect('ada', ended, neverGone)).toEqual([]);
    const some = repliesOf(['hangs'], 60_000);
    expect(await some.collect('ada', { ...ended, discarded: true }, neverGone)).toEqual([]);
    expect(await some.collect('ada', { ...ended, status: 'processing' }, neverGone)).toEqual([]);
  });
});
