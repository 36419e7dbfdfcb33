import { posix } from 'node:path';
import { type ConstructorParameter, type ParsedSource, parseSource } from './parse-source.ts';
import { edgesOf, type FileMap } from './rules.ts';

/** Something of the sources that has a size. */
export interface Measured {
  /** What it is: a file, `file function`, `file Class`, or a folder. */
  subject: string;
  size: number;
}

/** The sizes of what is in a set of TypeScript files. */
export interface Shape {
  /** Lines of each function. */
  functions: Measured[];
  /** What the constructor of each class is given: parameters, and the members of bags of options. */
  constructors: Measured[];
  /** Public methods of classes that no file reads: `file Class.method`. */
  unusedMethods: string[];
}

/** Types of parameters that are bags of what a class depends on, or how it is set. */
const BAG = /(?:Options|Deps|Parts|Settings)$/;
/** Methods that libraries and the language call by name. */
const CALLED_FROM_OUTSIDE = ['toJSON', 'toString', 'then'];

/** Measures what is in the files. */
export function measureShape(files: FileMap): Shape {
  const parsed = new Map(
    Object.entries(files).map(([path, text]) => [path, parseSource(path, text)] as const),
  );
  return {
    functions: each(parsed, (path, { functions }) =>
      functions.map(({ name, lines }) => ({ subject: `${path} ${name}`, size: lines })),
    ),
    constructors: measureConstructors(parsed),
    unusedMethods: findUnusedMethods(parsed),
  };
}

/** Returns the files whose path begins with one of `folders`. */
export function filesIn(files: FileMap, ...folders: readonly string[]): FileMap {
  return Object.fromEntries(
    Object.entries(files).filter(([path]) => folders.some((folder) => path.startsWith(folder))),
  );
}

/** Returns how many lines a text has. */
export function linesOf(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

/** Returns how many files each folder has, without its subfolders. */
export function measureFolders(files: FileMap): Measured[] {
  const counts = new Map<string, number>();
  for (const path of Object.keys(files)) {
    const folder = posix.dirname(path);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts].map(([subject, size]) => ({ subject, size }));
}

/** Returns which files each file imports, types included. */
export function importsOf(files: FileMap): Map<string, string[]> {
  return new Map(
    Object.entries(files).map(([path, text]) => {
      const targets = edgesOf(path, text).flatMap(({ to }) => to ?? []);
      return [path, [...new Set(targets)].filter((to) => to in files)];
    }),
  );
}

function each<T>(
  parsed: ReadonlyMap<string, ParsedSource>,
  read: (path: string, source: ParsedSource) => T[],
): T[] {
  return [...parsed].flatMap(([path, source]) => read(path, source));
}

function measureConstructors(parsed: ReadonlyMap<string, ParsedSource>): Measured[] {
  const types = new Map(
    each(parsed, (_, source) => source.types.map((type) => [type.name, type] as const)),
  );
  const sizeOf = (name: string): number => {
    const type = types.get(name);
    return type ? type.extends.reduce((sum, base) => sum + sizeOf(base), type.members) : 0;
  };
  const count = ({ members, typeName }: ConstructorParameter): number =>
    members ?? (typeName !== null && BAG.test(typeName) ? Math.max(1, sizeOf(typeName)) : 1);
  return each(parsed, (path, { classes }) =>
    classes.map(({ name, constructorParameters }) => ({
      subject: `${path} ${name}`,
      size: constructorParameters.reduce((sum, parameter) => sum + count(parameter), 0),
    })),
  );
}

/**
 * Returns the groups of files that import each other in a circle (Tarjan's strongly connected
 * components), each in order of paths.
 */
export function findCircles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  const visit = (path: string): void => {
    order.set(path, order.size);
    lowest.set(path, order.get(path) ?? 0);
    open.push(path);
    for (const target of imports.get(path) ?? []) {
      if (!order.has(target)) visit(target);
      const isOpen = open.includes(target);
      if (isOpen) lowest.set(path, Math.min(lowest.get(path) ?? 0, lowest.get(target) ?? 0));
    }
    if (lowest.get(path) !== order.get(path)) return;
    const group = open.splice(open.indexOf(path));
    const isCircle = group.length > 1 || (imports.get(path) ?? []).includes(path);
    if (isCircle) circles.push(group.sort());
  };
  for (const path of imports.keys()) if (!order.has(path)) visit(path);
  return circles.sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
}

/** Returns the files that exactly one other file imports. */
export function findWithOneImporter(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const importers = new Map<string, number>();
  for (const targets of imports.values()) {
    for (const target of targets) importers.set(target, (importers.get(target) ?? 0) + 1);
  }
  return [...imports.keys()].filter((path) => importers.get(path) === 1);
}

function findUnusedMethods(parsed: ReadonlyMap<string, ParsedSource>): string[] {
  const read = new Set(each(parsed, (_, { readNames }) => [...readNames]));
  return each(parsed, (path, { classes }) =>
    classes.flatMap(({ name, publicMethods }) =>
      publicMethods
        .filter((method) => !read.has(method) && !CALLED_FROM_OUTSIDE.includes(method))
        .map((method) => `${path} ${name}.${method}`),
    ),
  );
}
