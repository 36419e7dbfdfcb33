/**
 * Runs the rule engine over the dialogues and the real meetings and prints what it made of them for
 * a reader. Ends with 1 where a claim lacks its source.
 */
import { createRuleEngine } from '../src/understanding/rules/rule-engine.ts';
import type {
  Understanding,
  UnderstandingInput,
} from '../src/understanding/understanding-engine.ts';
import {
  loadDialogues,
  scoreUnderstanding,
  toUnderstandingInput,
} from '../test/fixtures/dialogues.ts';
import { checkEvidence } from '../test/fixtures/evidence.ts';
import { loadMeetings } from '../test/fixtures/meetings.ts';

const engine = createRuleEngine();
const { signal } = new AbortController();
let claims = 0;
let withoutSource = 0;

function print(name: string, input: UnderstandingInput, result: Understanding): void {
  const report = checkEvidence(result, input.segments);
  claims += report.claims;
  withoutSource += report.withoutSource.length;
  const show = (at: number | null): string => (at === null ? '-' : new Date(at).toISOString());
  console.log(
    `\n## ${name}: ${report.claims} claims, ${report.withoutSource.length} without source`,
  );
  if (result.discarded) {
    console.log('discarded');
    return;
  }
  console.log(`${result.emoji} ${result.title} [${result.category}]\n${result.overview}`);
  for (const item of result.actionItems) {
    console.log(
      `- ${item.description} | ${item.owner ?? '-'} | ${show(item.dueAt)} | ${item.segmentIds.join(' ')}`,
    );
  }
  for (const event of result.events) {
    console.log(
      `* ${event.title} | ${show(event.start)} | ${event.durationMinutes} min | ${event.segmentIds.join(' ')}`,
    );
  }
  for (const memory of result.memories) {
    console.log(`= ${memory.content} | ${memory.segmentIds.join(' ')}`);
  }
  for (const claim of report.withoutSource) {
    console.log(
      `! ${claim.kind} without source: ${claim.text} (missing: ${claim.missing.join(', ')})`,
    );
  }
}

for (const dialogue of loadDialogues()) {
  const input = toUnderstandingInput(dialogue);
  const result = await engine.understand(input, signal);
  print(dialogue.name, input, result);
  const score = scoreUnderstanding(dialogue, result);
  for (const fact of score.missed) console.log(`  missed: ${fact}`);
  for (const claim of score.extra) console.log(`  extra: ${claim}`);
}
for (const { name, input } of loadMeetings())
  print(name, input, await engine.understand(input, signal));
console.log(`\n${claims} claims, ${withoutSource} without source`);
process.exitCode = withoutSource > 0 ? 1 : 0;
