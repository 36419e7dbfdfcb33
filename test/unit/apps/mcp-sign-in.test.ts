import { beforeEach, describe, expect, it } from 'vitest';
import { McpSignIn } from '../../../src/apps/mcp-sign-in.ts';
import type { GuardedRequest, GuardedResponse } from '../../../src/kernel/guarded-http.ts';
import { HeldClock } from '../../harness/held-clock.ts';
import { OAuthAuthority } from '../../simulators/apps/oauth-authority.ts';

const ORIGIN = 'https://mcp.example';
const LINKS = {
  redirectUrl: 'https://omi.example/v1/apps/mcp/callback',
  metadataUrl: 'https://omi.example/v1/apps/mcp/client.json',
};
const NO_HINT = { resourceMetadataUrl: undefined, scope: undefined };

let authority: OAuthAuthority;
let requests: GuardedRequest[];
let signIn: McpSignIn;

beforeEach(() => {
  authority = new OAuthAuthority(ORIGIN);
  requests = [];
  const http = {
    check: async () => undefined,
    request: async (request: GuardedRequest): Promise<GuardedResponse> => {
      requests.push(request);
      const { method, url, body } = request;
      const asked = { method, url: new URL(url), authorization: undefined, body: String(body) };
      const answer = authority.answer(asked) ?? { status: 404 };
      const text = 'body' in answer ? JSON.stringify(answer.body) : '';
      const headers = { 'content-type': 'application/json' };
      return { status: answer.status, headers, body: Buffer.from(text) };
    },
  };
  signIn = new McpSignIn({ http, clock: new HeldClock() });
});

describe('this server, as a program that an authorization server knows', () => {
  it('is the address of its document if programs do not register', async () => {
    authority.serverChanges = {
      registration_endpoint: undefined,
      client_id_metadata_document_supported: true,
    };
    const begun = await signIn.begin(`${ORIGIN}/mcp`, NO_HINT, LINKS, 'app.state');
    expect(begun.client).toEqual({ client_id: LINKS.metadataUrl, client_secret: null });
    expect(requests.every(({ method }) => method === 'GET')).toBe(true);
    const back = authority.answer({
      method: 'GET',
      url: new URL(begun.authorizationUrl),
      authorization: undefined,
      body: '',
    });
    const code = new URL(back?.headers?.location ?? '').searchParams.get('code') ?? '';
    const place = { ...begun, redirectUrl: LINKS.redirectUrl };
    const tokens = await signIn.exchange(place, {
      code,
      codeVerifier: begun.codeVerifier,
      issuer: ORIGIN,
    });
    expect(tokens).toMatchObject({ accessToken: expect.any(String) });
    expect(requests.at(-1)?.body).not.toContain('client_secret');
  });

  it('registers with a secret if nothing else is taken, and asks for a lasting sign-in', async () => {
    authority.serverChanges = {
      token_endpoint_auth_methods_supported: ['client_secret_post'],
      scopes_supported: ['tools', 'offline_access'],
    };
    const begun = await signIn.begin(`${ORIGIN}/mcp`, NO_HINT, LINKS, 'app.state');
    const [registered] = authority.registered.values();
    expect(registered).toMatchObject({ token_endpoint_auth_method: 'client_secret_post' });
    const { searchParams } = new URL(begun.authorizationUrl);
    expect(searchParams.get('scope')).toBe('tools offline_access');
  });

  it('asks for the scope that the server named when it refused', async () => {
    const hint = { resourceMetadataUrl: undefined, scope: 'weather.read' };
    const { authorizationUrl } = await signIn.begin(`${ORIGIN}/mcp`, hint, LINKS, 'app.state');
    expect(new URL(authorizationUrl).searchParams.get('scope')).toBe('weather.read');
  });
});
