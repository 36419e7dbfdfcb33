import { timingSafeEqual } from 'node:crypto';

/** Compares two secrets as texts. The time that it takes does not tell how much of them is the same. */
export function isSameSecret(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
