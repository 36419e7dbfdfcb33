import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // More than cores: most of the time goes by waiting for servers, sockets and the pace of speech.
    maxWorkers: 4,
    maxConcurrency: 4,
    reporters: ['default'],
  },
});
