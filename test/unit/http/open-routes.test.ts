import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildHttpApp } from '../../../src/http/app.ts';
import { buildRoutes, type RouteServices } from '../../../src/http/build-routes.ts';
import { metricsRoutes } from '../../../src/http/metrics-routes.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { mcpRoutes } from '../../../src/mcp/mcp-routes.ts';

/** Stands for every service: routes are only registered here, none is called. */
const anything: unknown = new Proxy(() => anything, {
  get: (_target, name) => {
    if (name === Symbol.toPrimitive) return () => 'http://localhost';
    if (name === 'publicUrl') return null;
    return name === 'then' || name === Symbol.iterator ? undefined : anything;
  },
  apply: () => anything,
});

/** Every route that the server registers for a caller without sign-in, as `GET /v1/health`. */
async function openRoutes(): Promise<string[]> {
  const app = buildHttpApp({
    ...{ logger: silentLogger, userApiKeys: null, corsOrigins: [], health: async () => ({}) },
    verifier: { verify: async () => null } as never,
    routes: [
      ...buildRoutes(anything as RouteServices),
      metricsRoutes({ contentType: 'text/plain', render: async () => '', token: null }),
      mcpRoutes(anything as never),
    ],
  });
  const found: string[] = [];
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.public !== true) return;
    for (const name of [method].flat()) if (name !== 'HEAD') found.push(`${name} ${url}`);
  });
  await app.ready();
  await app.close();
  return [...new Set(found.map((route) => route.replace(/:(\w+)/g, '{$1}')))].sort();
}

describe('SECURITY.md', () => {
  const text = readFileSync(new URL('../../../SECURITY.md', import.meta.url), 'utf8');
  const listed = [...text.matchAll(/`((?:GET|POST|PUT|PATCH|DELETE|OPTIONS) \/[^`]*)`/g)].flatMap(
    ([, route]) => route ?? [],
  );

  it('names every route that is open, and no other', async () => {
    expect(
      listed.filter((route) => !/ \/(docs|help|openapi|asyncapi|$)/.test(route)).sort(),
    ).toEqual(await openRoutes());
  });

  it('names the pages that are open', () => {
    for (const page of ['/', '/docs', '/help', '/openapi.json'])
      expect(listed).toContain(`GET ${page}`);
  });
});
