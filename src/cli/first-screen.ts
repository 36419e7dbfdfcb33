import { commandName } from '../config/env.ts';
import type { Context } from '../context.ts';
import { describeModelServer, type FindModelServers } from '../llm/local-model-servers.ts';
import { sttSetUp } from '../stt/registry.ts';
import { signInUrl } from './console.ts';
import { languagesOf, modelAdvice } from './models/model-advice.ts';
import { paint } from './terminal.ts';

export interface FirstScreenOptions {
  context: Context;
  /** `http://host:port` on which the server listens. */
  url: string;
  /** The owner and the first token, at the first start only. */
  owner: { user: { id: string }; token: string } | undefined;
  findModelServers: FindModelServers;
  /** A person looks at it: every start makes a link. */
  isTerminal: boolean;
}

/**
 * Returns what a person needs to know once the server is ready: address, sign-in, what hears, what
 * understands, and what to do next.
 */
export async function firstScreen(options: FirstScreenOptions): Promise<string[]> {
  const { context, url } = options;
  const { config } = context;
  const publicUrl = config.server.publicUrl ?? url;
  return [
    `${paint.bold('omi-backend')} is ready at ${paint.cyan(publicUrl)}`,
    ...(await signInLines(options, publicUrl)),
    `API: ${url}/docs   Help: ${url}/help   Data: ${config.dataDir}`,
    ...config.notices.map((notice) => `${paint.yellow('Note:')} ${notice}`),
    ...(await hearingLines(context)),
    ...(await understandingLines(options)),
    `${paint.bold('Next:')} in another terminal, ${paint.cyan(`${commandName()} demo`)} plays a sample talk; ${paint.cyan(`${commandName()} --help`)} lists all commands. Ctrl-C stops the server.`,
  ];
}

async function signInLines(
  { context, owner, isTerminal }: FirstScreenOptions,
  publicUrl: string,
): Promise<string[]> {
  const link = async (uid: string) => {
    const { code } = await context.browserSessions.createLink(uid, 'terminal');
    return `${paint.bold('Open this to sign in')}, once, within a day: ${paint.cyan(signInUrl(publicUrl, code))}`;
  };
  if (owner) {
    return [
      await link(owner.user.id),
      `Sign-in token of the owner, shown this once: ${paint.bold(owner.token)}`,
    ];
  }
  const known = isTerminal ? await context.accounts.findUser('owner') : undefined;
  if (known && (await context.isOwner(known.id))) return [await link(known.id)];
  return [`Sign in with your token, or make a link: ${commandName()} console`];
}

async function hearingLines({ config, speech, accounts }: Context): Promise<string[]> {
  const services = speech.usable(false);
  if (services.length > 0) {
    const names = [...new Set(services.map(({ provider }) => provider))];
    return [`${paint.bold('Hears with:')} ${names.join(', then ')}`];
  }
  const languages = languagesOf(await accounts.listUsers());
  return [
    `${paint.bold('Hears nothing yet.')} Live audio is refused until there is speech-to-text: ${sttSetUp(config.isPrivate)}.`,
    modelAdvice(languages),
  ];
}

async function understandingLines({
  context,
  owner,
  findModelServers,
}: FirstScreenOptions): Promise<string[]> {
  const { config, ownModels } = context;
  const languageModel = ownModels()?.language.medium;
  if (languageModel) return [`${paint.bold('Understands with:')} ${languageModel.model}`];
  const model = config.isPrivate
    ? 'set OPENAI_BASE_URL to a model server on this machine'
    : 'set OPENAI_API_KEY, or OPENAI_BASE_URL for a model server';
  const found =
    owner && config.openai === null && config.detectModelServers
      ? (await findModelServers()).map(describeModelServer)
      : [];
  return [
    `${paint.bold('Understands with:')} rules, for English, and in part for German, Spanish and French. For more, ${model} (docs/model-servers.md).`,
    ...found,
  ];
}
