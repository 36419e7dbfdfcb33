import type { IncomingMessage } from 'node:http';
import type { onRequestHookHandler } from 'fastify';

/**
 * Lets the routes of GET take HEAD as well. Fastify would make a route of its own for it beside each, with lists of
 * hooks of its own: 400 routes more, for requests that hardly ever come. Only the router sees GET; hooks and handlers
 * see HEAD, and Node sends no body.
 */
export class HeadRequests {
  readonly #found = new WeakSet<IncomingMessage>();

  /**
   * Returns options of the server that let the router find GET.
   *
   * @param path what the router is to look up instead of a URL
   */
  serverOptions(path: (url: string) => string) {
    return {
      exposeHeadRoutes: false,
      rewriteUrl: (raw: IncomingMessage): string => {
        if (raw.method === 'HEAD') {
          raw.method = 'GET';
          this.#found.add(raw);
        }
        return path(raw.url ?? '/');
      },
    };
  }

  /** A hook; must be the first of all. */
  readonly restore: onRequestHookHandler = ({ raw }, _reply, done) => {
    if (this.#found.has(raw)) raw.method = 'HEAD';
    done();
  };
}
