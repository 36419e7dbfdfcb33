import type { Variable } from './variable.ts';

/** The environment as text; only `readEnvironment` makes one from the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Environment variables by name. */
export type Variables = Readonly<Record<string, Variable<unknown>>>;

/** The value of each variable, with the type that the variable declares. */
export type ValuesOf<V extends Variables> = {
  [N in keyof V]: V[N] extends Variable<infer T> ? T : never;
};

/** Returns the text of a variable; undefined if it is not set or is set to nothing. */
export function textOf(env: Environment, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

/**
 * Reads the given variables. Each value that is not allowed adds one sentence to `problems`, which
 * names the variable and what is allowed but never the value. If `problems` grew, do not use the
 * result: the values that were refused are missing.
 */
export function readVariables<V extends Variables>(
  env: Environment,
  variables: V,
  problems: string[],
): ValuesOf<V> {
  const values: Record<string, unknown> = {};
  for (const [name, variable] of Object.entries(variables)) {
    const result = variable.schema.safeParse(textOf(env, name) ?? variable.fallback);
    if (result.success) values[name] = result.data;
    else problems.push(...result.error.issues.map((issue) => `${name} ${issue.message}.`));
  }
  return values as ValuesOf<V>;
}
