import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { readConfig } from '../../../src/config/config.ts';
import { readSecrets } from '../../../src/config/secrets.ts';
import { openStore } from '../../../src/context/open-engines.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { type CollectionDefinition, GLOBAL } from '../../../src/model/collection.ts';
import { COLLECTIONS } from '../../../src/model/collections.ts';

/**
 * Fields that stay plain although they can hold words: what docs/encryption.md documents. A new field
 * is encrypted, or stands here and there.
 */
const DOCUMENTED: Readonly<Record<string, readonly string[]>> = {
  // Accounts and settings.
  access_tokens: ['name'],
  api_keys: ['name'],
  users: [
    'name',
    'introduction',
    'vocabulary',
    'assistantSettings',
    'aiProfile',
    'lastGeolocation',
    'onboarding',
  ],
  // Titles, overviews, topics, action items, events, emotions, apps' summaries.
  conversations: ['structured', 'appsResults', 'searchMetadata', 'emotion', 'geolocation'],
  action_items: ['description', 'owner'],
  // Names of people, folders, goals, daily summaries.
  people: ['name'],
  folders: ['name', 'description'],
  goals: ['title', 'unit'],
  daily_summaries: [
    'headline',
    'overview',
    'highlights',
    'actionItems',
    'unresolvedQuestions',
    'decisionsMade',
    'knowledgeNuggets',
    'locations',
  ],
  // Names of files, headlines and tags of memories.
  files: ['name'],
  memories: ['headline', 'tags'],
  // Published by whoever made them.
  plugins_data: [
    'name',
    'description',
    'author',
    'email',
    'username',
    'connectedAccounts',
    'twitter',
    'memoryPrompt',
    'chatPrompt',
    'chatTools',
    'sourceCodeUrl',
  ],
  app_reviews: ['review', 'response', 'username'],
};
/** Ids, states, codes, keys and times as text: nothing of it is anybody's words. */
const NO_WORDS: Readonly<Record<string, readonly string[]>> = {
  users: [
    'language',
    'timeZone',
    'languages',
    'sttService',
    'taskManager',
    'trainingDataOptIn',
    'preferredAppId',
    'pushTokens',
    'byok',
    'identity',
  ],
  access_tokens: ['uid', 'hint'],
  api_keys: ['uid', 'hint'],
  // Names and addresses that programs give of themselves, and hashes.
  connector_codes: [
    'uid',
    'grantId',
    'clientId',
    'clientName',
    'redirectUri',
    'resource',
    'challenge',
  ],
  connector_grants: ['uid', 'clientId', 'clientName', 'refreshHash', 'resource'],
  connector_tokens: ['uid', 'grantId'],
  calendar_feeds: ['uid'],
  // An address of this server.
  mcp_connections: ['redirectUrl'],
  re_encryptions: ['after'],
  // Fingerprints, which are hashes.
  import_prints: ['print', 'conversationId'],
  // What kind of task a client says it is, and where it was found.
  staged_tasks: ['key', 'owner', 'conversationId', 'segmentIds'],
  calendar_meetings: ['calendarSource'],
  import_jobs: ['blobKey', 'language', 'problem'],
  sync_files: ['blobKey', 'conversationId', 'conversationIds', 'createdIds'],
  sync_uploads: ['fileIds'],
  joined_conversations: ['into'],
  sign_in_attempts: ['redirectUri', 'clientState', 'codeChallenge'],
  sign_in_codes: ['redirectUri', 'codeChallenge', 'encryptedTokens'],
  legacy_issuers: ['issuer'],
  sign_in_links: ['uid'],
  jobs: ['kind', 'uid', 'subject', 'payload', 'lease', 'requestId', 'lastError'],
  store_locks: ['owner'],
  server_settings: ['setAt', 'checks', 'order', 'off'],
  app_reviews: ['appId', 'uid'],
  app_keys: ['appId', 'hashed', 'label'],
  shared_conversations: ['uid'],
  task_shares: ['uid', 'taskIds', 'acceptedBy'],
  conversations: [
    'language',
    'editedAppIds',
    'suggestedSummarizationApps',
    'appId',
    'audioFiles',
    'processingConversationId',
    'folderId',
    'callId',
    'clientKey',
    'processing',
    'tailSegmentId',
    'importKey',
  ],
  live_segments: ['conversationId'],
  transcript_chunks: ['conversationId'],
  conversation_photos: ['conversationId'],
  listen_sessions: [
    'uid',
    'conversationId',
    'spans',
    'codec',
    'language',
    'voice',
    'instanceId',
    'clientKey',
    'stream',
    'streamId',
  ],
  audio_streams: ['conversationId'],
  recordings: ['uid', 'conversationId', 'blobKey', 'language', 'voice'],
  transcript_versions: ['conversationId', 'sttProviders'],
  transcript_version_chunks: ['conversationId'],
  memories: [
    'uid',
    'conversationId',
    'segmentIds',
    'scoring',
    'appId',
    'saidIn',
    'replacedBy',
    'replaces',
  ],
  action_items: [
    'conversationId',
    'segmentIds',
    'exportPlatform',
    'appleReminderId',
    'source',
    'priority',
    'category',
  ],
  people: ['speechSamples'],
  deletions: ['subjectId'],
  deleted_parts: ['deletionId'],
  speech_profiles: ['recording'],
  speaker_corrections: ['speakers'],
  voice_prints: ['owner', 'model', 'sampleKey', 'origin'],
  conversation_voices: ['conversationId', 'model', 'recognised', 'rejected', 'unknownVoiceId'],
  unknown_voices: ['model'],
  stt_usage: ['day', 'provider'],
  llm_usage: ['day', 'feature', 'model'],
  search_changes: ['subjectId'],
  folders: ['color', 'icon', 'categoryMapping'],
  daily_summaries: ['date', 'timeZone', 'dayEmoji', 'modelError'],
  goal_progress: ['goalId', 'date'],
  messages: ['appId', 'chatSessionId', 'citations', 'fileIds'],
  chat_sessions: ['appId'],
  chat_shares: ['uid', 'messageIds'],
  files: ['mimeType', 'blobKey', 'passagesKey', 'unread', 'chatKey'],
  webhook_deliveries: ['endpointId', 'subject', 'attempts'],
  plugins_data: [
    'uid',
    'capabilities',
    'category',
    'imageKey',
    'imageUrl',
    'thumbnails',
    'manifestUrl',
    'paymentPlan',
    'proactiveNotification',
  ],
};

/** A document in which every text is a word of its own: `<collection>x<field>q`. */
function seed(collection: CollectionDefinition): { id: string } {
  const shape = (collection.schema as unknown as z.ZodObject).shape;
  const fields = Object.entries(shape).map(([name, schema]) => [
    name,
    sampleOf(schema, wordOf(collection.name, name)),
  ]);
  const { id } = shape;
  const fixed = id instanceof z.ZodLiteral ? String([...id.values][0]) : undefined;
  return { ...Object.fromEntries(fields), id: fixed ?? `id-of-${collection.name}` };
}

const wordOf = (collection: string, field: string) =>
  `zq${collection.replace(/[^a-z]/g, '')}x${field}q`;

/** A value that fits a schema and holds the word wherever it takes any text. */
function sampleOf(schema: unknown, word: string): unknown {
  if (
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodOptional
  ) {
    return sampleOf(schema.unwrap(), word);
  }
  if (schema instanceof z.ZodObject) {
    return Object.fromEntries(
      Object.entries(schema.shape).map(([name, field]) => [name, sampleOf(field, word)]),
    );
  }
  if (schema instanceof z.ZodArray) return [sampleOf(schema.element, word)];
  if (schema instanceof z.ZodTuple) return schema.def.items.map((item) => sampleOf(item, word));
  if (schema instanceof z.ZodRecord) return { [word]: sampleOf(schema.valueType, word) };
  // The last one is the level `enhanced`, if it is a level.
  if (schema instanceof z.ZodEnum) return schema.options.at(-1);
  if (schema instanceof z.ZodLiteral) return [...schema.values][0];
  if (schema instanceof z.ZodUnion) return sampleOf(schema.options[0], word);
  if (schema instanceof z.ZodBoolean) return true;
  if (schema instanceof z.ZodNumber) return 1;
  if (schema instanceof z.ZodString || schema instanceof z.ZodUnknown) return word;
  throw new Error(`no value for ${schema instanceof z.ZodType ? schema.def.type : typeof schema}`);
}

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'omi-encrypted-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

it('keeps every field that can hold what somebody said from the disk, but for what is documented', async () => {
  const env = {
    DATA_DIR: directory,
    ENCRYPTION_SECRET: 'a secret of more than thirty-two bytes',
  };
  const options = { config: readConfig(env), secrets: readSecrets(env), logger: silentLogger };
  const store = await openStore(options);
  for (const collection of COLLECTIONS) {
    const owner = collection.scope === 'global' ? GLOBAL : 'somebody';
    const document = seed(collection);
    await store.transact((tx) => tx.put(collection, owner, document));
    expect(await store.find(collection, owner, document.id)).toEqual(document);
  }
  await store.close();
  const files = (await readdir(directory, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const bytes = (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n');

  const plain = Object.fromEntries(
    COLLECTIONS.map(({ name, schema }) => {
      const fields = Object.keys((schema as unknown as z.ZodObject).shape);
      return [name, fields.filter((field) => bytes.includes(wordOf(name, field))).sort()];
    }),
  );
  const known = Object.fromEntries(
    COLLECTIONS.map(({ name }) => [
      name,
      [...(DOCUMENTED[name] ?? []), ...(NO_WORDS[name] ?? [])].sort(),
    ]),
  );
  expect(plain).toEqual(known);
});
