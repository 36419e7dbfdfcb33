import { AppError, toAppError } from '../../../kernel/errors.ts';

/** What the client throws, by the names of its errors: its messages may quote what was sent. */
const ERRORS: Record<string, () => AppError> = {
  PineconeAuthorizationError: () =>
    new AppError('provider-unauthorized', 'Pinecone refused the key: check PINECONE_API_KEY.'),
  PineconeNotFoundError: () =>
    new AppError(
      'provider-rejected',
      'Pinecone does not know the index: check PINECONE_INDEX_NAME, or PINECONE_HOST.',
    ),
  PineconeBadRequestError: () =>
    new AppError('provider-rejected', 'Pinecone refused what it was sent.'),
};

/** The client's error as ours; whatever is not known may go away again. */
export function toPineconeError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (!(error instanceof Error)) return toAppError(error);
  const known = ERRORS[error.name];
  if (known) return known();
  if (error.name === 'AbortError' || error.name === 'TimeoutError') {
    return new AppError('timeout', 'Pinecone did not answer in time.');
  }
  return new AppError('provider-unavailable', `Pinecone is not to be reached (${error.name}).`);
}

export function isNotFound(error: unknown): boolean {
  return error instanceof Error && error.name === 'PineconeNotFoundError';
}

export function isBadRequest(error: unknown): boolean {
  return error instanceof Error && error.name === 'PineconeBadRequestError';
}
