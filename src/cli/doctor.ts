import { rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import type { Config } from '../config/config.ts';
import type { Context } from '../context.ts';
import { AppError, describeError, isAppError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { createDataDirectory } from '../kernel/private-files.ts';
import { probeModel } from '../llm/registry.ts';
import { GLOBAL } from '../model/collection.ts';
import { jobs } from '../model/jobs.ts';
import { queryAll } from '../store/collection.ts';
import { sttSetUp } from '../stt/registry.ts';
import { usableServices } from '../stt/usable-services.ts';
import { describeAbilities } from './describe-abilities.ts';
import { type Environment, loadContext, readCliEnvironment } from './environment.ts';
import { describeModelServer, type FindModelServers } from './local-model-servers.ts';
import { languagesOf, modelAdvice } from './models/model-advice.ts';
import { findRunningServer } from './running-server.ts';

const CHECK_TIMEOUT_MS = 10_000;
/** A local server may have to load its model first. */
const ABILITIES_TIMEOUT_MS = 60_000;
/** What `package.json` asks for; older ones lack what the code uses. */
const MIN_NODE = [20, 19] as const;

/** `ok`: works. `broken`: is wanted and does not work. `note`: nothing is wrong, but good to know. */
type Verdict = 'ok' | 'broken' | 'note';
const SIGNS: Record<Verdict, string> = { ok: '✓', broken: '✗', note: '–' };

export function doctorCommand(findModelServers: FindModelServers): Command {
  return new Command('doctor')
    .description('check this installation and every service that is configured')
    .addHelpText(
      'after',
      `
✓ works   ✗ is configured and does not work   – not configured, or good to know
Asks each service over the network, at most 10 s each; works while the server runs. What the
language model can do is found out with two or three short questions, within 60 s.
Exit code: 0; 1 where something that is configured does not work.

Example:
  omi-backend doctor`,
    )
    .action(() => doctor(findModelServers));
}

async function doctor(findModelServers: FindModelServers): Promise<void> {
  const report = new Report();
  await report.check('Node.js', async () => checkNode());
  const environment = await report.check('Configuration', async () => ({
    value: readCliEnvironment({ LOG_LEVEL: 'silent' }),
    text: 'every variable is understood',
  }));
  if (environment) {
    const { config } = environment;
    for (const notice of config.notices) report.add('note', 'Configuration', notice);
    // Loading is no part of what is timed: on a busy machine it takes seconds.
    const { openContext } = await loadContext();
    const usable = await report.check('Data directory', () => checkDirectory(config));
    const context =
      usable &&
      (await report.check('Storage opens', async () => ({
        value: await openContext(environment),
        text: config.engines.store.name,
      })));
    if (context) {
      try {
        await checkContext(report, context);
        await checkModels(report, context, environment);
        if (!context.languageModel) await reportModelServers(report, config, findModelServers);
      } finally {
        await context.close();
      }
    }
    await reportServer(report, config);
  }
  if (report.broken) process.exitCode = 1;
  // What did not answer in time may never end, and would keep the process from its end.
  if (report.timedOut) process.exit();
}

async function checkContext(report: Report, context: Context): Promise<void> {
  const { config, store, searchIndex, embeddingModel } = context;
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
      text: `${config.engines.search.name}${embeddingModel ? ', words and meaning' : ', words'}`,
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

/** Whether the models answer, and what the one that chats can do. */
async function checkModels(
  report: Report,
  { languageModel, chatModel, embeddingModel, config, logger }: Context,
  { secrets }: Environment,
): Promise<void> {
  for (const [name, model] of [
    ['Language model', languageModel],
    ['Embedding model', embeddingModel],
  ] as const) {
    if (!model) continue;
    await report.check(name, async (signal) => {
      await model.check(signal);
      return { text: model.model };
    });
  }
  const { openai } = config;
  if (!chatModel || !openai || report.broken) return;
  await report.check(
    'Abilities of the model',
    async (signal) => {
      const server = {
        apiKey: secrets.openaiApiKey?.reveal() ?? null,
        baseUrl: openai.baseUrl,
        model: chatModel.model,
        timeoutMs: ABILITIES_TIMEOUT_MS,
        logger,
      };
      return { text: describeAbilities(await probeModel(server, signal)) };
    },
    ABILITIES_TIMEOUT_MS,
  );
}

async function reportModelServers(
  report: Report,
  config: Config,
  findModelServers: FindModelServers,
): Promise<void> {
  report.add(
    'note',
    'Language model',
    'none: rules understand conversations; set OPENAI_API_KEY or OPENAI_BASE_URL for a model',
  );
  if (!config.detectModelServers) return;
  for (const server of await findModelServers()) {
    report.add('note', 'Language model', describeModelServer(server));
  }
}

async function checkSpeech(
  report: Report,
  { config, sttProviders, accounts }: Context,
): Promise<void> {
  const usable = usableServices(config.sttServices, sttProviders, false);
  const names = new Set(usable.map(({ provider }) => provider));
  for (const [name, provider] of sttProviders) {
    if (!names.has(name)) continue;
    await report.check(`Speech-to-text: ${name}`, async (signal) => {
      await provider.check(signal);
      return { text: name === 'local' ? 'the model works' : 'address and key are good' };
    });
  }
  if (names.size === 0) {
    report.add('note', 'Speech-to-text', `none, only text is taken: ${sttSetUp(config.isPrivate)}`);
    report.add('note', 'Speech-to-text', modelAdvice(languagesOf(await accounts.listUsers())));
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

function checkNode(): { text: string } {
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

async function checkDirectory(config: Config): Promise<{ text: string; value: true }> {
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

async function reportServer(report: Report, config: Config): Promise<void> {
  const running = await findRunningServer(config.dataDir);
  report.add(
    'note',
    'Server',
    running ? `runs at ${running.url} (process ${running.pid})` : 'does not run on this directory',
  );
}

/** Prints one line a check, as soon as it is done. */
class Report {
  broken = false;
  timedOut = false;

  add(verdict: Verdict, subject: string, text: string): void {
    if (verdict === 'broken') this.broken = true;
    process.stdout.write(`${SIGNS[verdict]} ${subject}: ${text}\n`);
  }

  /** Runs a check in bounded time; answers its value, undefined if it failed. */
  async check<T>(
    subject: string,
    run: (signal: AbortSignal) => Promise<{ text: string; value?: T }>,
    timeoutMs = CHECK_TIMEOUT_MS,
  ): Promise<T | undefined> {
    const abort = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.timedOut = true;
        abort.abort();
        reject(new AppError('timeout', `no answer within ${timeoutMs / 1000} s.`));
      }, timeoutMs);
    });
    try {
      const { text, value } = await Promise.race([run(abort.signal), late]);
      this.add('ok', subject, text);
      return value;
    } catch (error) {
      this.add('broken', subject, isAppError(error) ? error.message : describeError(error));
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }
}
