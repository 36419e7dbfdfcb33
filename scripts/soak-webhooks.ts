/**
 * Sends webhooks to a receiver that resets, hangs, floods, redirects and refuses, while the server is
 * killed again and again: `npm run build && npx tsx scripts/soak-webhooks.ts [DELIVERIES] [KILLS]`.
 * Fails unless every event is delivered under one id and is in the log.
 */
import { runWebhookSoak } from '../test/e2e/crash/webhook-soak.ts';

const APPS = 50;

const deliveries = Number(process.argv[2] ?? 10_000);
const kills = Number(process.argv[3] ?? 20);
const begun = Date.now();
const result = await runWebhookSoak({
  apps: APPS,
  conversations: Math.max(1, Math.round(deliveries / APPS)),
  kills,
  runMs: 6_000,
  limitMs: 60 * 60_000,
});
console.log(JSON.stringify({ ...result, kills, seconds: Math.round((Date.now() - begun) / 1000) }));
const { undelivered, missing, neverReceived, unknown, doubled, badSignatures } = result;
if (undelivered + missing + neverReceived + unknown + doubled + badSignatures > 0) {
  process.exitCode = 1;
}
