// Builds what a package ships, from nothing: files of an earlier build whose source is gone stay out.
import { rmSync } from 'node:fs';
import { buildIfStale } from '../bin/build-if-stale.js';

rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
process.exitCode = buildIfStale() ? 0 : 1;
