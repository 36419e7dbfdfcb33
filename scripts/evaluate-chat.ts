import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { loadRetrievalFigures } from '../test/fixtures/meeting-questions.ts';

new Command('npm run evaluate:chat --')
  .description(
    'Asks the questions of the real meetings without a language model and prints how often the passages that are quoted lie in the spans that people marked as relevant, with chance level beside it. Reads the meetings from OMI_DATA_DIR.',
  )
  .parse();
const directory = await mkdtemp(path.join(tmpdir(), 'chat-retrieval-'));
try {
  const figures = await loadRetrievalFigures(directory);
  if (figures) {
    for (const { meeting, question, rank } of figures.questions) {
      console.log(`${rank === null ? '  -' : `  ${rank}`}  ${meeting}: ${question}`);
    }
    const show = (share: number) => `${(share * 100).toFixed(0)} %`;
    const { hitAt1, hitAt5, chanceAt1, chanceAt5, meetings } = figures;
    console.log(
      `${figures.questions.length} questions, ${meetings} meetings in one store: ` +
        `hit@1 ${show(hitAt1)} (chance ${show(chanceAt1)}), hit@5 ${show(hitAt5)} (chance ${show(chanceAt5)})`,
    );
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}
