import { AppError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { type App, apps, externalIntegrationSchema } from '../model/apps/app.ts';
import { GLOBAL } from '../model/collection.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { AppAuthoring } from './app-authoring.ts';
import type { EnabledApps } from './enabled-apps.ts';
import type { McpConnections } from './mcp-connections.ts';
import type { SignInLinks } from './mcp-sign-in.ts';
import { type RemoteMcp, SignInNeeded } from './remote-mcp.ts';

export interface McpAppsDeps {
  store: DocumentStore;
  authoring: Pick<AppAuthoring, 'createMcpApp' | 'getOwn'>;
  connections: Pick<McpConnections, 'begin' | 'finish' | 'signInOf' | 'end'>;
  remoteMcp: Pick<RemoteMcp, 'listTools' | 'callTool'>;
  enabled: Pick<EnabledApps, 'enableApp'>;
}

/** Apps whose tools are those of an MCP server of somebody else. Each is its user's alone. */
export class McpApps {
  readonly #o: McpAppsDeps;

  constructor(deps: McpAppsDeps) {
    this.#o = deps;
  }

  /**
   * Makes an app of the tools of a server; the same address again renews it. If the server wants a sign-in,
   * `signInUrl` is the page that the user is to open; the app works once that was done.
   *
   * @throws AppError `provider-rejected`, `invalid-request` without tools or if it cannot be signed in to,
   *   `forbidden`
   */
  async connect(
    uid: string,
    server: { name: string; url: string; description: string },
    links: SignInLinks,
  ): Promise<{ app: App; signInUrl: string | null }> {
    const { authoring, connections } = this.#o;
    const known = await this.#findByUrl(uid, server.url);
    try {
      if (known) {
        await this.refreshTools(uid, known.id);
        return { app: await authoring.getOwn(uid, known.id), signInUrl: null };
      }
      const chatTools = await this.#o.remoteMcp.listTools({ url: server.url, signIn: null });
      const draft = { ...draftOf(server), chatTools };
      return { app: await authoring.createMcpApp(uid, newId(), draft, true), signInUrl: null };
    } catch (error) {
      if (!(error instanceof SignInNeeded)) throw error;
      const id = known?.id ?? newId();
      const asked = { url: server.url, challenge: error.challenge };
      const signInUrl = await connections.begin(uid, id, asked, links);
      if (known) return { app: known, signInUrl };
      try {
        const draft = { ...draftOf(server), chatTools: [] };
        return { app: await authoring.createMcpApp(uid, id, draft, false), signInUrl };
      } catch (refused) {
        await connections.end(uid, id);
        throw refused;
      }
    }
  }

  /**
   * Finishes a sign-in with what the browser has brought back: the app has its tools and is enabled.
   *
   * @throws AppError as `McpConnections.finish`, and as `refreshTools`
   */
  async finishSignIn(
    answer: { state: string; code: string | null; issuer: string | null },
    viewer: string,
  ): Promise<{ uid: string; app: App }> {
    const { uid, app } = await this.#o.connections.finish(answer, viewer);
    await this.refreshTools(uid, app.id);
    await this.#o.enabled.enableApp(uid, app.id);
    return { uid, app: await this.#o.authoring.getOwn(uid, app.id) };
  }

  /**
   * Reads the tools of an app's server again and returns their names.
   *
   * @throws AppError `conflict` if the user must sign in again, `provider-rejected`, `not-found`, `forbidden`
   */
  async refreshTools(uid: string, id: string): Promise<string[]> {
    const app = await this.#o.authoring.getOwn(uid, id);
    const url = app.externalIntegration?.mcpServerUrl;
    if (!url) throw new AppError('bad-request', 'App has no MCP server');
    const signIn = await this.#o.connections.signInOf(uid, id);
    const chatTools = await this.#o.remoteMcp.listTools({ url, signIn });
    const changes = { chatTools, approved: true, status: 'approved' as const };
    await this.#o.store.transact((tx) => tx.patch(apps, GLOBAL, id, changes));
    return chatTools.map(({ name }) => name);
  }

  /**
   * Calls a tool of an app for its user and returns what it says.
   *
   * @throws AppError `conflict` if the user must sign in again, `provider-rejected`
   */
  async callTool(
    uid: string,
    app: App,
    name: string,
    args: Record<string, unknown>,
    limits: { signal: AbortSignal; timeoutMs: number },
  ): Promise<{ text: string; isError: boolean }> {
    const url = app.externalIntegration?.mcpServerUrl ?? '';
    const signIn = await this.#o.connections.signInOf(uid, app.id);
    return await this.#o.remoteMcp.callTool({ url, signIn }, name, args, limits);
  }

  async #findByUrl(uid: string, url: string): Promise<App | undefined> {
    const request = { query: 'ofUser', filters: { uid } } as const;
    for await (const app of queryAll(this.#o.store, apps, GLOBAL, request)) {
      if (app.externalIntegration?.mcpServerUrl === url) return app;
    }
    return undefined;
  }
}

function draftOf(server: { name: string; url: string; description: string }) {
  return {
    name: server.name,
    description: server.description,
    category: 'utilities-and-tools',
    capabilities: ['chat'],
    private: true,
    externalIntegration: externalIntegrationSchema.parse({ mcpServerUrl: server.url }),
  };
}
