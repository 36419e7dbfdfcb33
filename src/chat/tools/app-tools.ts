import type { AppDirectory } from '../../apps/app-directory.ts';
import type { McpApps } from '../../apps/mcp-apps.ts';
import { isAppError } from '../../kernel/errors.ts';
import type { GuardedHttp, GuardedRequest, GuardedResponse } from '../../kernel/guarded-http.ts';
import { parseJson } from '../../kernel/json.ts';
import { users } from '../../model/accounts/user.ts';
import type { App, AppTool } from '../../model/apps/app.ts';
import { GLOBAL } from '../../model/collection.ts';
import type { DocumentReader } from '../../store/document-store.ts';
import { limitText, markAsData } from '../untrusted-text.ts';
import type { ChatTool, ToolContext } from './chat-tool.ts';
import type { ToolSource } from './chat-tools.ts';

const CALL_TIMEOUT_MS = 120_000;
const MAX_ANSWER_BYTES = 512 * 1024;
const MAX_ANSWER_CHARS = 20_000;
const MAX_DESCRIPTION = 1_000;
/** Longest name that OpenAI's protocol takes for a tool. */
const MAX_NAME = 64;
/** A place that the phone reported this long ago is no longer if the user is. */
const PLACE_AGE_MS = 30 * 60_000;
const METHODS: readonly string[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const TYPES: readonly unknown[] = ['string', 'integer', 'boolean', 'number', 'array'];

export interface AppToolDeps {
  apps: Pick<AppDirectory, 'listEnabled'>;
  http: Pick<GuardedHttp, 'request'>;
  mcpApps: Pick<McpApps, 'callTool'>;
  reader: DocumentReader;
}

/**
 * The tools that a user's enabled apps lend to the chat. An app is called only if the user's own
 * message speaks of what it does: whatever was read in between can neither send something to it nor
 * make it do something.
 */
export function appToolSource(deps: AppToolDeps): ToolSource {
  return async (uid) => {
    const enabled = await deps.apps.listEnabled(uid);
    return enabled.flatMap((app) =>
      app.chatTools
        .filter((tool) => METHODS.includes(tool.method.toUpperCase()))
        .map((tool) => toChatTool(deps, app, tool)),
    );
  };
}

function toChatTool(deps: AppToolDeps, app: App, tool: AppTool): ChatTool {
  const name = `${app.id}_${tool.name}`.replace(/[^\w-]/g, '_').slice(0, MAX_NAME);
  const parameters = tool.isMcp ? mcpParametersOf(tool) : parametersOf(tool);
  return {
    name,
    scope: 'apps.call',
    description: limitText(`${app.name}: ${tool.description}`, MAX_DESCRIPTION),
    parameters,
    status: tool.statusMessage ?? titleCase(tool.name),
    writes: ['call-app'],
    keepsToScope: false,
    appId: app.id,
    timeoutMs: CALL_TIMEOUT_MS,
    run: async (context, args) => {
      context.permission.take('call-app', `${app.name} ${tool.name} ${tool.description}`);
      if (tool.isMcp) return await callMcp(deps.mcpApps, app, tool, args, context);
      const given = argumentsOf(parameters, args);
      const place = await placeOf(deps.reader, context);
      const payload = {
        ...given,
        uid: context.uid,
        app_id: app.id,
        tool_name: tool.name,
        ...place,
      };
      return await call(deps.http, tool, payload, context.signal);
    },
  };
}

async function call(
  http: Pick<GuardedHttp, 'request'>,
  tool: AppTool,
  payload: Record<string, unknown>,
  signal: AbortSignal,
): Promise<string> {
  try {
    const answer = await http.request(requestOf(tool, payload), signal);
    return readAnswer(tool, answer);
  } catch (error) {
    signal.throwIfAborted();
    if (!isAppError(error)) throw error;
    return `Error calling ${tool.name}: ${error.message}`;
  }
}

/** Calls a tool of an MCP server. It gets the arguments alone: nothing says whose they are. */
async function callMcp(
  mcpApps: Pick<McpApps, 'callTool'>,
  app: App,
  { name }: AppTool,
  args: unknown,
  { uid, signal }: Pick<ToolContext, 'uid' | 'signal'>,
): Promise<string> {
  const given = typeof args === 'object' && args !== null ? args : {};
  try {
    const limits = { signal, timeoutMs: CALL_TIMEOUT_MS };
    const { text, isError } = await mcpApps.callTool(uid, app, name, { ...given }, limits);
    const data = markAsData('app', limitText(text, MAX_ANSWER_CHARS));
    return isError ? `Error calling ${name}:\n${data}` : data;
  } catch (error) {
    signal.throwIfAborted();
    if (!isAppError(error)) throw error;
    return `Error calling ${name}: ${error.message}`;
  }
}

function requestOf(tool: AppTool, payload: Record<string, unknown>): GuardedRequest {
  const method = tool.method.toUpperCase() as GuardedRequest['method'];
  const hasBody = method === 'POST' || method === 'PUT' || method === 'PATCH';
  const url = new URL(URL.canParse(tool.endpoint) ? tool.endpoint : 'invalid:');
  if (method === 'GET') {
    for (const [name, value] of Object.entries(payload)) {
      const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
      url.searchParams.set(name, text);
    }
  }
  return {
    url: url.href,
    method,
    headers: { 'content-type': 'application/json' },
    body: hasBody ? JSON.stringify(payload) : null,
    timeoutMs: CALL_TIMEOUT_MS,
    maxBytes: MAX_ANSWER_BYTES,
  };
}

function readAnswer(tool: AppTool, { status, body }: GuardedResponse): string {
  const text = body.toString('utf8');
  const json = parseJson(text);
  const field = (name: string): string | null =>
    typeof json === 'object' && json !== null && name in json
      ? asText((json as Record<string, unknown>)[name])
      : null;
  // What an app says of its own sign-in is no matter of the user's.
  if (status === 401 || status === 403) return `${tool.name} is temporarily unavailable.`;
  if (status !== 200) {
    const reason = (field('error') ?? text).slice(0, 200);
    return `Error calling ${tool.name}: HTTP ${status}\n${markAsData('app', reason)}`;
  }
  const result = field('result') ?? field('message') ?? (json === undefined ? text : asText(json));
  return markAsData('app', limitText(result ?? '', MAX_ANSWER_CHARS));
}

function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The schema of the arguments, of the types that the protocol of apps knows. */
function parametersOf({ parameters }: AppTool): Record<string, unknown> {
  const given = (parameters?.properties ?? {}) as Record<string, unknown>;
  const properties = Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const { type, description } = (value ?? {}) as { type?: unknown; description?: unknown };
      const known = TYPES.includes(type) ? type : 'string';
      return [
        name,
        {
          type: known,
          ...(known === 'array' ? { items: {} } : {}),
          description: String(description ?? '').slice(0, MAX_DESCRIPTION),
        },
      ];
    }),
  );
  const required = Array.isArray(parameters?.required) ? parameters.required : [];
  return {
    type: 'object',
    properties,
    required: required.filter((name) => Object.hasOwn(properties, String(name))),
  };
}

/** The schema of the arguments as the MCP server wrote it; its size was bounded when it was read. */
function mcpParametersOf({ parameters }: AppTool): Record<string, unknown> {
  return { type: 'object', ...parameters };
}

/** The declared arguments, null if the model gave none; others are not passed on. */
function argumentsOf(parameters: Record<string, unknown>, args: unknown): Record<string, unknown> {
  const given = (typeof args === 'object' && args !== null ? args : {}) as Record<string, unknown>;
  const names = Object.keys(parameters.properties as object);
  return Object.fromEntries(
    names.map((name) => [name, Object.hasOwn(given, name) ? (given[name] ?? null) : null]),
  );
}

/** Location of the user, as the phone reported it recently. */
async function placeOf(reader: DocumentReader, { uid, now }: ToolContext) {
  const place = (await reader.find(users, GLOBAL, uid))?.lastGeolocation;
  if (!place || now - place.reportedAt > PLACE_AGE_MS) return {};
  const { googlePlaceId, latitude, longitude, address, locationType } = place;
  return {
    geolocation: {
      google_place_id: googlePlaceId,
      latitude,
      longitude,
      address,
      location_type: locationType,
    },
  };
}

function titleCase(name: string): string {
  return name
    .split(/[_\W]+/)
    .filter(Boolean)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
}
