/**
 * Holds what both engines claim against the segments that they cite, over the real meetings and the
 * project's dialogues, and prints precision and recall on the dialogues, whose facts are known. The
 * language model is the simulator of OpenAI: it makes answers from the transcript, takes a canned one
 * if test/fixtures/model-answers has it (with inventions in it), and is made to lie in a last run.
 * Ends with 1 if a claim lacks its source.
 */
import { existsSync, readFileSync } from 'node:fs';
import { Command } from 'commander';
import { silentLogger } from '../src/kernel/logger.ts';
import { createOpenAiLanguageModel } from '../src/llm/adapters/openai/openai-language-model.ts';
import { createModelEngine } from '../src/understanding/model/model-engine.ts';
import { createRuleEngine } from '../src/understanding/rules/rule-engine.ts';
import type {
  Understanding,
  UnderstandingEngine,
  UnderstandingInput,
} from '../src/understanding/understanding-engine.ts';
import {
  type Dialogue,
  loadDialogues,
  loadEverydayDialogues,
  loadFreshDialogues,
  loadHeldOutDialogues,
  measure,
  type Score,
  scoreUnderstanding,
  toUnderstandingInput,
} from '../test/fixtures/dialogues.ts';
import { checkEvidence } from '../test/fixtures/evidence.ts';
import { loadMeetings } from '../test/fixtures/meetings.ts';
import { OpenAiSimulator } from '../test/simulators/openai-simulator.ts';

const { show: isShown } = new Command('npm run evaluate:understanding --')
  .description(
    'Holds what both engines claim against the segments that they cite, over the real meetings and the dialogues of the tests, and prints precision and recall on the dialogues, whose facts are known. Ends with 1 if a claim lacks its source.',
  )
  .option('--show', 'print titles, overviews and claims for a reader', false)
  .parse()
  .opts<{ show: boolean }>();
const { signal } = new AbortController();
const simulator = await OpenAiSimulator.start();
const rules = createRuleEngine();
const model = createModelEngine(
  createOpenAiLanguageModel({
    apiKey: null,
    baseUrl: simulator.baseUrl,
    model: 'simulated',
    timeoutMs: 30_000,
    logger: silentLogger,
  }),
);
const totals = { claims: 0, withoutSource: 0 };

/** Understands, checks each claim, and prints a line, or all of it for a reader. */
async function check(
  label: string,
  engine: UnderstandingEngine,
  input: UnderstandingInput,
): Promise<Understanding> {
  const result = await engine.understand(input, signal);
  const report = checkEvidence(result, input.segments);
  totals.claims += report.claims;
  totals.withoutSource += report.withoutSource.length;
  console.log(
    `${engine.kind} | ${label}: ${report.claims} claims, ${report.withoutSource.length} without source`,
  );
  for (const { kind, text, missing } of report.withoutSource) {
    console.log(`  ! ${kind} without source: ${text} (missing: ${missing.join(', ')})`);
  }
  if (isShown && engine === rules) show(result);
  return result;
}

function show(result: Understanding): void {
  const time = (at: number | null): string => (at === null ? '-' : new Date(at).toISOString());
  if (result.discarded) {
    console.log('  discarded');
    return;
  }
  console.log(`  ${result.emoji} ${result.title} [${result.category}]\n  ${result.overview}`);
  for (const { description, owner, dueAt, segmentIds } of result.actionItems) {
    console.log(`  - ${description} | ${owner ?? '-'} | ${time(dueAt)} | ${segmentIds.join(' ')}`);
  }
  for (const { title, start, durationMinutes, segmentIds } of result.events) {
    console.log(`  * ${title} | ${time(start)} | ${durationMinutes} min | ${segmentIds.join(' ')}`);
  }
  for (const { content, segmentIds } of result.memories) {
    console.log(`  = ${content} | ${segmentIds.join(' ')}`);
  }
}

function printMeasure(label: string, scores: readonly Score[]): void {
  for (const [kind, { precision, recall, found, extra, missed }] of Object.entries(
    measure(scores),
  )) {
    console.log(
      `${label}, ${kind}: precision ${precision.toFixed(2)}, recall ${recall.toFixed(2)} (${found} found, ${extra} extra, ${missed} missed)`,
    );
  }
}

async function score(dialogue: Dialogue, engine: UnderstandingEngine): Promise<Score> {
  const result = await check(dialogue.name, engine, toUnderstandingInput(dialogue));
  const found = scoreUnderstanding(dialogue, result);
  if (isShown && engine === rules) {
    for (const fact of found.missed) console.log(`  missed: ${fact}`);
    for (const claim of found.extra) console.log(`  extra: ${claim}`);
  }
  return found;
}

const sets: [string, Dialogue[]][] = [
  ['dialogues the rules were made with', loadDialogues()],
  ['dialogues held out, then looked at', loadHeldOutDialogues()],
  ['dialogues of everyday talk, then looked at', loadEverydayDialogues()],
  ['dialogues whose claims no rule was changed for', loadFreshDialogues()],
];
const byRules = new Map<string, Score[]>();
const byCannedAnswers: Score[] = [];
for (const [label, dialogues] of sets) {
  const scores: Score[] = [];
  for (const dialogue of dialogues) {
    scores.push(await score(dialogue, rules));
    const canned = new URL(`../test/fixtures/model-answers/${dialogue.file}`, import.meta.url);
    const isCanned = existsSync(canned);
    if (isCanned) simulator.answerNext(JSON.parse(readFileSync(canned, 'utf8')));
    const found = await score(dialogue, model);
    if (isCanned) byCannedAnswers.push(found);
  }
  byRules.set(label, scores);
}
const meetings = loadMeetings();
for (const { name, input } of meetings) {
  await check(name, rules, input);
  await check(name, model, input);
}
// A model that invents claims: the engine has to drop them all.
simulator.fault = 'ungrounded';
for (const { name, input } of meetings)
  await check(`${name}, of a model that invents`, model, input);
await simulator.close();

for (const [label, scores] of byRules) printMeasure(`rules, ${label}`, scores);
printMeasure('model, canned answers with inventions in them', byCannedAnswers);
console.log(`${totals.claims} claims, ${totals.withoutSource} without source`);
process.exitCode = totals.withoutSource > 0 ? 1 : 0;
