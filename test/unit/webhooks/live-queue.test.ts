import { expect, it } from 'vitest';
import { deferred } from '../../../src/kernel/deferred.ts';
import { LiveQueue } from '../../../src/webhooks/live-queue.ts';
import type { ResolvedEndpoint } from '../../../src/webhooks/webhook-endpoints.ts';

const endpoint = {} as ResolvedEndpoint;

it('sends one request at a time and joins what comes meanwhile, the newest of each key', async () => {
  const gate = deferred();
  const sent: string[][] = [];
  const queue = new LiveQueue<string>({
    endpoint,
    max: 10,
    send: async (items) => {
      sent.push(items);
      await gate.promise;
      return { isDelivered: true, status: 200 };
    },
  });
  queue.add('1', 'a');
  queue.flush();
  queue.add('2', 'b');
  queue.add('3', 'c');
  queue.add('2', 'b more');
  queue.flush();
  expect(sent).toEqual([['a']]);
  gate.resolve();
  await queue.idle();
  queue.flush();
  await queue.idle();
  expect(sent).toEqual([['a'], ['c', 'b more']]);
  expect(queue.takeCounts()).toEqual({ sent: 2, failed: 0, dropped: 0, lastStatus: 200 });
  expect(queue.takeCounts()).toBeNull();
});

it('drops the oldest if too much waits, and counts it', async () => {
  const sent: number[][] = [];
  const queue = new LiveQueue<number>({
    endpoint,
    max: 2,
    send: async (items) => {
      sent.push(items);
      return { isDelivered: false, status: 500 };
    },
  });
  for (const n of [1, 2, 3, 4, 5]) queue.add(String(n), n);
  queue.flush();
  await queue.idle();
  expect(sent).toEqual([[4, 5]]);
  expect(queue.takeCounts()).toEqual({ sent: 0, failed: 1, dropped: 3, lastStatus: 500 });
});
