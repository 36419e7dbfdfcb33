import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { EXCEPTIONS, type Exception } from './architecture/exceptions.ts';
import { scanSource } from './architecture/import-scanner.ts';
import { type FileMap, findViolations } from './architecture/rules.ts';
import { findShapeViolations } from './architecture/shape-rules.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

describe('the sources', () => {
  const files = readSources();

  it('are found', () => {
    expect(Object.keys(files).length).toBeGreaterThan(40);
    expect(files).toHaveProperty(['src/kernel/errors.ts']);
    expect(files).toHaveProperty(['test/architecture.test.ts']);
  });

  it('keep the rules of who may import whom, of names and of size', () => {
    expect(findViolations(files)).toEqual([]);
  });

  it('keep the rules of circles, folders, functions, constructors and unused methods', () => {
    expect(findShapeViolations(files, EXCEPTIONS)).toEqual([]);
  });
});

describe('findViolations', () => {
  const sound: FileMap = {
    'src/kernel/clock.ts': 'export const now = 1;',
    'src/model/user.ts': "import { now } from '../kernel/clock.ts';",
    'src/wire/user.ts': "import type { U } from '../model/user.ts';",
    'src/audio/audio-format.ts': 'export interface A {}',
    'src/store/document-store.ts': "import '../model/user.ts';",
    'src/store/adapters/sqlite/sqlite-store.ts':
      "import Database from 'better-sqlite3';\nimport '../../document-store.ts';\nimport './sqlite-rows.ts';",
    'src/store/adapters/sqlite/sqlite-rows.ts': "import 'sqlite-vec';",
    'src/store/registry.ts':
      "export const load = () => import('./adapters/sqlite/sqlite-store.ts');",
    'src/stt/providers/acme/acme.settings.ts':
      "import '../../stt-provider.ts';\nimport './acme-languages.ts';\nimport('./acme-provider.ts');",
    'src/stt/providers/acme/acme-languages.ts': 'export const LANGUAGES = 1;',
    'src/stt/providers/acme/acme-provider.ts': 'export const create = 1;',
    'src/stt/registry.ts': "import './providers/acme/acme.settings.ts';",
    'src/config/config.ts':
      "import '../stt/registry.ts';\nimport type { P } from '../stt/stt-provider.ts';",
    'src/stt/stt-provider.ts': "import type { A } from '../audio/audio-format.ts';",
    'src/stt/providers/deepgram.ts':
      "import type { A } from '../../audio/audio-format.ts';\nimport WebSocket from 'ws';",
    'src/users/user-service.ts': "import '../store/document-store.ts';",
    'src/conversations/transcript.ts': "import '../users/user-service.ts';",
    'src/chat/agent.ts': "import '../conversations/transcript.ts';",
    'src/http/app.ts': "import '../users/user-service.ts';\nimport '../wire/user.ts';",
    'src/config/env.ts': 'export const read = () => process.env;',
    'src/context.ts': "import './store/registry.ts';\nimport './config/env.ts';",
    'src/server.ts': "import './context.ts';\nimport './http/app.ts';",
    'src/main.ts': "import './server.ts';",
  };
  const violationsWith = (extra: FileMap) => findViolations({ ...sound, ...extra });

  it('finds nothing where there is nothing', () => {
    expect(findViolations(sound)).toEqual([]);
  });

  it.each<[string, FileMap, RegExp]>([
    [
      'kernel imports ours',
      { 'src/kernel/a.ts': "import '../model/user.ts';" },
      /kernel may not import model/,
    ],
    [
      'model imports wire',
      { 'src/model/a.ts': "import type { U } from '../wire/user.ts';" },
      /model may not import wire/,
    ],
    [
      'wire imports a port',
      { 'src/wire/a.ts': "import '../store/document-store.ts';" },
      /wire may not import store/,
    ],
    [
      'a port imports a service',
      { 'src/store/a.ts': "import '../users/user-service.ts';" },
      /store may not import users/,
    ],
    [
      'a port names an implementation',
      { 'src/stt/a.ts': "import('./providers/deepgram.ts');" },
      /only the registry/,
    ],
    [
      'a registry imports statically',
      { 'src/stt/registry.ts': "import './providers/deepgram.ts';" },
      /by dynamic import/,
    ],
    [
      'settings that load their code statically',
      { 'src/stt/providers/acme/acme.settings.ts': "import './acme-provider.ts';" },
      /settings load their implementation by dynamic import/,
    ],
    [
      'settings outside of the registry',
      { 'src/stt/a.ts': "import './providers/acme/acme.settings.ts';" },
      /only the registry/,
    ],
    [
      'configuration that uses a port',
      { 'src/config/config.ts': "import '../stt/stt-provider.ts';" },
      /config may not import stt/,
    ],
    [
      "another port's registry",
      { 'src/llm/registry.ts': "import('../stt/providers/deepgram.ts');" },
      /only the registry/,
    ],
    [
      'a sibling',
      { 'src/stt/providers/soniox.ts': "import './deepgram.ts';" },
      /never imports a sibling/,
    ],
    [
      'another port from an adapter',
      { 'src/store/adapters/mem.ts': "import '../../audio/audio-format.ts';" },
      /store may not import audio/,
    ],
    [
      'configuration from a provider',
      { 'src/stt/providers/x.ts': "import '../../config/env.ts';" },
      /stt may not import config/,
    ],
    [
      'two vendors',
      { 'src/llm/adapters/mix.ts': "import 'openai';\nimport '@acme/sdk/deep';" },
      /more than one vendor's SDK: openai, @acme\/sdk/,
    ],
    [
      'a service upward',
      { 'src/users/a.ts': "import '../conversations/transcript.ts';" },
      /users may not import conversations/,
    ],
    [
      'a service sideways',
      { 'src/action-items/a.ts': "import '../conversations/transcript.ts';" },
      /action-items may not import conversations/,
    ],
    [
      'a service imports wire',
      { 'src/action-items/a.ts': "import '../wire/user.ts';" },
      /action-items may not import wire/,
    ],
    [
      'delivery imports a port',
      { 'src/http/a.ts': "import '../store/document-store.ts';" },
      /http may not import store/,
    ],
    [
      'delivery imports delivery',
      { 'src/listen/a.ts': "import '../http/app.ts';" },
      /listen may not import http/,
    ],
    [
      'a service imports the context',
      { 'src/chat/a.ts': "import '../context.ts';" },
      /chat may not import context/,
    ],
    [
      'the context names an implementation',
      { 'src/context.ts': "import './stt/providers/deepgram.ts';" },
      /only the registry/,
    ],
    [
      'src imports test',
      { 'src/kernel/a.ts': "import '../../test/x.ts';" },
      /nothing outside of src/,
    ],
    ['a missing file', { 'src/kernel/a.ts': "import './absent.ts';" }, /no such file/],
    ['an unknown folder', { 'src/misc/a.ts': '' }, /no place among the layers/],
    [
      'a circle of types',
      { 'src/audio/a.ts': "import type { S } from '../stt/stt-provider.ts';" },
      /circle: (audio → stt → audio|stt → audio → stt)/,
    ],
    [
      'the environment',
      { 'src/kernel/a.ts': 'const a = process.env.HOME;' },
      /reads the environment/,
    ],
    [
      'the environment by import',
      { 'src/kernel/a.ts': "import { env } from 'node:process';" },
      /reads the environment/,
    ],
    ['a default export', { 'src/kernel/a.ts': 'export default 1;' }, /default export/],
    ['a name without a job', { 'src/kernel/string-utils.ts': '' }, /does not name the job/],
    ['a folder without a job', { 'src/kernel/common/a.ts': '' }, /does not name the job/],
    ['another case', { 'src/kernel/myFile.ts': '' }, /kebab-case/],
    ['a long source', { 'src/kernel/a.ts': '\n'.repeat(501) }, /501 lines/],
    ['a long suite', { 'test/unit/a.test.ts': '\n'.repeat(701) }, /701 lines/],
  ])('catches %s', (_, extra, message) => {
    expect(violationsWith(extra)).toContainEqual(expect.stringMatching(message));
  });
});

describe('scanSource', () => {
  it('sees every form of import', () => {
    const { imports } = scanSource(`
      import './side-effect.ts';
      import one from "./one.ts";
      import * as two from './two.ts';
      import type { Three } from './three.ts';
      import { type Four, type FourToo } from './four.ts';
      import { type Five, five } from './five.ts';
      export * from './six.ts';
      export { seven } from './seven.ts';
      export type { Eight } from './eight.ts';
      const nine = await import('./nine.ts');
      let ten: typeof import('./ten.ts');
    `);
    expect(imports.map(({ specifier, kind }) => `${kind} ${specifier}`).sort()).toEqual([
      'dynamic ./nine.ts',
      'static ./five.ts',
      'static ./one.ts',
      'static ./seven.ts',
      'static ./side-effect.ts',
      'static ./six.ts',
      'static ./two.ts',
      'type ./eight.ts',
      'type ./four.ts',
      'type ./ten.ts',
      'type ./three.ts',
    ]);
  });

  it('is not misled by comments, strings, templates and regular expressions', () => {
    const scanned = scanSource(`
      // import './comment.ts'; process.env
      /* import './block.ts'; */
      const a = "import './string.ts'";
      const b = \`import './template.ts' \${f({ x: "'" })} process.env \${\`\${1}\`}\`;
      const c = /['"\`/]/.test(a) ? 1 / 2 : /import '.\\/regex.ts'/;
      const d = { default: 1 };
      import { real } from './real.ts';
    `);
    expect(scanned.imports).toEqual([{ specifier: './real.ts', kind: 'static' }]);
    expect(scanned.readsEnvironment).toBe(false);
    expect(scanned.hasDefaultExport).toBe(false);
  });

  it.each(['process.env.A', "process['env']", 'const { env } = process', 'process?.env'])(
    'sees the environment in %s',
    (code) => {
      expect(scanSource(code).readsEnvironment).toBe(true);
    },
  );
});

describe('findShapeViolations', () => {
  const found = (files: FileMap, exceptions: readonly Exception[] = []) =>
    findShapeViolations(files, exceptions);
  const long = (name: string) => `export function ${name}() {\n${'  work();\n'.repeat(60)}}\n`;
  const exception = { rule: 'function-length', subject: 'src/a.ts *', reason: 'a list' } as const;

  it('finds long functions and methods, each by its name', () => {
    const method = `export class A {\n  run() {\n${'    x();\n'.repeat(60)}  }\n}\nnew A().run();\n`;
    const arrow = `export const go = () => {\n${'  x();\n'.repeat(60)}};\n`;
    expect(found({ 'src/a.ts': long('f'), 'src/b.ts': method, 'bench/c.ts': arrow })).toEqual([
      'src/a.ts f has 62 lines, more than 60.',
      'src/b.ts A.run has 62 lines, more than 60.',
      'bench/c.ts go has 62 lines, more than 60.',
    ]);
    expect(found({ 'test/a.ts': long('f') })).toEqual([]);
  });

  it('counts a function that another one returns as lines of the other', () => {
    const text = `export function make() {\n  return () => {\n${'    x();\n'.repeat(60)}  };\n}\n`;
    expect(found({ 'src/a.ts': text })).toEqual(['src/a.ts make has 64 lines, more than 60.']);
  });

  it('covers what an exception names, and wants an exception gone that nothing needs', () => {
    expect(found({ 'src/a.ts': long('f') }, [exception])).toEqual([]);
    expect(found({ 'src/a.ts': 'export const a = 1;' }, [exception])).toEqual([
      'exceptions.ts: nothing breaks the rule function-length in src/a.ts *.',
    ]);
    expect(found({ 'src/a.ts.ts': long('f') }, [exception])).toHaveLength(2);
  });

  it('counts parameters of a constructor and the members of its options', () => {
    const members = Array.from({ length: 14 }, (_, n) => `p${n}: string;`).join(' ');
    const options = `interface Base { b: string }\nexport interface AOptions extends Base { ${members} }`;
    const text = `${options}\nexport class A { constructor(readonly x: X, { p1 }: AOptions) {} }`;
    const other = 'export class B { constructor(deps: { a: string }, readonly user: User) {} }';
    expect(found({ 'src/a.ts': text, 'src/b.ts': other })).toEqual([
      'src/a.ts A has 16 dependencies, more than 15.',
    ]);
  });

  it('finds full folders and circles of files, types included', () => {
    const full = Object.fromEntries(Array.from({ length: 36 }, (_, n) => [`src/x/f${n}.ts`, '']));
    expect(found(full)).toEqual(['src/x has 36 files, more than 35.']);
    const circle = {
      'src/a.ts': "import { b } from './b.ts';",
      'src/b.ts': "import type { C } from './c.ts';",
      'src/c.ts': "export * from './a.ts';",
    };
    expect(found(circle)).toEqual([
      'Files import each other in a circle: src/a.ts src/b.ts src/c.ts.',
    ]);
  });

  it('finds public methods that only tests or methods of the same name call', () => {
    const text = `export class A {
      idle() {}
      passed() { this.#inner.passed(); }
      used() {}
      picked() {}
      #own() {}
      static make() {}
      get size() { return 1; }
    }`;
    const user = "a.used(); A.make(); const { size } = a; type P = Pick<A, 'picked'>;";
    const files = { 'src/a.ts': text, 'src/b.ts': user, 'test/a.ts': 'a.idle();' };
    expect(found(files)).toEqual([
      'src/a.ts A.idle is public, and no other code reads it.',
      'src/a.ts A.passed is public, and no other code reads it.',
    ]);
  });
});

function readSources(): FileMap {
  const files: Record<string, string> = {};
  for (const folder of ['src', 'test', 'scripts', 'bench']) {
    const entries = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
    for (const entry of entries.filter((path) => path.endsWith('.ts'))) {
      files[`${folder}/${entry.split(sep).join('/')}`] = readFileSync(
        join(ROOT, folder, entry),
        'utf8',
      );
    }
  }
  return files;
}
