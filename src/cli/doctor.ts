import { Command } from 'commander';
import type { Config } from '../config/config.ts';
import type { Context } from '../context.ts';
import { describeModelServer, type FindModelServers } from '../llm/local-model-servers.ts';
import { probeModel } from '../llm/registry.ts';
import { checkContext, checkDirectory, checkModels, checkNode } from '../server/check-services.ts';
import { HealthReport, type Verdict } from '../server/health-report.ts';
import { describeAbilities } from './describe-abilities.ts';
import { loadContext, readCliEnvironment } from './environment.ts';
import { languagesOf, modelAdvice } from './models/model-advice.ts';
import { findRunningServer } from './running-server.ts';

/** A local server may have to load its model first. */
const ABILITIES_TIMEOUT_MS = 60_000;

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
  const report = new HealthReport(({ verdict, subject, text }) => {
    process.stdout.write(`${SIGNS[verdict]} ${subject}: ${text}\n`);
  });
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
        await reportModelAdvice(report, context);
        await checkModels(report, context);
        await checkAbilities(report, context);
        if (!context.ownModels()) await reportModelServers(report, config, findModelServers);
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

/** Says which local model suits this machine, if nothing hears yet. */
async function reportModelAdvice(
  report: HealthReport,
  { speech, accounts }: Context,
): Promise<void> {
  if (speech.usable(false).length > 0) return;
  report.add('note', 'Speech-to-text', modelAdvice(languagesOf(await accounts.listUsers())));
}

/** Asks the model that chats what it can do, if everything before works. */
async function checkAbilities(
  report: HealthReport,
  { ownModels, modelServer, logger }: Context,
): Promise<void> {
  const [chatModel, reached] = [ownModels()?.chat, modelServer()];
  if (!chatModel || !reached || report.broken) return;
  await report.check(
    'Abilities of the model',
    async (signal) => {
      const server = {
        ...reached,
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
  report: HealthReport,
  config: Config,
  findModelServers: FindModelServers,
): Promise<void> {
  if (!config.detectModelServers) return;
  for (const server of await findModelServers()) {
    report.add('note', 'Language model', describeModelServer(server));
  }
}

async function reportServer(report: HealthReport, config: Config): Promise<void> {
  const running = await findRunningServer(config.dataDir);
  report.add(
    'note',
    'Server',
    running ? `runs at ${running.url} (process ${running.pid})` : 'does not run on this directory',
  );
}
