import { cooperativeLoop } from '../src/understanding/rules/cooperative-loop.ts';
import { scoreOf } from '../src/understanding/rules/claims/claim-score.ts';
import { readTalk } from '../src/understanding/rules/rule-engine.ts';
import { findTaskCandidates } from '../src/understanding/rules/tasks/task-candidates.ts';
import { readSet, toInput, turnsOf, type EvalDialogue } from './evaluate/read-sets.ts';
import { claimsOf } from './evaluate/score-claims.ts';
import { fitWeights, type LabelledCandidate } from './evaluate/fit-weights.ts';
import { emptyUnderstanding } from '../src/understanding/rules/rule-engine.ts';
import { existsSync } from 'node:fs';
import { loadDialogues, loadEverydayDialogues, loadFreshDialogues, loadHeldOutDialogues, toUnderstandingInput } from '../test/fixtures/dialogues.ts';
import type { UnderstandingInput } from '../src/understanding/understanding-engine.ts';
import { DateTime } from 'luxon';

const SETS = ['fresh','everyday','street/seen','street/read','small-talk/seen','small-talk/read','households/read','exchanges'];
const each = cooperativeLoop(new AbortController().signal);
interface Labelled { id: string; set: string; input: UnderstandingInput; tasks: string[]; events: string[] }
const talks: Labelled[] = [];
for (const name of SETS) {
  if (!existsSync(new URL(`../eval/${name}`, import.meta.url))) continue;
  for (const d of readSet(name).dialogues) talks.push({ id: `${name}/${d.id}`, set: name, input: toInput(turnsOf(d), d.me, d.at, d.language), tasks: d.tasks, events: d.events });
}
for (const d of [...loadDialogues(), ...loadHeldOutDialogues(), ...loadEverydayDialogues(), ...loadFreshDialogues()]) {
  const local = (iso: string | null) => iso === null ? '-' : DateTime.fromISO(iso, { zone: d.timeZone }).setZone('Europe/Berlin').toFormat("yyyy-MM-dd'T'HH:mm");
  talks.push({ id: d.file, set: 'tests', input: toUnderstandingInput(d), tasks: d.facts.actionItems.map((t) => `${t.owner ?? '-'} | ${local(t.due)} | ${t.mustContain.join(' ')}`), events: d.facts.events.map((e) => `${local(e.start)} | ${e.mustContain.join(' ')}`) });
}
const rows: LabelledCandidate[] = [];
for (const talk of talks) {
  const { context, language } = await readTalk(talk.input, each);
  if (!language.isEnglish) continue;
  for (const { claim, features } of await findTaskCandidates(context, each)) {
    const [c] = claimsOf({ ...emptyUnderstanding(), actionItems: [claim] }).tasks;
    if (!c) continue;
    const meets = (line: string): boolean => {
      const [who = '', when = '', words = ''] = line.replace(/^\? /, '').split(' | ');
      return c.meets(line.replace(/^\? /, '')) || (claim.dueAt === null && c.meets(`${who} | * | ${words}`));
    };
    const needed = talk.tasks.some((l) => !l.startsWith('? ') && meets(l));
    if (!needed && talk.tasks.some((l) => l.startsWith('? ') && meets(l))) continue;
    rows.push({ dialogue: talk.id, set: talk.set, line: c.line, features, isRight: needed });
  }
}
console.log(rows.length, rows.filter((r) => r.isRight).length, 'right');
for (const set of new Set(rows.map((r) => r.set))) console.log(set, rows.filter((r) => r.set === set).length, rows.filter((r) => r.set === set && r.isRight).length);
const ids = [...new Set(rows.map((r) => r.dialogue))];
const hash = (s: string) => [...s].reduce((h, c) => (h * 31 + c.charCodeAt(0)) >>> 0, 7) % 10;
const scored: { row: LabelledCandidate; p: number }[] = [];
for (let fold = 0; fold < 10; fold++) {
  const fitted = fitWeights(rows.filter((r) => hash(r.dialogue) !== fold));
  for (const row of rows.filter((r) => hash(r.dialogue) === fold)) scored.push({ row, p: scoreOf(row.features, { ...fitted, threshold: 0 }) });
}
for (const t of [0.3, 0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95]) {
  const over = scored.filter((s) => s.p >= t); const right = over.filter((s) => s.row.isRight).length;
  console.log(t, 'precision', (right / over.length).toFixed(2), 'recall', (right / rows.filter((r) => r.isRight).length).toFixed(2), right, over.length - right);
}
const all = fitWeights(rows);
if (process.argv.includes('-v')) {
  console.log(Object.entries(all.weights).sort((a, b) => a[1] - b[1]).map(([k, v]) => `${v} ${k} (${rows.filter((r) => r.features.includes(k) && r.isRight).length}/${rows.filter((r) => r.features.includes(k)).length})`).join('\n'), all.bias);
  for (const s of scored.filter((s) => !s.row.isRight).sort((a, b) => b.p - a.p).slice(0, 70)) console.log('NEG', s.p.toFixed(2), s.row.dialogue, s.row.line);
  for (const s of scored.filter((s) => s.row.isRight).sort((a, b) => a.p - b.p).slice(0, 40)) console.log('POS', s.p.toFixed(2), s.row.dialogue, s.row.line, '|', s.row.features.join(', '));
}
