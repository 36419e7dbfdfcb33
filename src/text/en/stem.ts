/**
 * Returns a light English stem: possessive, plural, "-ing", "-ed" and a final "e" or "y" are cut
 * off, so that "lives", "living" and "live" are one. It joins the forms of a word and is not meant
 * to be read. Words of other languages mostly stay as they are.
 *
 * @param lower a word in lower case
 */
export function stem(lower: string): string {
  let word = lower.replace(/'s$/, '').replaceAll("'", '');
  if (word.length <= 3) return word;
  if (/(?:ch|sh|ss|x|z)es$/.test(word)) word = word.slice(0, -2);
  else if (word.length > 4 && word.endsWith('ies')) word = `${word.slice(0, -3)}y`;
  else if (/[^su]s$/.test(word)) word = word.slice(0, -1);
  if (/[a-z]{3}ing$/.test(word)) word = undouble(word.slice(0, -3));
  else if (/[a-z]{2}[^e]ed$/.test(word)) word = undouble(word.slice(0, -2));
  return word.length > 3 ? word.replace(/[ey]$/, '') : word;
}

function undouble(word: string): string {
  return /([bdgkmnprt])\1$/.test(word) ? word.slice(0, -1) : word;
}
