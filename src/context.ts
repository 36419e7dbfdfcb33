import { erasersInOrder, joinModules } from './context/module.ts';
import { openApps } from './context/open-apps.ts';
import { openBackup } from './context/open-backup.ts';
import { openChat } from './context/open-chat.ts';
import { openConnectors } from './context/open-connectors.ts';
import { openConversations } from './context/open-conversations.ts';
import { type ContextOptions, openCore } from './context/open-core.ts';
import { openDeveloper } from './context/open-developer.ts';
import { openFiles } from './context/open-files.ts';
import { openLocalModels } from './context/open-local-models.ts';
import { openModels } from './context/open-models.ts';
import { openNotifications } from './context/open-notifications.ts';
import { openOfflineSync } from './context/open-offline-sync.ts';
import { openRecordings } from './context/open-recordings.ts';
import { openSearch } from './context/open-search.ts';
import { openServerSettings } from './context/open-server-settings.ts';
import { openSessions } from './context/open-sessions.ts';
import { openSignIn } from './context/open-sign-in.ts';
import { openSpeakers } from './context/open-speakers.ts';
import { openUnderstanding } from './context/open-understanding.ts';
import { openUsers } from './context/open-users.ts';
import { DisposeStack } from './kernel/dispose-stack.ts';
import { RATE_LIMITS } from './model/usage/rate-limit.ts';
import { AccountExport } from './transfer/account-export.ts';
import { AccountDeletion } from './users/account-deletion.ts';

/** Everything that the product consists of, joined. What owns a resource is closed by `close`. */
export type Context = Awaited<ReturnType<typeof openContext>>;

/**
 * The composition root: the one place where implementations and services meet. Opens engines, then
 * the modules on top of them; nothing runs until `startServer` or a command says so. If opening
 * fails, what was open is closed again.
 */
export async function openContext(options: ContextOptions) {
  const stack = new DisposeStack();
  try {
    return await compose(options, stack);
  } catch (error) {
    await stack.dispose();
    throw error;
  }
}

/** Each module gets the services of the modules before it. */
async function compose(options: ContextOptions, stack: DisposeStack) {
  const core = await openCore(options, stack);
  const base = joinModules(
    await openSignIn(core),
    await openModels(core),
    await openFiles(core),
    openUsers(core),
    openLocalModels(core),
  );
  const withBase = { ...core, ...base.services };
  const knowledge = joinModules(
    openSpeakers(withBase),
    await openSearch(withBase),
    openUnderstanding(withBase),
  );
  const withKnowledge = { ...withBase, ...knowledge.services };
  const apps = openApps(withKnowledge);
  const withApps = { ...withKnowledge, ...apps.services };
  const sessions = await openSessions(withApps);
  const withSessions = { ...withApps, ...sessions.services };
  const recordings = openRecordings(withSessions);
  const withRecordings = { ...withSessions, ...recordings.services };
  const conversations = openConversations(withRecordings);
  const withConversations = { ...withRecordings, ...conversations.services };
  const chat = openChat(withConversations);
  const all = joinModules(
    base,
    knowledge,
    apps,
    sessions,
    openServerSettings(withSessions),
    recordings,
    openOfflineSync(withRecordings),
    conversations,
    chat,
    openDeveloper({ ...withConversations, ...chat.services }),
    await openNotifications(withApps),
    openConnectors(withApps),
  );

  const backupTask = openBackup(core);
  closeFirst(stack, { ...core, ...apps.services, ...sessions.services, backupTask });
  const { secrets: _, stack: __, storedSettings: ___, environmentOwners: ____, ...shared } = core;
  const { store, rateLimiter } = core;
  return {
    ...shared,
    ...all.services,
    backupTask,
    accountExport: new AccountExport({
      store,
      users: base.services.users,
      chat: chat.services.chat,
    }),
    deletion: new AccountDeletion({
      store,
      erasers: [...erasersInOrder(all), (uid) => rateLimiter.forget(uid, Object.keys(RATE_LIMITS))],
    }),
    close: () => stack.dispose(),
  };
}

type RunningParts = 'processes' | 'jobWorker' | 'outgoingWorker' | 'transcription' | 'backupTask';
type Closable = { close(): Promise<void> };

/** Workers and sessions stop before the engines that they use. */
function closeFirst(stack: DisposeStack, running: Record<RunningParts, Closable>): void {
  stack.defer('backup', () => running.backupTask.close());
  stack.defer('process registry', () => running.processes.close());
  stack.defer('jobs', () => running.jobWorker.close());
  stack.defer('outgoing jobs', () => running.outgoingWorker.close());
  stack.defer('live sessions', () => running.transcription.close());
}
