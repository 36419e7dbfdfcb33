import type { Values } from './values.ts';

/** Minimum length of a secret, bytes. */
const MIN_SECRET_BYTES = 32;

/** Returns what is wrong with the encryption secrets, as sentences. */
export function encryptionProblems(values: Values): string[] {
  const { ENCRYPTION_SECRET: secret, ENCRYPTION_SECRET_PREVIOUS: previous } = values;
  const problems: string[] = [];
  for (const [name, value] of Object.entries({
    ENCRYPTION_SECRET: secret,
    ENCRYPTION_SECRET_PREVIOUS: previous,
  })) {
    if (value !== null && Buffer.byteLength(value.reveal()) < MIN_SECRET_BYTES) {
      problems.push(`${name} must have at least ${MIN_SECRET_BYTES} bytes.`);
    }
  }
  if (previous !== null && secret === null) {
    problems.push(
      'ENCRYPTION_SECRET_PREVIOUS is set, but has no effect without ENCRYPTION_SECRET.',
    );
  }
  return problems;
}
