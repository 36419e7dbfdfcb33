/** See `node-problem.js`; for its test, which is typed. */
export function versionProblem(version?: string): string | null;
