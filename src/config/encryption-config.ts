import type { Values } from './values.ts';

/** Bytes that a secret has at least. */
const MIN_SECRET_BYTES = 32;

/** What is wrong with the secrets that data is encrypted with. */
export function encryptionProblems(values: Values): string[] {
  const { ENCRYPTION_SECRET: secret, ENCRYPTION_SECRET_PREVIOUS: previous } = values;
  const problems: string[] = [];
  for (const [name, value] of Object.entries({
    ENCRYPTION_SECRET: secret,
    ENCRYPTION_SECRET_PREVIOUS: previous,
  })) {
    if (value !== null && Buffer.byteLength(value.reveal()) < MIN_SECRET_BYTES) {
      problems.push(`${name} has to have at least ${MIN_SECRET_BYTES} bytes.`);
    }
  }
  if (previous !== null && secret === null) {
    problems.push(
      'ENCRYPTION_SECRET_PREVIOUS is set, but has no effect without ENCRYPTION_SECRET.',
    );
  }
  return problems;
}
