#!/usr/bin/env node
import module from 'node:module';
import { buildIfStale } from './build-if-stale.js';

// Compiled code is kept between starts, from Node 22.8 on; it is no loss if it cannot be kept.
module.enableCompileCache?.();

// The server runs in this process, so that a signal to it reaches the server itself.
if (buildIfStale()) await import('../dist/main.js');
else process.exitCode = 1;
