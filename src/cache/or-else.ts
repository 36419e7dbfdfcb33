/** Returns the result of a call to the cache, or `otherwise` if it failed; `ResilientCache` logs that. */
export async function orElse<R, O>(call: Promise<R>, otherwise: O): Promise<R | O> {
  try {
    return await call;
  } catch {
    return otherwise;
  }
}
