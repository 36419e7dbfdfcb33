/** The server has refused a request. */
export class OmiError extends Error {
  readonly status: number;
  /** Stable; docs/errors.md lists them. */
  readonly code: string;

  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.name = 'OmiError';
    this.status = status;
    this.code = code;
  }
}

/** Returns the refusal of a response that is not ok. */
export async function refusalOf(response: Response): Promise<OmiError> {
  return refusalIn(response.status, await response.text());
}

/** Returns the refusal that a response with this status and body is. */
export function refusalIn(status: number, body: string): OmiError {
  try {
    return readRefusal(status, JSON.parse(body));
  } catch {
    // Not JSON: a page of a proxy, or the plain text of a fault.
    return readRefusal(status, null);
  }
}

/** Returns the refusal with this status and the parsed JSON of its body. */
export function readRefusal(status: number, body: unknown): OmiError {
  const { code, detail } = (typeof body === 'object' && body !== null ? body : {}) as {
    code?: unknown;
    detail?: unknown;
  };
  return new OmiError(
    status,
    typeof code === 'string' ? code : 'unknown',
    typeof detail === 'string' ? detail : `The server returned ${status}.`,
  );
}
