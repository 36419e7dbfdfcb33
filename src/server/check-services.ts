import { rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '../config/config.ts';
import type { Context } from '../context.ts';
import { AppError, describeError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { createDataDirectory } from '../kernel/private-files.ts';
import { GLOBAL } from '../model/collection.ts';
import { jobs } from '../model/jobs.ts';
import { queryAll } from '../store/collection.ts';
import { sttSetUp } from '../stt/registry.ts';
import type { HealthReport } from './health-report.ts';

/** What `package.json` asks for; older ones lack what the code uses. */
const MIN_NODE = [20, 19] as const;

/** Checks what the product is made of: storage, sign-in, search, speech recognition, jobs. */
export async function checkContext(report: HealthReport, context: Context): Promise<void> {
  const { config, store, searchIndex, searchModel } = context;
  await report.check('Document store', async () => {
    await store.check();
    return { text: 'reads and writes' };
  });
  if (context.config.auth.issuer) {
    const { issuer } = context.config.auth;
    await report.check('Sign-in', async () => {
      await context.checkSignIn();
      return { text: `${config.engines.auth}: the keys of ${issuer.issuer} can be read` };
    });
  }
  await report.check('Search index', async () => {
    await searchIndex.check();
    return {
      text: `${config.engines.search.name}${searchModel ? ', words and meaning' : ', words'}`,
    };
  });
  await checkSpeech(report, context);
  if (config.encryption) {
    report.add('ok', 'Encryption', 'level enhanced: what users said is encrypted');
  } else {
    const text = 'level standard: what is stored is not encrypted; set ENCRYPTION_SECRET';
    report.add('note', 'Encryption', text);
  }
  if (config.telemetry) {
    await report.check('OpenTelemetry', async (signal) => {
      await context.telemetry.check(signal);
      return { text: 'the collector takes what it is sent' };
    });
  }
  await report.check('Jobs', async () => ({ text: await failedJobs(context) }));
}

/** Checks whether the models answer; says what to do if there is no language model. */
export async function checkModels(
  report: HealthReport,
  { ownModels, searchModel }: Context,
): Promise<void> {
  const languageModel = ownModels()?.language.medium ?? null;
  for (const [name, model] of [
    ['Language model', languageModel],
    ['Embedding model', searchModel],
  ] as const) {
    if (!model) continue;
    await report.check(name, async (signal) => {
      await model.check(signal);
      return { text: model.model };
    });
  }
  if (languageModel) return;
  report.add(
    'note',
    'Language model',
    'none: rules understand conversations; set OPENAI_API_KEY or OPENAI_BASE_URL for a model',
  );
}

async function checkSpeech(report: HealthReport, { config, speech }: Context): Promise<void> {
  const usable = speech.usable(false);
  const names = new Set(usable.map(({ provider }) => provider));
  for (const [name, provider] of speech.providers) {
    if (!names.has(name)) continue;
    await report.check(`Speech-to-text: ${name}`, async (signal) => {
      await provider.check(signal);
      return { text: name === 'local' ? 'the model works' : 'address and key are good' };
    });
  }
  if (names.size === 0) {
    report.add('note', 'Speech-to-text', `none, only text is taken: ${sttSetUp(config.isPrivate)}`);
  }
}

async function failedJobs({ store }: Context): Promise<string> {
  const byKind = new Map<string, number>();
  const request = { query: 'due', filters: { state: 'failed' } } as const;
  for await (const { kind } of queryAll(store, jobs, GLOBAL, request)) {
    byKind.set(kind, (byKind.get(kind) ?? 0) + 1);
  }
  if (byKind.size === 0) return 'none has failed';
  const counts = [...byKind].map(([kind, count]) => `${count} × ${kind}`).join(', ');
  return `failed for good: ${counts}; a conversation is tried again with its reprocess request`;
}

/** Checks the version of Node. @throws AppError `invalid-configuration` */
export function checkNode(): { text: string } {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [wantedMajor, wantedMinor] = MIN_NODE;
  if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) {
    throw new AppError(
      'invalid-configuration',
      `${process.version} is too old: install ${MIN_NODE.join('.')} or newer.`,
    );
  }
  return { text: process.version };
}

/** Checks that the data directory can be written and has room. @throws AppError */
export async function checkDirectory(config: Config): Promise<{ text: string; value: true }> {
  const { dataDir } = config;
  await createDataDirectory(dataDir);
  const probe = path.join(dataDir, `.doctor-${newId()}`);
  try {
    await writeFile(probe, 'x', { mode: 0o600 });
  } catch (cause) {
    throw new AppError(
      'invalid-configuration',
      `${dataDir} cannot be written (${describeError(cause)}): give the user that runs the server the right, or set DATA_DIR.`,
      { cause },
    );
  }
  await rm(probe, { force: true });
  const disk = await statfs(dataDir);
  const freeBytes = disk.bavail * disk.bsize;
  const free = `${(freeBytes / 2 ** 30).toFixed(1)} GB free`;
  if (freeBytes < config.audioLog.minFreeDiskBytes) {
    throw new AppError(
      'disk-full',
      `${dataDir}: only ${free}, below MIN_FREE_DISK_MB: new listen sessions are refused.`,
    );
  }
  return { text: `${dataDir}, ${free}`, value: true };
}
