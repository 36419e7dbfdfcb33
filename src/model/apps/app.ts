import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

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

/** The part of an app that the chat needs. */
export const appSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  /** Owner; null for a built-in app. */
  uid: z.string().nullable().default(null),
  private: z.boolean().default(false),
  approved: z.boolean().default(false),
  capabilities: z.array(z.string()),
  /** Instructions for a chat with the app. */
  chatPrompt: z.string().nullable().default(null),
  /** Instructions of a persona; they replace the chat's own. */
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

/** An app that a user has enabled; `id` is the app's. */
export const enabledAppSchema = z.object({ id: z.string(), enabledAt: timestamp });
export type EnabledApp = z.infer<typeof enabledAppSchema>;

export const enabledApps = defineCollection({
  name: 'enabled_apps',
  scope: 'user',
  schema: enabledAppSchema,
  queries: { recent: { filters: {}, orderBy: 'enabledAt', direction: 'desc' } },
});
