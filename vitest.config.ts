import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    alias: [
      {
        find: /^.*\/kernel\/start-worker\.ts$/,
        replacement: fileURLToPath(new URL('test/start-built-worker.ts', import.meta.url)),
      },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/build-first.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // A process loads the product once, not once a file: tests undo what they change for all.
    isolate: false,
    // More than cores: most of the time goes by waiting for servers, sockets and the pace of speech.
    maxWorkers: 4,
    maxConcurrency: 4,
    reporters: ['default'],
  },
});
