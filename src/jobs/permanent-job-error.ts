import { AppError, toAppError } from '../kernel/errors.ts';

/** Thrown by a job's handler where trying again cannot help: the job fails at once. */
export class PermanentJobError extends AppError {
  /** @param reason why; its code and message are what the user will see */
  constructor(reason: unknown) {
    const { code, message } = toAppError(reason);
    super(code, message, { cause: reason, retryable: false });
    this.name = 'PermanentJobError';
  }
}
