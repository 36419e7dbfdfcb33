import { AppError, toAppError } from '../kernel/errors.ts';
import type { Job } from '../model/jobs.ts';

/** Code and message of an `AppError` hold nobody's words; what is unknown is `internal`. */
export function reasonOf(error: AppError): string {
  return `${error.code}: ${error.message}`;
}

export function jobFields(job: Pick<Job, 'kind' | 'uid' | 'subject'>): Record<string, unknown> {
  return { kind: job.kind, uid: job.uid, subject: job.subject };
}

/** What may be logged of anything thrown: an unknown error's message could quote its input. */
export function errorFields(thrown: unknown): Record<string, unknown> {
  const { code, message } = toAppError(thrown);
  if (thrown instanceof AppError || !(thrown instanceof Error)) return { code, message };
  const at = thrown.stack
    ?.split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 5);
  return { code, message, name: thrown.name, at };
}
