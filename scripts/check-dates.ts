/** Prints how many phrases of the table of dates the rules resolve as they are meant, and the others. */
import { resolvePhrases } from '../test/fixtures/resolved-phrases.ts';

const phrases = resolvePhrases();
const wrong = phrases.filter(({ isRight }) => !isRight);
for (const { text, zone, at, expected, actual } of wrong) {
  console.log(`${text} | ${at} ${zone} | ${expected.join(', ')} | ${actual.join(', ')}`);
}
const right = phrases.length - wrong.length;
console.log(
  `${right} of ${phrases.length} phrases right (${((100 * right) / phrases.length).toFixed(1)} %)`,
);
process.exitCode = wrong.length > 0 ? 1 : 0;
