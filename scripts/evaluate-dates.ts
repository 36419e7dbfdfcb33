import { Command } from 'commander';
import {
  DATE_PHRASES,
  type DatePhrases,
  FRESH_DATE_PHRASES,
} from '../test/fixtures/date-phrases.ts';
import { resolvePhrases } from '../test/fixtures/resolved-phrases.ts';

new Command('npm run evaluate:dates --')
  .description(
    'Prints how many phrases of the tables of dates the rules resolve as they are meant, and the others. Ends with 1 if one of the first table is wrong.',
  )
  .parse();

function check(name: string, table: readonly DatePhrases[]): number {
  const phrases = resolvePhrases(table);
  const wrong = phrases.filter(({ isRight }) => !isRight);
  for (const { text, zone, at, expected, actual } of wrong) {
    console.log(`${text} | ${at} ${zone} | ${expected.join(', ')} | ${actual.join(', ')}`);
  }
  const right = phrases.length - wrong.length;
  const share = ((100 * right) / phrases.length).toFixed(1);
  console.log(`${name}: ${right} of ${phrases.length} phrases right (${share} %)`);
  return wrong.length;
}

process.exitCode = check('table', DATE_PHRASES) > 0 ? 1 : 0;
check('written afterwards', FRESH_DATE_PHRASES);
