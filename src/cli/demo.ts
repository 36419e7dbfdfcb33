import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { commandName } from '../config/env.ts';
import {
  type ConnectionOptions,
  type OutputOptions,
  withConnectionAndOutput,
} from './connection.ts';
import { parseSpeed, stream } from './stream.ts';
import { paint, printNote } from './terminal.ts';

/** A talk of two people, as text with times. */
const SAMPLE = fileURLToPath(new URL('../../samples/spring-market.txt', import.meta.url));
/** Fast enough to wait for, slow enough to see the words come. */
const SHOWN_SPEED = 4;

interface DemoOptions extends ConnectionOptions, OutputOptions {
  speed?: number;
  again?: boolean;
}

export function demoCommand(): Command {
  const command = new Command('demo')
    .description('play a sample talk through the live socket, as a device would; needs no key')
    .option(
      '--speed <factor>',
      '1: real time, max (default: 4 on a terminal, else max)',
      parseSpeed,
    )
    .option('--again', 'play it though it was played before');
  return withConnectionAndOutput(command)
    .addHelpText(
      'after',
      `
The talk becomes a conversation of yours, once; delete it in the console.

Example:
  omi-backend demo`,
    )
    .action(demo);
}

async function demo(options: DemoOptions): Promise<void> {
  const speed = options.speed ?? (process.stdout.isTTY ? SHOWN_SPEED : Number.POSITIVE_INFINITY);
  await stream(SAMPLE, { ...options, speed, me: 'Anna' });
  if (options.json || options.quiet) return;
  printNote(
    `\nNext: ${['show', 'tasks', 'search stall holders', 'ask "when do we meet about the budget?"']
      .map((example) => paint.cyan(`${commandName()} ${example}`))
      .join('  ·  ')}`,
  );
}
