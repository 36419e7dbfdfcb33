#!/usr/bin/env node
import { buildIfStale } from './build-if-stale.js';

// The server runs in this process, so that a signal to it reaches the server itself.
if (buildIfStale()) await import('../dist/main.js');
else process.exitCode = 1;
