import { spawnSync } from 'node:child_process';
import { Command } from 'commander';
import { subjectProblem } from './check/commit-subjects.ts';

/** The last commit before the rule had its present list of verbs. */
const BASE = 'd3dad12c696f8580b242da95529e2da077b86405';

new Command('npm run check:commits --')
  .description(
    'Checks the subjects of all commits since the rule holds: an imperative verb first, no full stop, at most 100 characters. Ends with 1 and the subjects that break the rule. Merges are left out.',
  )
  .parse();

function git(...args: string[]): { status: number | null; stdout: string } {
  return spawnSync('git', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}

if (git('merge-base', '--is-ancestor', BASE, 'HEAD').status !== 0) {
  console.log(`Commit subjects are not checked: ${BASE.slice(0, 7)} is not in this history.`);
} else {
  const { stdout } = git('log', '--no-merges', '--format=%h %s', `${BASE}..HEAD`);
  const commits = stdout.split('\n').filter((line) => line !== '');
  const wrong = commits.flatMap((line) => {
    const [hash = ''] = line.split(' ', 1);
    const subject = line.slice(hash.length + 1);
    const problem = subjectProblem(subject);
    return problem === null ? [] : [`${hash} "${subject}": ${problem}.`];
  });
  for (const line of wrong) console.error(line);
  console.log(`${commits.length} commit subjects, ${wrong.length} wrong.`);
  process.exitCode = wrong.length > 0 ? 1 : 0;
}
