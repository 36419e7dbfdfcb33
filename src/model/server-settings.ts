import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/** Id of the only document of this kind. */
export const CURRENT_SERVER_SETTINGS = 'current';

/** What a check of a key has found: `unclear` says nothing about the key. */
export const CHECK_VERDICTS = ['good', 'no_credit', 'refused', 'unclear'] as const;

export const serviceCheckSchema = z.object({
  verdict: z.enum(CHECK_VERDICTS),
  /** A sentence, with what the vendor said. */
  text: z.string(),
  at: timestamp,
});
export type ServiceCheck = z.infer<typeof serviceCheckSchema>;

/** What the owner of the server has set in the console, for all processes of the installation. */
export const serverSettingsSchema = z.object({
  id: z.literal(CURRENT_SERVER_SETTINGS),
  /** Grows with each change. */
  version: z.number().int(),
  /** Values by the name of the environment variable that they stand for. */
  variables: z.record(z.string(), z.string()),
  /** When the values of a service were set, by its name. */
  setAt: z.record(z.string(), timestamp),
  /** The last check of each service, by its name. */
  checks: z.record(z.string(), serviceCheckSchema),
  /** Speech services in the order in which they are asked; those that are not named come after. */
  order: z.array(z.string()),
  /** Speech services that are not asked. */
  off: z.array(z.string()),
});
export type ServerSettingsDocument = z.infer<typeof serverSettingsSchema>;

export const serverSettings = defineCollection({
  name: 'server_settings',
  scope: 'global',
  schema: serverSettingsSchema,
  queries: {},
  encrypted: ['variables'],
});

/** Settings before anything was set. */
export const NO_SERVER_SETTINGS: ServerSettingsDocument = {
  id: CURRENT_SERVER_SETTINGS,
  version: 0,
  variables: {},
  setAt: {},
  checks: {},
  order: [],
  off: [],
};
