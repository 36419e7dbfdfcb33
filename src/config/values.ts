import { AppError } from '../kernel/errors.ts';
import { type Environment, readVariables, type ValuesOf } from '../kernel/read-variables.ts';
import { OWN_VARIABLES } from './variables.ts';

/** The value of each variable that belongs to no provider. */
export type Values = ValuesOf<typeof OWN_VARIABLES>;

export type VariableName = keyof Values;

/**
 * Reads every variable that belongs to no provider.
 *
 * @throws AppError `invalid-configuration`, one that lists each variable that is wrong and what it
 *   may be; a value is never repeated
 */
export function readValues(env: Environment): Values {
  const problems: string[] = [];
  const values = readVariables(env, OWN_VARIABLES, problems);
  rejectProblems(problems);
  return values;
}

/** @throws AppError `invalid-configuration` if there is any problem, with all of them in one message */
export function rejectProblems(problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new AppError('invalid-configuration', `The configuration is wrong. ${problems.join(' ')}`);
}
