import { z } from 'zod';
import type { AppDraft } from '../../apps/app-authoring.ts';
import { parseJson } from '../../kernel/json.ts';
import { type App, type ExternalIntegration, NOTIFICATION_SCOPES } from '../../model/apps/app.ts';
import { APP_TRIGGERS } from '../../model/webhooks/webhook-endpoint.ts';
import { APP_CAPABILITIES, APP_CATEGORIES } from '../../wire/app-kinds.ts';
import { jsonObjectSchema } from '../../wire/json.ts';
import { HttpError } from '../http-error.ts';

const MAX_PROMPT = 20_000;
const text = (max: number) => z.string().max(max);
const optionalText = (max: number) => text(max).nullish();
/** Empty texts of forms are none. */
const address = z
  .string()
  .max(2_000)
  .nullish()
  .transform((value) => value?.trim() || null);
const ACTIONS: readonly string[] = [
  'create_conversation',
  'create_facts',
  'create_memories',
  'read_memories',
  'read_facts',
  'read_conversations',
  'read_tasks',
];

const integration = z.object({
  triggers_on: z
    .enum(APP_TRIGGERS)
    .nullish()
    .or(z.literal('').transform(() => null)),
  webhook_url: address,
  setup_completed_url: address,
  setup_instructions_file_path: optionalText(10_000),
  is_instructions_url: z.boolean().nullish(),
  auth_steps: z
    .array(z.object({ name: text(200), url: text(2_000) }))
    .max(20)
    .nullish(),
  app_home_url: address,
  actions: z.array(jsonObjectSchema).max(20).nullish(),
  chat_tools_manifest_url: address,
});

const appData = z.object({
  name: z.string().trim().min(1).max(200),
  description: z.string().max(20_000),
  author: optionalText(200),
  email: optionalText(320),
  category: z.string().max(100).nullish(),
  image: optionalText(2_000),
  private: z.boolean().nullish(),
  capabilities: z.array(z.string().max(50)).max(10),
  username: optionalText(100),
  connected_accounts: z.array(text(100)).max(20).nullish(),
  twitter: jsonObjectSchema.nullish(),
  memory_prompt: optionalText(MAX_PROMPT),
  chat_prompt: optionalText(MAX_PROMPT),
  persona_prompt: optionalText(MAX_PROMPT),
  external_integration: integration.nullish(),
  proactive_notification: z.object({ scopes: z.array(z.string()).max(10) }).nullish(),
  thumbnails: z.array(text(300)).max(20).nullish(),
  is_paid: z.boolean().nullish(),
  price: z.number().nullish(),
  payment_plan: optionalText(50),
  source_code_url: address,
});

/** Reads `app_data` of a form. @throws HttpError 422 with a sentence */
export function draftOfForm(json: string | undefined): AppDraft {
  const value = parseJson(json ?? '');
  if (value === undefined) throw new HttpError(422, 'app_data must be a JSON object');
  return draftOf(value);
}

/** Reads an app as an author describes it in JSON. @throws HttpError 422 with a sentence */
export function draftOf(value: unknown): AppDraft {
  const read = appData.safeParse(value);
  if (!read.success) throw new HttpError(422, describe(read.error));
  const data = read.data;
  checkKinds(data);
  checkPayment(data);
  return {
    name: data.name,
    description: data.description,
    author: data.author ?? '',
    email: data.email ?? null,
    category: data.category ?? 'other',
    ...(data.image?.startsWith('https://') ? { imageUrl: data.image } : {}),
    private: data.private ?? false,
    capabilities: [...new Set(data.capabilities)],
    username: data.username ?? null,
    connectedAccounts: data.connected_accounts ?? [],
    twitter: data.twitter ?? null,
    memoryPrompt: data.memory_prompt || null,
    chatPrompt: data.chat_prompt || null,
    personaPrompt: data.persona_prompt || null,
    externalIntegration: integrationOf(data),
    proactiveNotification: notificationOf(data),
    thumbnails: data.thumbnails ?? [],
    isPaid: data.is_paid ?? false,
    price: data.price ?? 0,
    paymentPlan: data.payment_plan ?? null,
    sourceCodeUrl: data.source_code_url,
  };
}

type AppData = z.output<typeof appData>;

function checkKinds({ capabilities, category }: AppData): void {
  const known = [...APP_CAPABILITIES.map(({ id }) => id as string), 'persona'];
  const unknown = capabilities.find((capability) => !known.includes(capability));
  if (unknown !== undefined) {
    throw new HttpError(422, `Unknown capability. Use some of: ${known.join(', ')}.`);
  }
  if (category && !APP_CATEGORIES.some(({ id }) => id === category)) {
    throw new HttpError(422, 'Unknown category. GET /v1/app-categories lists them.');
  }
}

function checkPayment({ is_paid: isPaid, price, payment_plan: plan }: AppData): void {
  if (!isPaid) return;
  if (price === null || price === undefined) {
    throw new HttpError(422, 'App price is required for paid apps');
  }
  if (price < 0) throw new HttpError(422, 'Price cannot be a negative value');
  if (!plan) throw new HttpError(422, 'Payment plan is required for paid apps');
}

function integrationOf(data: AppData): ExternalIntegration | null {
  const given = data.external_integration;
  if (!given) return null;
  const isWanted = data.capabilities.includes('external_integration');
  if (!isWanted && !given.chat_tools_manifest_url) return null;
  const actions = (given.actions ?? []).map(({ action }) => {
    if (typeof action !== 'string') throw new HttpError(422, 'Action field is required');
    if (!ACTIONS.includes(action)) {
      throw new HttpError(422, `Unsupported action. Use some of: ${ACTIONS.join(', ')}.`);
    }
    return { action };
  });
  const triggersOn = given.triggers_on ?? null;
  if (triggersOn === null && actions.length === 0 && !given.chat_tools_manifest_url) {
    throw new HttpError(422, 'Triggers on or actions is required');
  }
  if (triggersOn !== null && !given.webhook_url) {
    throw new HttpError(422, 'Webhook URL is required if triggers_on is set');
  }
  const authSteps = given.auth_steps ?? [];
  const [step] = authSteps;
  const instructions = given.setup_instructions_file_path || null;
  return {
    triggersOn,
    webhookUrl: given.webhook_url,
    setupCompletedUrl: given.setup_completed_url,
    setupInstructionsFilePath: instructions,
    isInstructionsUrl: instructions?.startsWith('http') ?? given.is_instructions_url ?? true,
    authSteps,
    appHomeUrl: given.app_home_url ?? (authSteps.length === 1 && step ? step.url : null),
    actions,
    chatToolsManifestUrl: given.chat_tools_manifest_url,
    chatMessagesEnabled: false,
    chatMessagesTarget: 'app',
    chatMessagesNotify: false,
    mcpServerUrl: null,
  };
}

function notificationOf(data: AppData): App['proactiveNotification'] {
  if (!data.capabilities.includes('proactive_notification')) return null;
  const scopes = data.proactive_notification?.scopes ?? [];
  const known: readonly string[] = NOTIFICATION_SCOPES;
  const unknown = scopes.find((scope) => !known.includes(scope));
  if (unknown !== undefined) {
    throw new HttpError(422, `Unsupported scope. Use some of: ${known.join(', ')}.`);
  }
  return { scopes };
}

/** The first thing that is wrong, without quoting what was sent. */
function describe(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue ? `${issue.path.join('.') || 'app_data'}: ${issue.message}` : 'app_data is invalid';
}
