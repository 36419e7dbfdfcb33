import { AppError, toAppError } from '../kernel/errors.ts';

/** Thrown by a handler if a retry cannot help: the job fails at once. */
export class PermanentJobError extends AppError {
  /** @param reason its code and message are shown to the user */
  constructor(reason: unknown) {
    const { code, message } = toAppError(reason);
    super(code, message, { cause: reason, retryable: false });
    this.name = 'PermanentJobError';
  }
}
