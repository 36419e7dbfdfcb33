import { AppError, toAppError } from '../kernel/errors.ts';
import type { Job } from '../model/jobs.ts';

/** Returns code and message of an error. An `AppError` holds no user data, so both may be stored. */
export function reasonOf(error: AppError): string {
  return `${error.code}: ${error.message}`;
}

export function jobFields(job: Pick<Job, 'kind' | 'uid' | 'subject'>): Record<string, unknown> {
  return { kind: job.kind, uid: job.uid, subject: job.subject };
}

/** Returns the fields to log for a thrown value. The message of an unknown error may quote user data. */
export function errorFields(thrown: unknown): Record<string, unknown> {
  const { code, message } = toAppError(thrown);
  if (thrown instanceof AppError || !(thrown instanceof Error)) return { code, message };
  const at = thrown.stack
    ?.split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 5);
  return { code, message, name: thrown.name, at };
}
