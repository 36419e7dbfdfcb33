import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/** A tool that an app lends to the chat of users who have enabled it; called over HTTP. */
export const appToolSchema = z.object({
  name: z.string(),
  description: z.string(),
  /** Whole URL. */
  endpoint: z.string(),
  method: z.string().default('POST'),
  /** JSON schema of the arguments (`properties`, `required`), null for none. */
  parameters: z.record(z.string(), z.unknown()).nullable().default(null),
  authRequired: z.boolean().default(true),
  /** What the user is shown while it runs. */
  statusMessage: z.string().nullable().default(null),
  /** A tool of an MCP server, which this field alone does not reach. */
  isMcp: z.boolean().default(false),
  transport: z.enum(['streamable_http', 'sse']).default('streamable_http'),
});
export type AppTool = z.infer<typeof appToolSchema>;

/** An app, as far as the chat reads it; what the store of apps shows of one comes beside it. */
export const appSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  /** Owner, null for one of the house. */
  uid: z.string().nullable().default(null),
  private: z.boolean().default(false),
  approved: z.boolean().default(false),
  capabilities: z.array(z.string()),
  /** How the app speaks in a chat of its own. */
  chatPrompt: z.string().nullable().default(null),
  /** Who a persona is; takes the place of the chat's own instructions. */
  personaPrompt: z.string().nullable().default(null),
  chatTools: z.array(appToolSchema).default([]),
  createdAt: timestamp,
});
export type App = z.infer<typeof appSchema>;

export const apps = defineCollection({
  name: 'plugins_data',
  scope: 'global',
  schema: appSchema,
  queries: { ofUser: { filters: { uid: 'eq' }, orderBy: 'createdAt', direction: 'asc' } },
});

/** That a user has enabled an app; `id` is the app's. */
export const enabledAppSchema = z.object({ id: z.string(), enabledAt: timestamp });
export type EnabledApp = z.infer<typeof enabledAppSchema>;

export const enabledApps = defineCollection({
  name: 'enabled_apps',
  scope: 'user',
  schema: enabledAppSchema,
  queries: { recent: { filters: {}, orderBy: 'enabledAt', direction: 'desc' } },
});
