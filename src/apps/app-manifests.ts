import { z } from 'zod';
import { AppError } from '../kernel/errors.ts';
import type { GuardedHttp } from '../kernel/guarded-http.ts';
import { parseJson } from '../kernel/json.ts';
import type { AppTool, ExternalIntegration } from '../model/apps/app.ts';

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 512 * 1024;
const MAX_TOOLS = 50;
const MAX_TEXT = 2_000;
const HEADERS = { accept: 'application/json', 'user-agent': 'Omi-App-Store/1.0' };

const toolSchema = z.object({
  name: z.string().min(1).max(100),
  description: z.string().min(1).max(MAX_TEXT),
  endpoint: z.string().min(1).max(MAX_TEXT),
  method: z.string().max(10).nullish(),
  parameters: z
    .object({
      properties: z.record(z.string(), z.unknown()),
      required: z.array(z.string()).nullish().catch(null),
    })
    .nullish()
    .catch(null),
  auth_required: z.boolean().nullish().catch(null),
  status_message: z.string().max(200).nullish().catch(null),
});

const manifestSchema = z.object({
  tools: z.array(z.unknown()).nullish(),
  chat_messages: z
    .object({
      enabled: z.boolean().nullish(),
      target: z.enum(['app', 'main']).nullish().catch(null),
      notify: z.boolean().nullish(),
    })
    .nullish()
    .catch(null),
});

/** What the manifest of an app's chat tools says. */
export interface ToolManifest {
  tools: AppTool[];
  chatMessages: Pick<
    ExternalIntegration,
    'chatMessagesEnabled' | 'chatMessagesTarget' | 'chatMessagesNotify'
  >;
}

/** Reads what the servers of apps say about them. */
export class AppManifests {
  readonly #http: Pick<GuardedHttp, 'request'>;

  constructor(options: { http: Pick<GuardedHttp, 'request'> }) {
    this.#http = options.http;
  }

  /**
   * Returns the chat tools of a manifest; a tool that lacks something is left out.
   *
   * @param homeUrl what a tool's path is put after; null: paths cannot be called
   * @throws AppError `provider-rejected` if there is no such manifest, and what the client throws
   */
  async readTools(manifestUrl: string, homeUrl: string | null): Promise<ToolManifest> {
    const manifest = manifestSchema.safeParse(await this.fetchJson(manifestUrl));
    if (!manifest.success) throw new AppError('provider-rejected', 'The manifest is no object.');
    const { tools = [], chat_messages: messages } = manifest.data;
    const enabled = messages?.enabled === true;
    const read = (tools ?? []).slice(0, MAX_TOOLS).flatMap((tool) => {
      const known = toolSchema.safeParse(tool);
      return known.success ? [toTool(known.data, homeUrl)] : [];
    });
    return {
      tools: read,
      chatMessages: {
        chatMessagesEnabled: enabled,
        chatMessagesTarget: (enabled ? messages?.target : null) ?? 'app',
        chatMessagesNotify: enabled && messages?.notify !== false,
      },
    };
  }

  /** Returns the JSON object at an address. @throws AppError `provider-rejected` if there is none */
  async fetchJson(url: string): Promise<Record<string, unknown>> {
    const response = await this.#http.request(
      {
        url,
        method: 'GET',
        headers: HEADERS,
        body: null,
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_BYTES,
      },
      new AbortController().signal,
    );
    if (response.status !== 200) {
      throw new AppError('provider-rejected', `The manifest answered ${response.status}.`);
    }
    const json = parseJson(response.body.toString('utf8'));
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      throw new AppError('provider-rejected', 'The manifest is no JSON object.');
    }
    return json as Record<string, unknown>;
  }

  /** Returns true if the app's server says that a user has set it up; false if it says anything else. */
  async isSetUp(setupUrl: string, uid: string): Promise<boolean> {
    const url = `${setupUrl}${setupUrl.includes('?') ? '&' : '?'}uid=${encodeURIComponent(uid)}`;
    const response = await this.#http.request(
      { url, method: 'GET', headers: HEADERS, body: null, maxBytes: MAX_BYTES },
      new AbortController().signal,
    );
    const json = parseJson(response.body.toString('utf8'));
    const answer = z.object({ is_setup_completed: z.literal(true) }).safeParse(json);
    return response.status === 200 && answer.success;
  }
}

function toTool(tool: z.output<typeof toolSchema>, homeUrl: string | null): AppTool {
  const isPath = tool.endpoint.startsWith('/') && !tool.endpoint.startsWith('//');
  const home = homeUrl?.endsWith('/') ? homeUrl.slice(0, -1) : homeUrl;
  const { parameters } = tool;
  return {
    name: tool.name,
    description: tool.description,
    endpoint: isPath && home ? `${home}${tool.endpoint}` : tool.endpoint,
    method: (tool.method ?? 'POST').toUpperCase(),
    parameters: parameters
      ? { properties: parameters.properties, required: parameters.required ?? [] }
      : null,
    authRequired: tool.auth_required ?? true,
    statusMessage: tool.status_message ?? null,
    isMcp: false,
    transport: 'streamable_http',
  };
}
