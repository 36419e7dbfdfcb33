import {
  type Environment,
  readVariables,
  type ValuesOf,
  type Variables,
} from './read-variables.ts';
import type { Secret } from './secret.ts';

/** Settings of the server that more than one engine depends on. */
export interface SharedSettings {
  /** Absolute path of the data directory. */
  dataDir: string;
  /** True if nothing may leave this machine. */
  isPrivate: boolean;
  /** Google Cloud's project; null: what the machine's credentials say. */
  googleProjectId: string | null;
  /** Key of a Google service account, JSON. */
  serviceAccountJson: Secret | null;
  hasEmbeddingModel: boolean;
}

/**
 * Everything that the server must know of an engine behind a port (a document store, a cache …)
 * before it loads its code. Configuration, documents and the list of choices are derived from it.
 *
 * - `V` the variables that only this engine reads
 * - `S` what `open` needs besides the options of the port
 * - `O` the options of the port
 * - `P` the port
 * - `T` what callers may ask of the engine before it is open
 */
export interface EngineSettings<V extends Variables, S extends object, O, P, T> {
  /** Value of the variable that chooses the engine: `sqlite` for `STORE=sqlite`. */
  name: string;
  /** Heading of its variables in the documents. */
  title: string;
  variables: V;
  /** Variables that may be left over from Omi's backend: a notice says that they have no effect. */
  noticed: readonly (keyof V & string)[];
  traits: T;
  /**
   * Returns what `open` needs, for the engine that is chosen. What is missing or not allowed is
   * added to `problems`, as sentences; the result is then not used.
   */
  read(values: ValuesOf<V>, shared: SharedSettings, problems: string[]): S | null;
  /** Loads the engine's code and opens it. */
  open(settings: S, options: O): Promise<P>;
}

/** The engine that is chosen. */
export interface ConfiguredEngine<O, P, T> {
  readonly name: string;
  /** What was read, for display and for tests; keys are masked. */
  readonly settings: object;
  readonly traits: T;
  open(options: O): Promise<P>;
}

/** An engine as the rest of the server sees it; the types of its settings stay inside. */
export interface EngineDescriptor<O, P, T> {
  readonly name: string;
  readonly title: string;
  readonly variables: Variables;
  /** Reads the variables. Values that are not allowed are added to `refused`. */
  read(env: Environment, refused: string[]): ReadEngine<O, P, T>;
}

/** What the environment says about an engine, chosen or not. */
export interface ReadEngine<O, P, T> {
  readonly name: string;
  /** Names of the noticed variables that are set. */
  readonly noticed: readonly string[];
  /** Returns the engine if it is chosen; null if anything was added to `problems`. */
  configure(shared: SharedSettings, problems: string[]): ConfiguredEngine<O, P, T> | null;
}

/** Returns the descriptor of an engine from its settings. */
export function describeEngine<V extends Variables, S extends object, O, P, T>(
  declared: EngineSettings<V, S, O, P, T>,
): EngineDescriptor<O, P, T> {
  const { name, title, variables, traits } = declared;
  return {
    name,
    title,
    variables,
    read: (env, refused) => {
      const values = readVariables(env, variables, refused);
      return {
        name,
        noticed: declared.noticed.filter((variable) => env[variable]?.trim()),
        configure: (shared, problems) => {
          const settings = declared.read(values, shared, problems);
          return (
            settings && {
              name,
              settings,
              traits,
              open: (options) => declared.open(settings, options),
            }
          );
        },
      };
    },
  };
}
