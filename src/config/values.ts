import { AppError } from '../kernel/errors.ts';
import type { Variable } from './variable.ts';
import { VARIABLE_GROUPS } from './variables.ts';

/** The environment as text; only `readEnvironment` makes one from the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

type Group = (typeof VARIABLE_GROUPS)[keyof typeof VARIABLE_GROUPS]['variables'];
type NamesOf<G> = G extends unknown ? keyof G : never;
type VariableOf<G, N> = G extends unknown ? (N extends keyof G ? G[N] : never) : never;

export type VariableName = NamesOf<Group>;

/** Each variable's value, typed as the table types it. */
export type Values = {
  [N in VariableName]: VariableOf<Group, N> extends Variable<infer T> ? T : never;
};

/** The text of a variable; undefined where it is not set, or is set to nothing. */
export function textOf(env: Environment, name: VariableName): string | undefined {
  return env[name]?.trim() || undefined;
}

/**
 * Reads every variable of the table. Throws one `invalid-configuration` that lists each variable
 * that is wrong and what it may be; a value is never repeated.
 */
export function readValues(env: Environment): Values {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const group of Object.values(VARIABLE_GROUPS)) {
    for (const [name, variable] of Object.entries<Variable<unknown>>(group.variables)) {
      const result = variable.schema.safeParse(
        textOf(env, name as VariableName) ?? variable.fallback,
      );
      if (result.success) values[name] = result.data;
      else problems.push(...result.error.issues.map((issue) => `${name} ${issue.message}.`));
    }
  }
  rejectProblems(problems);
  return values as Values;
}

/** Throws where there is any problem, with all of them in one message. */
export function rejectProblems(problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new AppError('invalid-configuration', `The configuration is wrong. ${problems.join(' ')}`);
}
