import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { chooseCut, crossValidate, cutsOf, fitWeights } from './evaluate/fit-weights.ts';
import { type LabelledCandidate, labelCandidates } from './evaluate/label-candidates.ts';

/** The precision that the threshold is chosen for. */
const PRECISION = 0.92;
const WORST = 40;
const TABLE = new URL('../src/understanding/rules/claims/claim-weights.json', import.meta.url);
const { print: isPrinting } = new Command('npm run eval:fit --')
  .description(
    'Fits the weights by which candidates of tasks and events are judged to the sets of eval/ that may be read, prints what a cross-validation over dialogues gives, and writes the table of weights.',
  )
  .option(
    '--print',
    'write nothing; show the weights and the candidates that are judged worst',
    false,
  )
  .parse()
  .opts<{ print: boolean }>();

function fit(kind: string, candidates: readonly LabelledCandidate[]) {
  const scored = crossValidate(candidates);
  // Single exchanges hold more of what only looks like a claim than talk does.
  const cuts = cutsOf(scored.filter(({ dialogue }) => !dialogue.startsWith('cases/')));
  const cut = chooseCut(cuts, PRECISION);
  const right = candidates.filter(({ isRight }) => isRight).length;
  console.log(`${kind}: ${candidates.length} candidates, ${right} right`);
  for (const { threshold, precision, recall } of cuts.filter((_, step) => step % 10 === 0)) {
    console.log(
      `  from ${threshold}: precision ${precision.toFixed(2)}, recall ${recall.toFixed(2)}`,
    );
  }
  console.log(
    `  chosen ${cut?.threshold}: precision ${cut?.precision.toFixed(2)}, recall ${cut?.recall.toFixed(2)}`,
  );
  const fitted = fitWeights(candidates);
  if (isPrinting) {
    const by = (name: string) => candidates.filter(({ features }) => features.includes(name));
    for (const [name, weight] of Object.entries(fitted.weights).sort(([, a], [, b]) => a - b)) {
      const all = by(name);
      console.log(`  ${weight} ${name} (${all.filter((c) => c.isRight).length} of ${all.length})`);
    }
    const off = ({ score, isRight }: { score: number; isRight: boolean }): number =>
      isRight ? 1 - score : score;
    for (const claim of scored.sort((a, b) => off(b) - off(a)).slice(0, WORST)) {
      const { score, isRight, dialogue, line } = claim;
      console.log(`  ${score.toFixed(2)} ${isRight ? 'right' : 'wrong'} ${dialogue}: ${line}`);
    }
  }
  return { bias: fitted.bias, threshold: cut?.threshold ?? 1, weights: fitted.weights };
}

const { tasks, events } = await labelCandidates();
const table = { tasks: fit('tasks', tasks), events: fit('events', events) };
if (!isPrinting) writeFileSync(TABLE, `${JSON.stringify(table, null, 2)}\n`);
