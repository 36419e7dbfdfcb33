import { posix } from 'node:path';
import { type Import, scanSource } from './import-scanner.ts';

/** Path from the repository's root (`src/model/user.ts`) to text. */
export type FileMap = Readonly<Record<string, string>>;

const FOUNDATION = ['kernel', 'model', 'text', 'wire'];
const PORTS = [
  'local-models',
  'audio',
  'voices',
  'stt',
  'llm',
  'store',
  'search',
  'blob',
  'cache',
  'jobs',
  'processes',
  'telemetry',
];
const DELIVERY = ['http', 'listen', 'mcp'];
/** Files and folders that join everything, and the only ones that see `context` and `config`. */
const TOP = ['main', 'server', 'context', 'cli'];
/** A service imports only services of a lower level. */
const SERVICE_LEVELS: Readonly<Record<string, number>> = {
  deletions: -1,
  users: 0,
  auth: 0,
  changes: 0,
  memories: 0,
  'model-downloads': 0,
  'server-settings': 0,
  transcripts: 1,
  'search/indexing': 2,
  'search/question': 3,
  conversations: 4,
  'action-items': 4,
  desktop: 4,
  recordings: 5,
  speakers: 6,
  apps: 5,
  webhooks: 6,
  understanding: 7,
  sessions: 7,
  'offline-sync': 7,
  'voice-messages': 7,
  chat: 8,
  notifications: 8,
  developer: 9,
  transfer: 9,
  'markdown-mirror': 10,
};
/** Packages that are tools, not a vendor's SDK, and packages that make one SDK together. */
const NEUTRAL_PACKAGES = ['zod', 'ws'];
const PACKAGE_FAMILIES: Readonly<Record<string, string>> = { 'sqlite-vec': 'better-sqlite3' };
const BANNED_NAMES = ['util', 'utils', 'helper', 'helpers', 'common', 'manager', 'base'];
/** Made from the description of the API. */
export const GENERATED = 'src/client/schema.ts';
/** Sources have to fit a reader's head; a suite is read a case at a time. */
const MAX_LINES = { src: 500, elsewhere: 700 };

export interface Edge extends Import {
  from: string;
  /** The file of ours that is meant, or null for a package. */
  to: string | null;
}

/** Every breach of the rules in the given files, as sentences; none means the rules hold. */
export function findViolations(files: FileMap): string[] {
  const source = Object.keys(files).filter((path) => path.startsWith('src/'));
  const edges = source.flatMap((path) => edgesOf(path, files[path] ?? ''));
  return [
    ...source.flatMap((path) => placeViolations(path)),
    ...edges.flatMap((edge) => edgeViolations(edge, files)),
    ...vendorViolations(edges),
    ...cycleViolations(edges),
    ...Object.entries(files).flatMap(([path, text]) => fileViolations(path, text)),
  ];
}

/** Returns the imports of a file of ours. */
export function edgesOf(path: string, text: string): Edge[] {
  return scanSource(text).imports.map((found) => ({
    ...found,
    from: path,
    to: found.specifier.startsWith('.')
      ? posix.normalize(posix.join(posix.dirname(path), found.specifier))
      : null,
  }));
}

/**
 * The folder under `src`, or the name of a file that lies there itself. A service that lives below
 * a port's folder (`search/indexing`) is an area of its own.
 */
function areaOf(path: string): string {
  const [, area = '', below = ''] = path.split('/');
  const nested = `${area}/${below}`;
  return nested in SERVICE_LEVELS ? nested : area.replace(/\.ts$/, '');
}

interface Implementation {
  area: string;
  /** Files of one implementation share this: its folder, or the first word of the file's name. */
  name: string;
}

function implementationOf(path: string): Implementation | null {
  const [, area = '', kind = '', entry = ''] = path.split('/');
  if (kind !== 'adapters' && kind !== 'providers') return null;
  return { area, name: entry.split(/[-.]/)[0] ?? '' };
}

function isRegistry(path: string): boolean {
  return posix.basename(path) === 'registry.ts';
}

/** What an implementation declares about itself; it can be read without loading the code. */
function isSettings(path: string): boolean {
  return path.endsWith('.settings.ts');
}

function placeViolations(path: string): string[] {
  const area = areaOf(path);
  const known = [
    'client',
    ...FOUNDATION,
    ...PORTS,
    ...DELIVERY,
    ...TOP,
    'config',
    ...serviceNames(),
  ];
  return known.includes(area) ? [] : [`${path}: src/${area} has no place among the layers.`];
}

function edgeViolations(edge: Edge, files: FileMap): string[] {
  const { from, to, kind } = edge;
  if (to === null) return [];
  const says = (reason: string) => [`${from} imports ${to}: ${reason}`];
  if (!to.startsWith('src/')) return says('src imports nothing outside of src.');
  // Data beside a source; the compiler knows whether it is there.
  if (to.endsWith('.json')) return [];
  if (files[to] === undefined) return says('there is no such file.');
  const implementation = implementationOf(to);
  if (implementation !== null) {
    const own = implementationOf(from);
    if (own?.area === implementation.area && own.name === implementation.name) {
      const isLight = kind !== 'static' || !isSettings(from) || to.endsWith('-languages.ts');
      return isLight ? [] : says('settings load their implementation by dynamic import.');
    }
    if (own !== null) return says('an implementation never imports a sibling.');
    if (!isRegistry(from) || areaOf(from) !== implementation.area) {
      return says('only the registry of its port names an implementation.');
    }
    return kind === 'dynamic' || isSettings(to)
      ? []
      : says('a registry loads implementations by dynamic import; only their settings are static.');
  }
  const [source, target] = [areaOf(from), areaOf(to)];
  if (source === target) return [];
  // The configuration is derived from what the implementations of a port declare.
  if (source === 'config' && PORTS.includes(target) && (isRegistry(to) || kind === 'type'))
    return [];
  if (!mayImport(from, source, target)) return says(`${source} may not import ${target}.`);
  return [];
}

function mayImport(from: string, source: string, target: string): boolean {
  if (TOP.includes(source)) return true;
  // The client is a package of its own for others, and of ours only the command line is its user.
  if (source === 'client' || target === 'client') return false;
  if (TOP.includes(target) || target === 'config') return false;
  if (source === 'kernel') return false;
  if (['model', 'config', 'text'].includes(source)) return target === 'kernel';
  if (source === 'wire') return ['model', 'kernel'].includes(target);
  if (['kernel', 'model', 'text'].includes(target)) return true;
  if (PORTS.includes(source)) {
    // An implementation keeps to its own port; what that port is made of (the audio that
    // speech-to-text takes) is part of it, and so are the local models that it may run on.
    if (implementationOf(from) !== null) {
      return target === 'local-models' || (source === 'stt' && target === 'audio');
    }
    return PORTS.includes(target);
  }
  if (DELIVERY.includes(source)) return target === 'wire' || serviceNames().includes(target);
  if (PORTS.includes(target)) return true;
  return (SERVICE_LEVELS[source] ?? -1) > (SERVICE_LEVELS[target] ?? Number.POSITIVE_INFINITY);
}

function serviceNames(): string[] {
  return Object.keys(SERVICE_LEVELS);
}

/** An implementation speaks to one vendor. */
function vendorViolations(edges: readonly Edge[]): string[] {
  const vendors = new Map<string, Set<string>>();
  for (const { from, to, specifier } of edges) {
    const own = implementationOf(from);
    if (own === null || to !== null || specifier.startsWith('node:')) continue;
    const name = packageOf(specifier);
    if (NEUTRAL_PACKAGES.includes(name)) continue;
    const key = `src/${own.area}: ${own.name}`;
    vendors.set(key, (vendors.get(key) ?? new Set()).add(PACKAGE_FAMILIES[name] ?? name));
  }
  return [...vendors]
    .filter(([, names]) => names.size > 1)
    .map(([key, names]) => `${key} uses more than one vendor's SDK: ${[...names].join(', ')}.`);
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** Circles between the folders of src, type imports included. */
function cycleViolations(edges: readonly Edge[]): string[] {
  const graph = new Map<string, Set<string>>();
  for (const { from, to } of edges) {
    if (to === null || !to.startsWith('src/') || areaOf(from) === areaOf(to)) continue;
    graph.set(areaOf(from), (graph.get(areaOf(from)) ?? new Set()).add(areaOf(to)));
  }
  const found = new Set<string>();
  const finished = new Set<string>();
  const visit = (area: string, trail: readonly string[]) => {
    if (trail.includes(area)) {
      found.add([...trail.slice(trail.indexOf(area)), area].join(' → '));
      return;
    }
    if (finished.has(area)) return;
    for (const next of graph.get(area) ?? []) visit(next, [...trail, area]);
    finished.add(area);
  };
  for (const area of graph.keys()) visit(area, []);
  return [...found].map((circle) => `Folders import each other in a circle: ${circle}.`);
}

function fileViolations(path: string, text: string): string[] {
  const violations: string[] = [];
  const stem = posix.basename(path).replace(/(\.test|\.settings)?\.ts$/, '');
  const lines = text.split('\n').length - 1;
  const scanned = scanSource(text);
  const limit = path.startsWith('src/') ? MAX_LINES.src : MAX_LINES.elsewhere;
  if (lines > limit && path !== GENERATED)
    violations.push(`${path} has ${lines} lines, more than ${limit}.`);
  for (const name of [...path.split('/').slice(1, -1), stem]) {
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) violations.push(`${path}: not in kebab-case.`);
    if (BANNED_NAMES.includes(name.split('-').at(-1) ?? '')) {
      violations.push(`${path}: ${name} does not name the job.`);
    }
  }
  if (scanned.hasDefaultExport) violations.push(`${path} has a default export.`);
  if (path.startsWith('src/') && path !== 'src/config/env.ts' && scanned.readsEnvironment) {
    violations.push(`${path} reads the environment; only src/config/env.ts may.`);
  }
  return violations;
}
