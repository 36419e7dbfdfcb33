import { apps } from '../model/apps/app.ts';
import { mcpConnections } from '../model/apps/mcp-connection.ts';
import { chatShares } from '../model/chat/chat-session.ts';
import type { CollectionDefinition } from '../model/collection.ts';
import { COLLECTIONS } from '../model/collections.ts';
import { listenSessions } from '../model/conversations/listen-session.ts';
import { sharedConversations } from '../model/conversations/shared-conversation.ts';
import { deletedParts, deletions } from '../model/deletion.ts';
import { pushDeliveries, pushSubscriptions } from '../model/notifications/push.ts';
import { searchChanges } from '../model/search-change.ts';
import { taskShares } from '../model/tasks/task-share.ts';

/** User collections that an archive leaves out, and why. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  [searchChanges.name]: 'input of the search index, which an import writes again',
  [deletions.name]: 'what was deleted, and is about to be erased',
  [deletedParts.name]: 'what was deleted, and is about to be erased',
  [mcpConnections.name]: 'sign-ins at servers of others, with the address of this server',
  [pushSubscriptions.name]: 'browsers that subscribed with the key of this server',
  [pushDeliveries.name]: 'what this server has sent to them',
  [listenSessions.name]: 'state of an audio log, which stays on its machine',
};

/** Global collections with documents of users, found by `uid`; `users` is one more. */
export const OWNED_GLOBALS = [sharedConversations, taskShares, chatShares, apps] as const;

/** Global collections that an archive leaves out, and why. */
export const LEFT_OUT_GLOBALS: Readonly<Record<string, string>> = {
  access_tokens: 'hashes of secrets of this server',
  api_keys: 'hashes of secrets of this server',
  app_keys: 'hashes of secrets of this server',
  calendar_feeds: 'hashes of secret addresses of this server',
  connector_codes: 'minutes old at most',
  connector_grants: 'consents for programs at this server',
  connector_tokens: 'hashes of secrets of this server',
  sign_in_attempts: 'minutes old at most',
  sign_in_codes: 'minutes old at most',
  sign_in_cutoffs: 'about sign-ins at this server',
  sign_in_links: 'a day old at most',
  legacy_issuers: 'about accounts that this server had before',
  encryption_checks: 'about the secret of this server',
  jobs: 'enqueued again by an import',
  server_settings: 'keys and choices of the owner of this server',
  instances: 'the processes of this installation',
  store_locks: 'seconds old at most',
  app_reviews: 'public words about an app, which stay where the app is',
};

/** Returns the user collections of an archive, in the order of their names. */
export function archivedCollections(): CollectionDefinition[] {
  return COLLECTIONS.filter(({ scope, name }) => scope === 'user' && !(name in LEFT_OUT)).sort(
    (a, b) => (a.name < b.name ? -1 : 1),
  );
}
