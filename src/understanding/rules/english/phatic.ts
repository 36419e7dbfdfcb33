import { parseNumber } from './dates/spoken-number.ts';

/** Cries, coughs and sung syllables, by their sound. */
const SOUND =
  /^(?:o+w|ouch|w?h?oops|yikes|phew|boo|a+r*gh|wow+|whoa+|yay|hurra[yh]|hooray|aha|ahem|eek|yuck|ugh|ew+|a+h+|o+h+|a?choo|atishoo|s+h+|shush|b+r+|g+r+|pf+t*|ps+t|ts+k|h+m+|mama|dada|peekaboo|(?:ha|he|ho|la|na|ba|da|di|dum)+|dee|doo|pom|pum|tum|tra|bop|bum)$/;
/** What stands between words and says nothing either, and how people are addressed. */
const PARTICLES = new Set(
  `ah aha and anyway bye but check cheers er erm good goodbye hello hi hiya hmm huh is it morning mhm mm no nope oh ok okay
  ooh right so sorry sure ta test testing thank thanks that then there too uh uh-huh um welcome well yeah yep yes yup you
  darling dear dude everybody everyone folks gentlemen guys honey ladies love mate pal pet sir sweetheart`.split(
    /\s+/,
  ),
);

/** True for an English word or sound that says nothing alone. Takes lower case. */
export function isParticle(lower: string): boolean {
  return PARTICLES.has(lower) || SOUND.test(lower);
}

/** True if words count from one, or down to one or zero: "one two three", "three two one". */
export function isCounting(words: readonly string[]): boolean {
  const numbers = words.map(parseNumber);
  const isUp = numbers.every((n, at) => n === 1 || (at > 0 && n === (numbers[at - 1] ?? 0) + 1));
  const isDown = numbers.every(
    (n, at) => n !== null && (at === 0 || n === (numbers[at - 1] ?? 0) - 1),
  );
  const last = numbers.at(-1) ?? null;
  return (
    numbers.length > 1 && (isUp || (numbers.length > 2 && isDown && last !== null && last < 2))
  );
}
