import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/**
 * Assets are addressed relative to the page's `<base>`, which the server sets, so that the console
 * works behind a proxy at a sub-path. `OMI_SERVER` is the server that `vite dev` talks to.
 */
export default defineConfig({
  base: './',
  plugins: [react(), tailwindcss()],
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
