import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/**
 * Their processes must hold nothing that others have left behind: they measure memory or processor time, a machine without a
 * program whose presence is looked for once, or put something in the place of a module that others load.
 */
const ALONE = [
  'test/e2e/bad-input-audio.test.ts',
  'test/e2e/listen-protocol-web.test.ts',
  'test/unit/growth/growth.test.ts',
  'test/unit/recordings/recording-files.test.ts',
  'test/unit/store/checkpointer.test.ts',
];

export default defineConfig({
  resolve: {
    alias: [
      {
        find: /^.*\/kernel\/start-worker\.ts$/,
        replacement: fileURLToPath(new URL('test/start-built-worker.ts', import.meta.url)),
      },
      {
        find: /^.*\/kernel\/start-child\.ts$/,
        replacement: fileURLToPath(new URL('test/start-built-child.ts', import.meta.url)),
      },
    ],
  },
  test: {
    globalSetup: ['test/build-first.ts'],
    // Only a test that hangs should run into these: the machine may be busy with other work.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // A fork whose last sockets are still closing is given time.
    teardownTimeout: 60_000,
    expect: { poll: { timeout: 90_000 } },
    // A machine that is busy with something else may starve one test; the gate asks it once more.
    retry: process.env.CI ? 1 : 0,
    pool: 'forks',
    // More than cores: most of the time goes by waiting for servers, sockets and the pace of speech.
    maxWorkers: 4,
    maxConcurrency: 4,
    reporters: ['default'],
    projects: [
      {
        extends: true,
        // A process loads the product once, not once a file: tests undo what they change for all.
        test: {
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: ALONE,
          isolate: false,
        },
      },
      { extends: true, test: { name: 'alone', include: ALONE } },
    ],
  },
});
