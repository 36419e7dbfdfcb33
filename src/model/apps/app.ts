import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';
import { APP_TRIGGERS } from '../webhooks/webhook-endpoint.ts';

/** A tool that an app provides to the chat of users who have enabled it; called over HTTP. */
export const appToolSchema = z.object({
  name: z.string(),
  description: z.string(),
  /** Whole URL. */
  endpoint: z.string(),
  method: z.string().default('POST'),
  /** JSON schema of the arguments (`properties`, `required`), null for none. */
  parameters: z.record(z.string(), z.unknown()).nullable().default(null),
  authRequired: z.boolean().default(true),
  /** Text that the user sees while it runs. */
  statusMessage: z.string().nullable().default(null),
  /** True for a tool of an MCP server; `endpoint` alone is not enough to call it. */
  isMcp: z.boolean().default(false),
  transport: z.enum(['streamable_http', 'sse']).default('streamable_http'),
});
export type AppTool = z.infer<typeof appToolSchema>;

/** A step that a user takes on the app's own pages before it works. */
const authStepSchema = z.object({ name: z.string(), url: z.string() });

/** What an app has outside of this server. */
export const externalIntegrationSchema = z.object({
  /** What its webhook is told of; null for nothing. */
  triggersOn: z.enum(APP_TRIGGERS).nullable().default(null),
  webhookUrl: z.string().nullable().default(null),
  /** Says whether a user has set it up; null if there is nothing to set up. */
  setupCompletedUrl: z.string().nullable().default(null),
  setupInstructionsFilePath: z.string().nullable().default(null),
  isInstructionsUrl: z.boolean().default(true),
  authSteps: z.array(authStepSchema).default([]),
  appHomeUrl: z.string().nullable().default(null),
  /** What it may do by its key; as its author has declared it. */
  actions: z.array(z.object({ action: z.string() })).default([]),
  chatToolsManifestUrl: z.string().nullable().default(null),
  chatMessagesEnabled: z.boolean().default(false),
  chatMessagesTarget: z.enum(['app', 'main']).default('app'),
  chatMessagesNotify: z.boolean().default(false),
  mcpServerUrl: z.string().nullable().default(null),
});
export type ExternalIntegration = z.infer<typeof externalIntegrationSchema>;

/** What the prompt of a notification may be filled with. */
export const NOTIFICATION_SCOPES = [
  'user_name',
  'user_facts',
  'user_context',
  'user_chat',
] as const;

/** An app of the store. */
export const appSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  /** Owner; null for a built-in app. */
  uid: z.string().nullable().default(null),
  author: z.string().default(''),
  email: z.string().nullable().default(null),
  /** One of `APP_CATEGORIES`. */
  category: z.string().default('other'),
  /** Key of its picture among the blobs; null if `imageUrl` says where it is, or it has none. */
  imageKey: z.string().nullable().default(null),
  imageUrl: z.string().nullable().default(null),
  thumbnails: z.array(z.string()).default([]),
  private: z.boolean().default(false),
  approved: z.boolean().default(false),
  status: z.enum(['under-review', 'approved', 'rejected', 'pending_mcp_auth']).default('approved'),
  capabilities: z.array(z.string()),
  /** Address name of a persona. */
  username: z.string().nullable().default(null),
  connectedAccounts: z.array(z.string()).default([]),
  twitter: z.record(z.string(), z.unknown()).nullable().default(null),
  /** Instruction for a summary of a conversation. */
  memoryPrompt: z.string().nullable().default(null),
  /** Instructions for a chat with the app. */
  chatPrompt: z.string().nullable().default(null),
  /** Instructions of a persona; they replace the chat's own. */
  personaPrompt: z.string().nullable().default(null),
  externalIntegration: externalIntegrationSchema.nullable().default(null),
  proactiveNotification: z
    .object({ scopes: z.array(z.string()) })
    .nullable()
    .default(null),
  chatTools: z.array(appToolSchema).default([]),
  /** Where it was installed from; null if it was made here. */
  manifestUrl: z.string().nullable().default(null),
  /** Users of others who have it enabled. */
  installs: z.number().int().default(0),
  ratingSum: z.number().default(0),
  ratingCount: z.number().int().default(0),
  isPopular: z.boolean().default(false),
  isPaid: z.boolean().default(false),
  price: z.number().default(0),
  paymentPlan: z.string().nullable().default(null),
  sourceCodeUrl: z.string().nullable().default(null),
  createdAt: timestamp,
  updatedAt: timestamp.nullable().default(null),
});
export type App = z.infer<typeof appSchema>;

export const apps = defineCollection({
  name: 'plugins_data',
  scope: 'global',
  schema: appSchema,
  // Its addresses may carry a token of the author's own; a persona's prompt holds memories.
  encrypted: ['externalIntegration', 'personaPrompt'],
  queries: {
    ofUser: { filters: { uid: 'eq' }, orderBy: 'createdAt', direction: 'asc' },
    store: {
      filters: { approved: 'eq', private: 'eq' },
      orderBy: 'createdAt',
      direction: 'asc',
    },
  },
});

/** An app that a user has enabled; `id` is the app's. */
export const enabledAppSchema = z.object({ id: z.string(), enabledAt: timestamp });
export type EnabledApp = z.infer<typeof enabledAppSchema>;

export const enabledApps = defineCollection({
  name: 'enabled_apps',
  scope: 'user',
  schema: enabledAppSchema,
  queries: { recent: { filters: {}, orderBy: 'enabledAt', direction: 'desc' } },
});
