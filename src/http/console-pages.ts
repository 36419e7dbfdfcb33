import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Where the build puts the console: `dist/console`, seen from `src/http` and from `dist/http`. */
export const CONSOLE_FOLDER = fileURLToPath(new URL('../../dist/console', import.meta.url));

/** First parts of paths that belong to the API: what is not found there is no page. */
const API_PATHS = /^\/(v\d+|docs|help|openapi\.json|metrics|mcp|\.well-known)(\/|$)/;
const YEAR_S = 31_536_000;

/**
 * The console needs no inline script or style, no frame and no other host. `connect-src` names the
 * sockets too, because older browsers do not count them to `'self'`.
 */
function contentSecurityPolicy(host: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    `connect-src 'self' ws://${host} wss://${host}`,
    "manifest-src 'self'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Sends the console's page; false if this request is not for a page, or there is no console. */
export type SendPage = (request: FastifyRequest, reply: FastifyReply) => boolean;

/**
 * Serves the files of the built console and returns what sends its page for the addresses inside
 * it. Does nothing if the console was not built. Must be called before the routes are registered.
 * @param basePath the path that the server is reached under, with a slash at both ends
 */
export function addConsole(app: FastifyInstance, folder: string, basePath: string): SendPage {
  const index = join(folder, 'index.html');
  if (!existsSync(index)) return () => false;
  const page = readFileSync(index, 'utf8').replace(
    '<base href="/" />',
    `<base href="${encodeURI(basePath)}" />`,
  );
  app.register(fastifyStatic, {
    root: folder,
    index: false,
    wildcard: false,
    preCompressed: true,
    cacheControl: false,
    globIgnore: ['index.html*', '**/*.br', '**/*.gz'],
    setHeaders: (response, path) => {
      const isHashed = path.includes('/assets/');
      response.header(
        'cache-control',
        isHashed ? `public, max-age=${YEAR_S}, immutable` : 'no-cache',
      );
    },
  });
  return (request, reply) => {
    if (!['GET', 'HEAD'].includes(request.method)) return false;
    const path = request.url.split('?')[0] ?? '';
    const wantsPage = request.headers.accept?.includes('text/html') === true;
    if (!wantsPage || API_PATHS.test(path)) return false;
    void reply
      .code(200)
      .type('text/html; charset=utf-8')
      .headers({
        'cache-control': 'no-cache',
        'content-security-policy': contentSecurityPolicy(request.host),
        'cross-origin-opener-policy': 'same-origin',
        'permissions-policy': 'microphone=(self)',
      })
      .send(page);
    return true;
  };
}
