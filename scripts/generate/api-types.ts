import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer } from '../../src/server.ts';
import { openProduct } from '../../test/harness/open-product.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const GENERATOR = path.join(ROOT, 'console/node_modules/openapi-typescript/bin/cli.js');
/** The file of the types of the API: of the client, and of the console through it. */
export const API_TYPES = 'src/client/schema.ts';

/** Generates the types of the API out of what a fresh server says of itself at `/openapi.json`. */
export async function generateApiTypes(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'omi-api-types-'));
  try {
    const document = path.join(folder, 'openapi.json');
    const types = path.join(folder, 'schema.ts');
    await writeFile(document, prepared(await describeApi(path.join(folder, 'data'))));
    const run = spawnSync(process.execPath, [GENERATOR, document, '-o', types, '--alphabetize'], {
      encoding: 'utf8',
    });
    if (run.status !== 0) throw new Error(`openapi-typescript failed: ${run.stderr}`);
    return withBlobs(withJsonValue(await readFile(types, 'utf8')));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function describeApi(dataDir: string): Promise<string> {
  const env = { PORT: '0', DATA_DIR: dataDir };
  const context = await openProduct(env);
  const server = await startServer(context);
  try {
    const response = await fetch(`${server.url}/openapi.json`);
    return await response.text();
  } finally {
    await server.close();
  }
}

/**
 * Returns the document without examples, which are for readers of `/docs` and would be most of the file,
 * and with a mark at the files of forms.
 */
function prepared(document: string): string {
  return JSON.stringify(
    JSON.parse(document, (key, value) => {
      if (key === 'example') return undefined;
      if (key !== 'multipart/form-data') return value;
      return JSON.parse(JSON.stringify(value), (_, part) =>
        part?.format === 'binary' ? { type: 'string', enum: [FILE] } : part,
      );
    }),
  );
}

/** Stands for a file in the document that the types are generated of. */
const FILE = 'a file';

/** In a form a file is a `Blob`; the generator takes it for text. */
function withBlobs(types: string): string {
  return types
    .replaceAll(/\/\*\* @enum \{string\} \*\/\s*(\w+\??: "a file")/g, '$1')
    .replaceAll(`"${FILE}"`, 'Blob');
}

const JSON_VALUE = /JsonValue: string \| number \| boolean[\s\S]*?\} \| null;/;

/** A property cannot be defined by itself, so the one recursive type gets a name of its own. */
function withJsonValue(types: string): string {
  if (!JSON_VALUE.test(types)) throw new Error('The generated types have no JsonValue.');
  return `${types.replace(JSON_VALUE, 'JsonValue: JsonValue;')}
/** Any JSON value. */
export type JsonValue =
    | string
    | number
    | boolean
    | JsonValue[]
    | { [key: string]: JsonValue }
    | null;
`;
}
