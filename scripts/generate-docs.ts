import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generatedRegistries } from './generate/registries.ts';

const ROOT = join(import.meta.dirname, '..');

// The registries come first: documents are made from what they list.
write(generatedRegistries());
const { generatedDocuments } = await import('./generate/documents.ts');
write(generatedDocuments());

function write(files: Record<string, string>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), content);
    process.stdout.write(`${path}\n`);
  }
}
