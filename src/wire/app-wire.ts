import { z } from 'zod';
import type { App, ExternalIntegration } from '../model/apps/app.ts';
import type { AppReview } from '../model/apps/app-review.ts';
import { toIso, toIsoOrNull } from '../model/timestamp.ts';
import { jsonObjectSchema } from './json.ts';

const integrationSchema = z.object({
  triggers_on: z.string().nullable(),
  webhook_url: z.string().nullable(),
  setup_completed_url: z.string().nullable(),
  setup_instructions_file_path: z.string().nullable(),
  is_instructions_url: z.boolean(),
  auth_steps: z.array(z.object({ name: z.string(), url: z.string() })),
  app_home_url: z.string().nullable(),
  actions: z.array(z.object({ action: z.string() })),
  chat_tools_manifest_url: z.string().nullable(),
  chat_messages_enabled: z.boolean(),
  chat_messages_target: z.string(),
  chat_messages_notify: z.boolean(),
  mcp_server_url: z.string().nullable(),
});

const toolSchema = z.object({
  name: z.string(),
  description: z.string(),
  endpoint: z.string(),
  method: z.string(),
  parameters: jsonObjectSchema.nullable(),
  auth_required: z.boolean(),
  status_message: z.string().nullable(),
  is_mcp: z.boolean(),
  transport: z.string(),
});

export const appReviewSchema = z
  .object({
    uid: z.string(),
    rated_at: z.string(),
    score: z.number(),
    review: z.string(),
    username: z.string(),
    response: z.string(),
    updated_at: z.string().nullable(),
    responded_at: z.string().nullable(),
  })
  .meta({ id: 'AppReview' });

/** An app as Omi's lists show it. */
export const appSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    uid: z.string().nullable(),
    private: z.boolean(),
    approved: z.boolean(),
    status: z.string(),
    category: z.string(),
    author: z.string(),
    description: z.string(),
    image: z.string(),
    capabilities: z.array(z.string()),
    username: z.string().nullable(),
    connected_accounts: z.array(z.string()),
    external_integration: integrationSchema.nullable(),
    rating_avg: z.number().nullable(),
    rating_count: z.number().int(),
    enabled: z.boolean(),
    trigger_workflow_memories: z.boolean(),
    installs: z.number().int(),
    score: z.number().nullable(),
    proactive_notification: z.object({ scopes: z.array(z.string()) }).nullable(),
    created_at: z.string().nullable(),
    is_paid: z.boolean(),
    price: z.number(),
    payment_plan: z.string().nullable(),
    payment_link: z.string().nullable(),
    is_user_paid: z.boolean(),
    thumbnails: z.array(z.string()),
    thumbnail_urls: z.array(z.string()),
    is_influencer: z.boolean(),
    is_popular: z.boolean(),
    official: z.boolean(),
    chat_tools: z.array(toolSchema),
    source_code_url: z.string().nullable(),
    /** Only if they were asked for. */
    reviews: z.array(appReviewSchema).optional(),
  })
  .meta({ id: 'App' });
export type AppWire = z.output<typeof appSchema>;

/** An app as its own page shows it; prompts and author's address are for the owner alone. */
export const appDetailSchema = appSchema
  .extend({
    reviews: z.array(appReviewSchema),
    user_review: appReviewSchema.nullable(),
    memory_prompt: z.string().nullable(),
    chat_prompt: z.string().nullable(),
    persona_prompt: z.string().nullable(),
    email: z.string().nullable(),
    twitter: jsonObjectSchema.nullable(),
    usage_count: z.number().int(),
    money_made: z.number(),
    manifest_url: z.string().nullable(),
  })
  .meta({ id: 'AppDetail' });

/** What an app's entry shows that is not in the app itself. */
export interface AppFacts {
  image: string;
  thumbnailUrls: string[];
  isEnabled: boolean;
  ratingAverage: number | null;
  score: number | null;
  /** True for the app's owner, who alone sees where its webhooks go. */
  isOwn: boolean;
}

export function appToWire(app: App, facts: AppFacts): AppWire {
  return {
    id: app.id,
    name: app.name,
    uid: app.uid,
    private: app.private,
    approved: app.approved,
    status: app.status,
    category: app.category,
    author: app.author,
    description: app.description,
    image: facts.image,
    capabilities: app.capabilities,
    username: app.username,
    connected_accounts: app.connectedAccounts,
    external_integration:
      app.externalIntegration && integrationToWire(app.externalIntegration, facts.isOwn),
    rating_avg: facts.ratingAverage,
    rating_count: app.ratingCount,
    enabled: facts.isEnabled,
    trigger_workflow_memories: true,
    installs: app.installs,
    score: facts.score,
    proactive_notification: app.proactiveNotification,
    created_at: app.createdAt === 0 ? null : toIso(app.createdAt),
    is_paid: app.isPaid,
    price: app.price,
    payment_plan: app.paymentPlan,
    payment_link: null,
    is_user_paid: false,
    thumbnails: app.thumbnails,
    thumbnail_urls: facts.thumbnailUrls,
    is_influencer: false,
    is_popular: app.isPopular,
    official: app.uid === null,
    chat_tools: app.chatTools.map((tool) => ({
      name: tool.name,
      description: tool.description,
      endpoint: tool.endpoint,
      method: tool.method,
      parameters: tool.parameters,
      auth_required: tool.authRequired,
      status_message: tool.statusMessage,
      is_mcp: tool.isMcp,
      transport: tool.transport,
    })),
    source_code_url: app.sourceCodeUrl,
  };
}

export function appDetailToWire(
  app: App,
  facts: AppFacts,
  reviews: readonly AppReview[],
  userReview: AppReview | undefined,
): z.output<typeof appDetailSchema> {
  const own = <T>(value: T): T | null => (facts.isOwn ? value : null);
  return {
    ...appToWire(app, facts),
    reviews: reviews.map(appReviewToWire),
    user_review: userReview ? appReviewToWire(userReview) : null,
    memory_prompt: own(app.memoryPrompt),
    chat_prompt: own(app.chatPrompt),
    persona_prompt: own(app.personaPrompt),
    email: own(app.email),
    twitter: app.twitter,
    usage_count: app.installs,
    money_made: 0,
    manifest_url: own(app.manifestUrl),
  };
}

export function appReviewToWire(review: AppReview): z.output<typeof appReviewSchema> {
  return {
    uid: review.uid,
    rated_at: toIso(review.ratedAt),
    score: review.score,
    review: review.review,
    username: review.username,
    response: review.response,
    updated_at: toIsoOrNull(review.updatedAt),
    responded_at: toIsoOrNull(review.respondedAt),
  };
}

function integrationToWire(
  integration: ExternalIntegration,
  isOwn: boolean,
): z.output<typeof integrationSchema> {
  return {
    triggers_on: integration.triggersOn,
    webhook_url: isOwn ? integration.webhookUrl : null,
    setup_completed_url: integration.setupCompletedUrl,
    setup_instructions_file_path: integration.setupInstructionsFilePath,
    is_instructions_url: integration.isInstructionsUrl,
    auth_steps: integration.authSteps,
    app_home_url: integration.appHomeUrl,
    actions: integration.actions,
    chat_tools_manifest_url: integration.chatToolsManifestUrl,
    chat_messages_enabled: integration.chatMessagesEnabled,
    chat_messages_target: integration.chatMessagesTarget,
    chat_messages_notify: integration.chatMessagesNotify,
    mcp_server_url: integration.mcpServerUrl,
  };
}
