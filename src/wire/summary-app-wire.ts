import { z } from 'zod';
import { appSchema } from './app-wire.ts';

/** What of a summary app is shown. */
export const shownAppSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    author: z.string(),
    category: z.string(),
    image: z.string(),
  })
  .meta({ id: 'ShownApp' });
export type ShownApp = z.output<typeof shownAppSchema>;

/** A built-in summary app as an entry of Omi's store of apps; every key is always there. */
export const summaryAppSchema = appSchema
  .omit({ score: true, reviews: true })
  .meta({ id: 'SummaryApp' });

/** Returns a built-in summary app as an entry of the store. */
export function summaryAppToWire(app: ShownApp): z.output<typeof summaryAppSchema> {
  return {
    id: app.id,
    name: app.name,
    uid: null,
    private: false,
    approved: true,
    status: 'approved',
    category: app.category,
    author: app.author,
    description: app.description,
    image: app.image,
    capabilities: ['memories'],
    username: null,
    connected_accounts: [],
    external_integration: null,
    rating_avg: null,
    rating_count: 0,
    enabled: true,
    trigger_workflow_memories: true,
    installs: 0,
    proactive_notification: null,
    created_at: null,
    is_paid: false,
    price: 0,
    payment_plan: null,
    payment_link: null,
    is_user_paid: false,
    thumbnails: [],
    thumbnail_urls: [],
    is_influencer: false,
    is_popular: false,
    official: true,
    chat_tools: [],
    source_code_url: null,
  };
}
