import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Context } from '../../src/context.ts';
import { VERSION } from '../../src/kernel/version.ts';
import { Metrics } from '../../src/server/metrics.ts';
import { fillTemplate } from './chart-template.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CHART = join(ROOT, 'deploy', 'helm', 'omi-backend');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const settings = new Set(
  [...read('docs/configuration.md').matchAll(/^\| `(\w+)`/gm)].flatMap(([, name]) => name ?? []),
);

describe('the compose file of one server', () => {
  const { services, volumes } = parse(read('deploy/compose.tls.yaml'));

  it('gives the server no right to change anything but its data', () => {
    expect(services.server).toMatchObject({
      read_only: true,
      security_opt: ['no-new-privileges:true'],
      cap_drop: ['ALL'],
      volumes: ['data:/data'],
    });
    expect(services.server.ports).toBeUndefined();
  });

  it('lets Caddy alone be reached, for the name of PUBLIC_URL', () => {
    expect(services.caddy.ports).toEqual(['80:80', '443:443', '443:443/udp']);
    expect(services.server.environment.PUBLIC_URL).toMatch(/^https:\/\/\$\{DOMAIN/);
    expect(read('deploy/Caddyfile')).toMatch(
      /^\{\$DOMAIN\} \{[\s\S]*reverse_proxy \{\$SERVER:server:8000\}/m,
    );
  });

  it('uses settings, files and volumes that exist', () => {
    const names = Object.keys(services.server.environment);
    expect(names.filter((name) => !settings.has(name))).toEqual([]);
    expect(Object.keys(volumes)).toEqual(['data', 'caddy-data', 'caddy-config']);
    expect(services.caddy.volumes[0]).toBe('./Caddyfile:/etc/caddy/Caddyfile:ro');
  });
});

describe('the container', () => {
  const copied = copiedFiles(read('Dockerfile'));

  it('is built for two processors', () => {
    expect(read('deploy/docker-bake.hcl')).toContain('["linux/amd64", "linux/arm64"]');
  });

  it('is built from files that exist and that .dockerignore lets in', () => {
    const allowed = [...read('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, path]) => path ?? '');
    expect(copied.length).toBeGreaterThan(10);
    expect(copied.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    const isAllowed = (path: string) =>
      allowed.some((name) => path === name || path.startsWith(`${name}/`));
    expect(copied.filter((path) => !isAllowed(path))).toEqual([]);
  });

  it('has every file that the build reads', () => {
    const names = read('bin/build-if-stale.js').match(/(?<=')[\w./-]+\.json(?=')/g) ?? [];
    expect(names).toContain('tsconfig.client.json');
    expect(
      [...new Set(names)].filter((name) => existsSync(join(ROOT, name)) && !copied.includes(name)),
    ).toEqual([]);
  });

  it('has the version of the package', () => {
    expect(read('Dockerfile')).toContain(`image.version="${VERSION}"`);
  });
});

describe('the chart', () => {
  const values = parse(readFileSync(join(CHART, 'values.yaml'), 'utf8'));
  const chart = parse(readFileSync(join(CHART, 'Chart.yaml'), 'utf8'));
  const fill = (name: string, changes: object = {}) =>
    parse(
      fillTemplate(readFileSync(join(CHART, 'templates', name), 'utf8'), {
        Values: { ...values, ...changes },
        Release: { Name: 'omi' },
        Chart: { AppVersion: chart.appVersion },
      }),
    );

  it('has the version of the package', () => {
    expect([chart.version, chart.appVersion]).toEqual([VERSION, VERSION]);
  });

  it('runs one server without rights, on a volume', () => {
    const { spec } = fill('statefulset.yaml');
    expect(spec.replicas).toBe(1);
    const [server] = spec.template.spec.containers;
    expect(server.image).toBe(`omi-backend:${VERSION}`);
    expect(server.securityContext).toEqual({
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
    expect(spec.template.spec.securityContext.runAsNonRoot).toBe(true);
    expect(server.resources.limits.memory).toBe('2Gi');
    expect(server.envFrom).toBeUndefined();
    expect(spec.volumeClaimTemplates[0].spec.resources.requests.storage).toBe('20Gi');
  });

  it('passes on what is set', () => {
    const { spec } = fill('statefulset.yaml', {
      publicUrl: 'https://omi.example.com',
      env: { PRIVATE: true, LOG_LEVEL: 'warn' },
      existingSecret: 'keys',
    });
    const [server] = spec.template.spec.containers;
    const env = Object.fromEntries(
      server.env.map(({ name, value }: { name: string; value: string }) => [name, value]),
    );
    expect(env).toMatchObject({
      ...{ PUBLIC_URL: 'https://omi.example.com', PRIVATE: 'true', LOG_LEVEL: 'warn' },
    });
    expect(Object.keys(env).filter((name) => !settings.has(name))).toEqual([]);
    expect(server.envFrom).toEqual([{ secretRef: { name: 'keys' } }]);
  });

  it('leads the service and the ingress to the server', () => {
    const labels = fill('statefulset.yaml').spec.template.metadata.labels;
    const service = fill('service.yaml');
    expect(labels).toMatchObject(service.spec.selector);
    expect(fill('ingress.yaml')).toBeNull();
    const ingress = fill('ingress.yaml', { ingress: { ...values.ingress, enabled: true } });
    const [rule] = ingress.spec.rules;
    expect(rule.http.paths[0].backend.service).toEqual({ name: 'omi', port: { name: 'http' } });
    expect(service.spec.ports[0].name).toBe('http');
  });
});

describe('the dashboard', () => {
  it('asks for metrics that the server has', async () => {
    const { panels } = JSON.parse(read('deploy/grafana-dashboard.json')) as {
      panels: { targets: { expr: string }[] }[];
    };
    const asked = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    const names = asked.flatMap((expr) => expr.match(/\b(?:omi|nodejs|process)_\w+/g) ?? []);
    const metrics = await new Metrics(contextOfNothing()).render();
    const known = new Set(
      [...metrics.matchAll(/^# TYPE (\w+) (\w+)/gm)].flatMap(([, name = '', type]) =>
        type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
      ),
    );
    expect(names.length).toBeGreaterThan(15);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
    const documented = read('docs/monitoring.md').match(/\b(?:omi|nodejs)_\w+/g) ?? [];
    expect(documented.filter((name) => !known.has(name))).toEqual([]);
  });
});

/** The parts of a context that metrics read, of a server that does nothing. */
function contextOfNothing(): Context {
  return {
    transcription: { sessionCount: 0 },
    processes: { count: 1 },
    cache: { health: { state: 'up', failures: 0 } },
    sttUsage: { totals: { sentMs: 0, savedMs: 0 } },
    jobWorker: { stats: async () => ({ due: 0 }) },
    outgoingWorker: { stats: async () => ({ due: 0 }) },
    clock: { now: () => 0 },
    store: { query: async () => ({ items: [], nextCursor: null }) },
  } as unknown as Context;
}

/** True if there is such a file, or one that a path such as `bin/*.d.ts` means. */
function isThere(path: string): boolean {
  const [begin, end] = basename(path).split('*');
  if (begin === undefined || end === undefined) return existsSync(join(ROOT, path));
  return readdirSync(join(ROOT, dirname(path))).some(
    (name) => name.startsWith(begin) && name.endsWith(end),
  );
}

describe('the package', () => {
  it('ships files that exist, those for a machine without Docker among them', () => {
    const { files }: { files: string[] } = JSON.parse(read('package.json'));
    const paths = files.filter((path) => path !== 'dist').map((path) => path.replace(/^!/, ''));
    expect(paths.filter((path) => !isThere(path))).toEqual([]);
    expect(files).toContain('deploy/omi-backend.service');
  });
});

describe('the owners of the code', () => {
  it('are named for paths that exist', () => {
    const rules = [...read('.github/CODEOWNERS').matchAll(/^([^#\s]\S*)\s+@\S+\/\S+$/gm)];
    expect(rules.map(([, path]) => path)).toContain('*');
    const paths = rules.flatMap(([, path = '']) => (path === '*' ? [] : [path]));
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

/** Paths that a Dockerfile copies out of the repository. */
function copiedFiles(dockerfile: string): string[] {
  return [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
    ([, names]) => names?.split(' ') ?? [],
  );
}
