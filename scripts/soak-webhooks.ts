import { Command } from 'commander';
import { parseCount } from '../src/cli/parse-option.ts';
import { setup as buildFirst } from '../test/build-first.ts';
import { runWebhookSoak } from '../test/e2e/crash/webhook-soak.ts';

const APPS = 50;

const [deliveries, kills] = new Command('npm run soak:webhooks --')
  .description(
    'Sends webhooks to a receiver that resets, hangs, floods, redirects and refuses, while the server is killed again and again. Fails unless every event is delivered under one id and is in the log.',
  )
  .argument('[deliveries]', 'how many', parseCount(1, 10_000_000), 10_000)
  .argument('[kills]', 'how often the server is killed', parseCount(0, 10_000), 20)
  .parse().processedArgs as [number, number];
buildFirst();
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
