import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { generatedRegistries } from './generate/registries.ts';

const ROOT = join(import.meta.dirname, '..');

new Command('npm run docs --')
  .description(
    'Writes what is generated from the code: tables of the documents, .env.example, firestore.indexes.json, the lists of collections and routes, and the types of the API.',
  )
  .parse();

// The registries come first: documents are made from what they list.
write(generatedRegistries());
const { generatedDocuments } = await import('./generate/documents.ts');
write(generatedDocuments());
// A server describes the API; it is started after the registries that it is made of.
const { API_TYPES, generateApiTypes } = await import('./generate/api-types.ts');
write({ [API_TYPES]: await generateApiTypes() });

function write(files: Record<string, string>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), content);
    process.stdout.write(`${path}\n`);
  }
}
