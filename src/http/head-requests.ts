import type { onRequestHookHandler } from 'fastify';

/** What Node and Fastify's `inject` know of a request. */
interface RawRequest {
  method?: string | undefined;
}

/**
 * Lets the routes of GET take HEAD as well. Fastify would make a route of its own for it beside each, with lists of
 * hooks of its own: 400 routes more, for requests that hardly ever come. Only the router sees GET; hooks and handlers
 * see HEAD, and Node sends no body.
 */
export class HeadRequests {
  readonly #found = new WeakSet<RawRequest>();

  /** Must be called before the route is looked up. */
  findAsGet(raw: RawRequest): void {
    if (raw.method !== 'HEAD') return;
    raw.method = 'GET';
    this.#found.add(raw);
  }

  /** A hook; must be the first of all. */
  readonly restore: onRequestHookHandler = ({ raw }, _reply, done) => {
    if (this.#found.has(raw)) raw.method = 'HEAD';
    done();
  };
}
