import { distance } from 'fastest-levenshtein';
import type { Environment } from '../kernel/read-variables.ts';

/** Names of this length and longer may differ by two letters. */
const LONG = 8;
/** Shorter names are too near to names of other programs. */
const MIN_LENGTH = 4;
/** Variables of other programs that are near to ours. */
const OTHERS = /^(?:FTP|ALL|SOCKS|RSYNC)_PROXY$/;

/**
 * Returns a sentence for each variable that is set, that nothing reads, and whose name is nearly one that
 * is read.
 *
 * @param known names of all variables that are read
 */
export function misspeltVariables(env: Environment, known: readonly string[]): string[] {
  const names = new Set(known);
  return Object.keys(env).flatMap((name) => {
    if (names.has(name) || !env[name] || OTHERS.test(name)) return [];
    const meant = nearestVariable(name, known);
    // The lower-case names of proxies are read too.
    if (meant === undefined || (name.toUpperCase() === meant && meant.endsWith('_PROXY')))
      return [];
    return [`${name} is set, but there is no such variable. Did you mean ${meant}?`];
  });
}

/** Returns the variable of which `name` is nearly the name. */
export function nearestVariable(name: string, known: readonly string[]): string | undefined {
  const upper = name.toUpperCase().replaceAll('-', '_');
  const near = known.filter((candidate) => isNear(name, upper, candidate));
  return near.sort((a, b) => distance(name, a) - distance(name, b))[0];
}

function isNear(name: string, upper: string, known: string): boolean {
  if (name.length < MIN_LENGTH || known.length < MIN_LENGTH) return false;
  if (upper === known) return true;
  // Lower-case variables belong to shells and tools.
  if (name !== upper) return false;
  return isSwapped(name, known) || isMistyped(name, known) || lacksWord(name, known);
}

/** True if a letter is wrong, missing or too much; of a long name two. */
function isMistyped(name: string, known: string): boolean {
  const allowed = Math.min(name.length, known.length) >= LONG ? 2 : 1;
  // Each start compares all variables of the environment with all that there are: lengths are cheap.
  if (Math.abs(name.length - known.length) > allowed) return false;
  return name.length > MIN_LENGTH && distance(name, known) <= allowed;
}

/** True if two neighbouring letters have changed places: `PROT`. */
function isSwapped(name: string, known: string): boolean {
  if (name.length !== known.length) return false;
  const at = [...name].findIndex((letter, i) => letter !== known[i]);
  return (
    at >= 0 &&
    name[at] === known[at + 1] &&
    name[at + 1] === known[at] &&
    name.slice(at + 2) === known.slice(at + 2)
  );
}

/** True if one word is missing: `OPENAI_KEY` for `OPENAI_API_KEY`. */
function lacksWord(name: string, known: string): boolean {
  if (name.length >= known.length) return false;
  const [words, all] = [name.split('_'), known.split('_')];
  if (words.length < 2 || words.length !== all.length - 1 || words[0] !== all[0]) return false;
  const missing = all.findIndex((word, i) => word !== words[i]);
  return all.toSpliced(missing, 1).join('_') === name;
}
