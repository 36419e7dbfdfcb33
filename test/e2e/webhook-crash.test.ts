import { expect, it } from 'vitest';
import { runWebhookSoak } from './crash/webhook-soak.ts';

it('delivers every event under one id, though the server is killed and the receiver fails', async () => {
  const result = await runWebhookSoak({
    apps: 4,
    conversations: 10,
    kills: 3,
    runMs: 1_500,
    limitMs: 120_000,
  });
  expect(result).toMatchObject({
    deliveries: 40,
    undelivered: 0,
    missing: 0,
    neverReceived: 0,
    unknown: 0,
    doubled: 0,
    badSignatures: 0,
  });
  expect(result.requests).toBeGreaterThan(40);
}, 180_000);
