import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { resampleAll } from '../audio/resample.ts';
import { parseWav } from '../audio/wav.ts';
import { openVoiceModel } from '../context/open-speakers.ts';
import { AppError } from '../kernel/errors.ts';
import { silentLogger } from '../kernel/logger.ts';
import { evaluateVoices, type VoiceEvaluation } from '../voices/evaluate-voices.ts';
import type { VoicePrint, VoiceThresholds } from '../voices/match-voice.ts';
import type { VoiceModel } from '../voices/voice-model.ts';
import { readCliEnvironment, withContext } from './environment.ts';

/** Distances that are tried beside the one that is set. */
const DISTANCES = [0.35, 0.45, 0.55, 0.6, 0.65, 0.75, 0.85];

export function voicesCommand(): Command {
  const command = new Command('voices').description('recognition of people by their voices');
  command
    .command('check')
    .description('print how often people are missed, and strangers mistaken, on your own samples')
    .option('--user <name>', 'whose people', 'owner')
    .option('--folder <folder>', 'recordings (WAV) in a folder for each person, instead')
    .addHelpText(
      'after',
      `
Each recording is compared with all others: once with its person known by the other recordings, once with
its person unknown. Set VOICE_MAX_DISTANCE to the distance whose errors you can live with.

Examples:
  omi-backend voices check
  omi-backend voices check --folder recordings/   (recordings/anna/1.wav, recordings/ben/1.wav, …)`,
    )
    .action(check);
  return command;
}

async function check(options: { user: string; folder?: string }): Promise<void> {
  const { config } = readCliEnvironment({ LOG_LEVEL: 'warn' });
  const model = openVoiceModel({ config, logger: silentLogger });
  if (model === null) {
    throw new AppError(
      'not-configured',
      'There is no voice model. Get one: omi-backend models pull wespeaker-resnet34',
    );
  }
  try {
    const prints =
      options.folder === undefined
        ? await printsOf(options.user)
        : await printsIn(options.folder, model);
    process.stdout.write(`${report(model.id, prints, config.voices.thresholds)}\n`);
  } finally {
    await model.close();
  }
}

/** What the people of a user are known by. */
function printsOf(name: string): Promise<VoicePrint[]> {
  return withContext(async ({ accounts, voicePrints }) => {
    const user = await accounts.findUserByName(name);
    if (!user) throw new AppError('not-found', `There is no user "${name}".`);
    return voicePrints.load(user.id, new AbortController().signal);
  });
}

/** A vector of each recording, by the folders that they are in. */
async function printsIn(folder: string, model: VoiceModel): Promise<VoicePrint[]> {
  const { signal } = new AbortController();
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause) => {
    throw new AppError('not-found', `There is no folder ${folder}.`, { cause });
  });
  const prints: VoicePrint[] = [];
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    const vectors = [];
    for (const file of (await readdir(join(folder, name))).sort()) {
      if (!file.toLowerCase().endsWith('.wav')) continue;
      const { samples, sampleRate } = parseWav(await readFile(join(folder, name, file)));
      const vector = await model.embed(resampleAll(samples, sampleRate, model.sampleRate), signal);
      if (vector) vectors.push(vector);
    }
    prints.push({ personId: name, name, vectors });
  }
  return prints;
}

/** @throws AppError `not-found` if there is nothing to compare */
function report(
  model: string,
  all: readonly VoicePrint[],
  { maxDistance, margin }: VoiceThresholds,
): string {
  const prints = all.filter(({ vectors }) => vectors.length > 0);
  const count = prints.reduce((sum, { vectors }) => sum + vectors.length, 0);
  if (prints.length < 2 || !prints.some(({ vectors }) => vectors.length > 1)) {
    throw new AppError(
      'not-found',
      `There is too little to compare: ${prints.length} people with ${count} samples. It takes two people, and two samples of one of them.`,
    );
  }
  const distances = [...new Set([...DISTANCES, maxDistance])].sort((a, b) => a - b);
  const rows = distances.map((distance) => {
    const found = evaluateVoices(prints, { maxDistance: distance, margin });
    return row(distance, found, distance === maxDistance ? '  ← VOICE_MAX_DISTANCE' : '');
  });
  return [
    `${count} samples of ${prints.length} people, model ${model}, margin ${margin}`,
    'distance   missed (false rejects)   mistaken          strangers accepted (false accepts)',
    ...rows,
  ].join('\n');
}

function row(distance: number, found: VoiceEvaluation, note: string): string {
  const { known, missed, mistaken, strangers, accepted } = found;
  return [
    distance.toFixed(2).padEnd(11),
    share(missed, known).padEnd(25),
    share(mistaken, known).padEnd(18),
    share(accepted, strangers),
    note,
  ].join('');
}

function share(count: number, of: number): string {
  return of === 0 ? '–' : `${((count / of) * 100).toFixed(1)} % (${count}/${of})`;
}
