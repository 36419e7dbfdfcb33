import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { thirdPartyNotices } from '../bin/third-party.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Assets are addressed relative to the page's `<base>`, which the server sets, so that the console
 * works behind a proxy at a sub-path. `OMI_SERVER` is the server that `vite dev` talks to.
 */
export default defineConfig({
  base: './',
  plugins: [react(), tailwindcss(), licences()],
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    target: 'es2022',
    // The Content-Security-Policy allows no data: scripts and fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: Object.fromEntries(
      ['/v1', '/v2', '/v3', '/v4'].map((path) => [
        path,
        { target: process.env.OMI_SERVER ?? 'http://127.0.0.1:8000', ws: true },
      ]),
    ),
  },
});

/** Writes the licences of what is in the page beside it. */
function licences(): Plugin {
  // Style sheets and the font are no modules of a script.
  const styles = ['tailwindcss', '@fontsource-variable/source-sans-3'];
  return {
    name: 'licences',
    generateBundle(_, bundle) {
      const scripts = Object.values(bundle).flatMap((file) =>
        file.type === 'chunk' ? Object.keys(file.modules) : [],
      );
      const paths = scripts.map((path) => relative(ROOT, path.replace(/^\0/, '')));
      const used = [...paths, ...styles.map((name) => join('node_modules', name, 'index.css'))];
      const source = thirdPartyNotices(ROOT, used);
      this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY.txt', source });
    },
  };
}
