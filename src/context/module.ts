import type { UserEraser } from '../users/account-deletion.ts';

/** What one part of the product contributes to the whole. */
export interface Module<S extends object> {
  /** By the names under which other modules, routes and commands take them. */
  services: S;
  /** What removes a user's data that is not in the user's own documents, when an account is deleted. */
  erasers?: Partial<Record<EraserStage, readonly UserEraser[]>>;
}

/** `access` ends what could write the user's data anew, `account` is the user's account elsewhere. */
export type EraserStage = (typeof ERASER_STAGES)[number];
const ERASER_STAGES = ['access', 'data', 'account'] as const;

/** The services of the module that a function opens. */
export type ServicesFrom<F extends (...args: never[]) => unknown> =
  Awaited<ReturnType<F>> extends Module<infer S> ? S : never;

type ServicesOf<M extends readonly Module<object>[]> = M extends readonly [
  Module<infer S>,
  ...infer Rest extends readonly Module<object>[],
]
  ? S & ServicesOf<Rest>
  : unknown;

/** Returns several modules as one. */
export function joinModules<const M extends readonly Module<object>[]>(
  ...modules: M
): Module<ServicesOf<M> & object> {
  const erasersOf = (stage: EraserStage) =>
    modules.flatMap(({ erasers }) => erasers?.[stage] ?? []);
  return {
    services: Object.assign({}, ...modules.map(({ services }) => services)),
    erasers: {
      access: erasersOf('access'),
      data: erasersOf('data'),
      account: erasersOf('account'),
    },
  };
}

/** Returns the erasers of a module in the order in which they are called. */
export function erasersInOrder({ erasers = {} }: Module<object>): UserEraser[] {
  return ERASER_STAGES.flatMap((stage) => erasers[stage] ?? []);
}
