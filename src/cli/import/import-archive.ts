import { importUserArchive } from '../../transfer/user-import.ts';
import { withContext } from '../environment.ts';
import { Progress } from '../progress.ts';

/** True for the name of an archive that `export` has written. */
export function isArchive(file: string): boolean {
  return /\.(tar|tar\.gz|tgz)$/i.test(file);
}

/** Takes over the user of an archive and prints a token for them. */
export async function importArchive(file: string, overwrite: boolean): Promise<void> {
  await withContext(async (context) => {
    const progress = new Progress('Importing [{bar}] {value}/{total} {note}', 1);
    try {
      const manifest = await importUserArchive({
        store: context.store,
        blobs: context.blobs,
        clock: context.clock,
        path: file,
        overwrite,
        onProgress: (done, total, what) => progress.update(done, what, total),
      });
      const documents = Object.values(manifest.documents).reduce((sum, count) => sum + count, 0);
      progress.line(`${file}: ${documents} documents and ${manifest.files} files, compared.`);
      if (context.config.engines.auth === 'local') {
        const { token } = await context.accounts.createToken(manifest.uid, 'import');
        progress.line(`Sign-in token of the user, shown this once: ${token}`);
      }
    } finally {
      progress.stop();
    }
  });
}
