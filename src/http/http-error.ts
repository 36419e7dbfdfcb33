/** A refusal that only HTTP knows (405, 410, 415 …). Business refusals are `AppError`. */
export class HttpError extends Error {
  readonly statusCode: number;
  readonly detail: string | Record<string, unknown>;

  /** @param detail the body's `detail`, as the client reads it */
  constructor(statusCode: number, detail: string | Record<string, unknown>) {
    super(typeof detail === 'string' ? detail : 'The request was refused.');
    this.name = 'HttpError';
    this.statusCode = statusCode;
    this.detail = detail;
  }
}
