import { Command } from 'commander';
import { openHub } from '../context/open-local-models.ts';
import { AppError } from '../kernel/errors.ts';
import { CATALOGUE, findCatalogueModel } from '../local-models/catalogue/catalogue.ts';
import type { CatalogueModel } from '../local-models/catalogue/catalogue-model.ts';
import { type ModelLock, pullModel, removeModel } from '../local-models/download/pull-model.ts';
import type { ModelTask } from '../local-models/model-kind.ts';
import { isPath, ModelLibrary } from '../local-models/model-library.ts';
import { catalogueSize, recommendModel, suits, thisMachine } from '../local-models/recommend.ts';
import { TransferSpeed } from '../model-downloads/model-downloads.ts';
import { readCliEnvironment, withAccounts } from './environment.ts';
import { checkModel } from './models/check-model.ts';
import { languagesOf } from './models/model-advice.ts';
import { Progress } from './progress.ts';

/** How tasks are called here. */
const TASK_NAMES: Readonly<Record<ModelTask, string>> = {
  'streaming-speech': 'live',
  'file-speech': 'file',
  'speaker-embedding': 'voice',
  punctuation: 'punct',
  'voice-activity': 'vad',
};
const TASKS = ['streaming-speech', 'file-speech', 'speaker-embedding'] as const;

const KILOBYTE = 1000;
const MEGABYTE = 1000 * KILOBYTE;

export function modelsCommand(): Command {
  const command = new Command('models').description(
    'models for speech recognition on this machine; works while the server runs',
  );
  command
    .command('list')
    .description('list the models that can be downloaded, and those that are here')
    .action(listModels);
  command
    .command('pull')
    .description(
      'download a model; without a name the one that suits this machine and your languages',
    )
    .argument('[name]', 'a name of `models list`')
    .option('--from <folder>', 'take the files from a folder instead of the network')
    .option('--language <tags>', 'languages to choose by, such as en,de')
    .option(
      '--task <task>',
      'live, file for files and second passes, or voice to know people by their voices',
      'live',
    )
    .option('--allow-network', 'download although PRIVATE is set')
    .addHelpText(
      'after',
      `
What is there of an earlier attempt is kept. Each file is compared with the hash of the catalogue, or with
the one that the hub sends; the file model.lock.json beside the model says which. Ctrl-C stops it.

Examples:
  omi-backend models pull
  omi-backend models pull kroko-de
  omi-backend models pull parakeet-tdt-0.6b-v3 --from /media/usb/parakeet`,
    )
    .action(pull);
  command
    .command('rm')
    .description('remove a model from the disk')
    .argument('<name>', 'a name of `models list`')
    .action(remove);
  command
    .command('check')
    .description('load a model, and measure how fast it is on this machine')
    .argument('[name]', 'a name of `models list`, or a folder; default: every model that is here')
    .option('--file <recording>', 'a WAV or Ogg/Opus recording: prints its words with their times')
    .action(check);
  return command;
}

async function listModels(): Promise<void> {
  const { config } = readCliEnvironment({ LOG_LEVEL: 'warn' });
  const machine = thisMachine();
  const here = new Set(new ModelLibrary(config.modelsDir).pulled().map(({ model }) => model));
  const advised = recommendModel(machine, await userLanguages());
  const lines = CATALOGUE.map((model) => {
    const sign = here.has(model) ? '✓' : model === advised ? '*' : ' ';
    const fits = suits(model, machine) ? '' : '  (large for this machine)';
    const languages = model.languages.length === 0 ? 'many' : shortList(model.languages);
    const task = TASK_NAMES[model.task].padEnd(5);
    const size = `${sizeOf(model)} MB`.padStart(7);
    return `${sign} ${model.id.padEnd(26)} ${task}  ${size}  ${languages.padEnd(14)} ${model.title}${fits}`;
  });
  const legend = '✓ is here   * suits this machine and your languages';
  process.stdout.write(
    `${lines.join('\n')}\n\n${legend}\nModels are kept in ${config.modelsDir}.\n`,
  );
}

interface PullChoices {
  from?: string;
  language?: string;
  task: string;
  allowNetwork?: boolean;
}

async function pull(name: string | undefined, choices: PullChoices): Promise<void> {
  const { config, secrets } = readCliEnvironment({ LOG_LEVEL: 'warn' });
  const { from } = choices;
  if (config.isPrivate && from === undefined && !choices.allowNetwork) {
    throw new AppError(
      'forbidden',
      'PRIVATE is set: nothing is downloaded. Add --allow-network, or bring the files with --from.',
    );
  }
  const model = name === undefined ? await advisedModel(choices) : namedModel(name);
  const library = new ModelLibrary(config.modelsDir);
  const hub = from === undefined ? openHub(config, secrets) : null;
  const abort = new AbortController();
  const stop = () => abort.abort();
  process.once('SIGINT', stop);
  const progress = new Progress(`${model.id} [{bar}] {percentage}% {note}`, 1);
  const speed = new TransferSpeed();
  try {
    const lock = await pullModel(model, {
      library,
      hub,
      mirror: config.modelsHub.mirror,
      directory: from ?? null,
      signal: abort.signal,
      onProgress: ({ phase, file, doneBytes, totalBytes }) => {
        speed.note(doneBytes);
        const rate = speed.bytesPerSecond;
        const what =
          phase === 'checking' ? `checking ${file}` : transferNote(doneBytes, totalBytes, rate);
        progress.update(doneBytes, what, totalBytes ?? Math.max(1, doneBytes));
      },
    });
    progress.line(pulledText(model, lock, library.folderOf(model.id)));
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    progress.line('Stopped. What was downloaded is kept; the same command goes on from there.');
    process.exitCode = 130;
  } finally {
    process.removeListener('SIGINT', stop);
    progress.stop();
    await hub?.close();
  }
}

async function remove(name: string): Promise<void> {
  const { config } = readCliEnvironment({ LOG_LEVEL: 'warn' });
  const { id } = namedModel(name);
  if (!(await removeModel(new ModelLibrary(config.modelsDir), id))) {
    throw new AppError('not-found', `The model ${id} is not here.`);
  }
  process.stdout.write(`${id} is removed.\n`);
}

async function check(name: string | undefined, options: { file?: string }): Promise<void> {
  const { config } = readCliEnvironment({ LOG_LEVEL: 'warn' });
  const library = new ModelLibrary(config.modelsDir);
  const names = name === undefined ? library.pulled().map(({ model }) => model.id) : [name];
  if (names.length === 0) {
    throw new AppError('not-found', 'No model is here. Get one: omi-backend models pull');
  }
  for (const one of names) {
    const folder = isPath(one) ? one : library.folderOf(namedModel(one).id);
    process.stdout.write(`${await checkModel(one, folder, options.file ?? null)}\n`);
  }
}

function namedModel(name: string): CatalogueModel {
  const model = findCatalogueModel(name);
  if (model !== undefined) return model;
  throw new AppError('not-found', `There is no model ${name}: see omi-backend models list.`);
}

async function advisedModel({ language, task }: PullChoices): Promise<CatalogueModel> {
  const given = language?.split(',').map((tag) => tag.trim());
  const languages = given ?? (await userLanguages());
  const kind = TASKS.find((known) => TASK_NAMES[known] === task);
  if (kind === undefined) {
    throw new AppError('bad-request', `--task is live, file or voice, not ${task}.`);
  }
  const model = recommendModel(thisMachine(), languages, kind);
  if (model !== null) return model;
  throw new AppError(
    'not-found',
    `No model of the list suits this machine and ${languages.join(', ')}: see omi-backend models list.`,
  );
}

/** Languages of the users of this server, else of this terminal. */
async function userLanguages(): Promise<string[]> {
  return languagesOf(await withAccounts((accounts) => accounts.listUsers()));
}

function pulledText(model: CatalogueModel, { files }: ModelLock, folder: string): string {
  const unchecked = files.filter(({ checkedBy }) => checkedBy === 'nothing');
  const byHub = files.filter(({ checkedBy }) => checkedBy === 'hub');
  return [
    `${model.id} is here: ${folder}`,
    ...(byHub.length > 0
      ? [`Compared with hashes that the hub sent, not with the catalogue's: ${names(byHub)}.`]
      : []),
    ...(unchecked.length > 0
      ? [
          `Nobody gave a hash to compare with: ${names(unchecked)}. model.lock.json holds what came.`,
        ]
      : []),
    `Licence: ${model.licence.text} (${model.licence.source}).`,
    'The server uses it from the next session on; nothing else needs to be set.',
  ].join('\n');
}

function names(files: ModelLock['files']): string {
  return files.map(({ path }) => path).join(', ');
}

/** `34 of 650 MB, 5.2 MB/s, 2 min left`. */
function transferNote(doneBytes: number, totalBytes: number | null, rate: number | null): string {
  const parts = [
    totalBytes === null
      ? `${megabytes(doneBytes)} MB`
      : `${megabytes(doneBytes)} of ${megabytes(totalBytes)} MB`,
  ];
  if (rate !== null) parts.push(`${(rate / MEGABYTE).toFixed(1)} MB/s`);
  if (rate !== null && rate > 0 && totalBytes !== null) {
    const seconds = Math.ceil((totalBytes - doneBytes) / rate);
    parts.push(seconds < 90 ? `${seconds} s left` : `${Math.ceil(seconds / 60)} min left`);
  }
  return parts.join(', ');
}

function sizeOf(model: CatalogueModel): string {
  const bytes = catalogueSize(model);
  return bytes === null ? '?' : String(megabytes(bytes));
}

function megabytes(bytes: number): number {
  return Math.round(bytes / MEGABYTE);
}

function shortList(languages: readonly string[]): string {
  const shown = languages.slice(0, 4).join(' ');
  return languages.length > 4 ? `${shown} …` : shown;
}
