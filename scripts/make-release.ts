import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { VERSION } from '../src/kernel/version.ts';
import { readReleaseNotes } from './publish/changelog.ts';
import { type Bill, shippedBill } from './publish/shipped-bill.ts';

new Command('npm run release --')
  .description(
    'Writes what a release consists of to release/: the package, its bill of materials (CycloneDX), the notes from CHANGELOG.md, and SHA-256 checksums. Publishes nothing. Warns of changes that are in the notes of no version.',
  )
  .parse();
const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(ROOT, 'release');
const notes = readReleaseNotes(readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8'), VERSION);

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
npm(['pack', '--pack-destination', folder, '--silent']);
const tarball = `omi-backend-${VERSION}.tgz`;
if (!existsSync(join(folder, tarball))) throw new Error(`npm pack has not written ${tarball}.`);
const sbom = `omi-backend-${VERSION}.cdx.json`;
// With the packages of development: those that are bundled are among them.
const whole = npm(['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application']);
const licenceLists = ['dist/THIRD-PARTY.txt', 'dist/console/THIRD-PARTY.txt'].map((path) =>
  readFileSync(join(ROOT, path), 'utf8'),
);
const bill = shippedBill(JSON.parse(whole) as Bill, 'omi-backend', licenceLists, licenceOf);
writeFileSync(join(folder, sbom), JSON.stringify(bill, null, 2));
writeFileSync(join(folder, 'RELEASE-NOTES.md'), notes.text);
const sums = [tarball, sbom, 'RELEASE-NOTES.md'].map((name) => {
  const sum = createHash('sha256')
    .update(readFileSync(join(folder, name)))
    .digest('hex');
  return `${sum}  ${name}\n`;
});
writeFileSync(join(folder, 'SHA256SUMS'), sums.join(''));
console.log(sums.join(''));
if (notes.unreleasedEntries > 0) {
  console.error(
    `Do not publish this as ${VERSION}: CHANGELOG.md has ${notes.unreleasedEntries} entries under Unreleased, which are in the package and not in its notes. Move them to the section of a version, set that version in package.json and src/kernel/version.ts, and make the release again.`,
  );
}

function npm(args: readonly string[]): string {
  return execFileSync('npm', args, {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 2 ** 27,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Returns the licence in the manifest of a package, undefined if the package is not installed here. */
function licenceOf(name: string): string | undefined {
  const manifest = join(ROOT, 'node_modules', name, 'package.json');
  if (!existsSync(manifest)) return undefined;
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { license?: string }).license;
}
