import { createHash, randomUUID } from 'node:crypto';

export interface AuthorityRequest {
  method: string;
  url: URL;
  authorization: string | undefined;
  body: string;
}

export interface AuthorityAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: object;
}

interface Grant {
  clientId: string;
  redirectUri: string;
  challenge: string;
  resource: string | null;
}

/** The authorization server of an MCP server, which lets every user in at once. */
export class OAuthAuthority {
  /** Fields that replace those of its two documents. */
  serverChanges: Record<string, unknown> = {};
  resourceChanges: Record<string, unknown> = {};
  /** Seconds that access tokens last. */
  lifetime = 3600;
  /** True: the token endpoint is out of order. */
  isDown = false;
  readonly registered = new Map<string, { redirect_uris: string[] }>();
  readonly revoked: string[] = [];
  /** What was sent to the token endpoint. */
  readonly tokenRequests: URLSearchParams[] = [];
  #codes = new Map<string, Grant>();
  #access = new Set<string>();
  #refresh = new Map<string, string>();
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** True if requests with this header are let through. */
  accepts(authorization: string | undefined): boolean {
    return this.#access.has((authorization ?? '').replace(/^Bearer /, ''));
  }

  /** Ends every access token, as if its time had come. */
  endAccessTokens(): void {
    this.#access.clear();
  }

  /** Ends every refresh token too: the user must sign in again. */
  endEverything(): void {
    this.endAccessTokens();
    this.#refresh.clear();
  }

  /** The answer to a request for the MCP server that is not signed in. */
  get challenge(): string {
    return `Bearer resource_metadata="${this.#origin}/.well-known/oauth-protected-resource/mcp"`;
  }

  /** Answers a request that is for this server; null for any other. */
  answer({ method, url, body }: AuthorityRequest): AuthorityAnswer | null {
    switch (`${method} ${url.pathname}`) {
      case 'GET /.well-known/oauth-protected-resource/mcp':
        return {
          status: 200,
          body: {
            resource: `${this.#origin}/mcp`,
            authorization_servers: [this.#origin],
            scopes_supported: ['tools'],
            ...this.resourceChanges,
          },
        };
      case 'GET /.well-known/oauth-authorization-server':
        return { status: 200, body: { ...this.#metadata(), ...this.serverChanges } };
      case 'POST /register': {
        const client = JSON.parse(body) as { redirect_uris: string[] };
        const id = randomUUID();
        this.registered.set(id, client);
        return { status: 201, body: { ...client, client_id: id } };
      }
      case 'GET /authorize':
        return this.#authorize(url.searchParams);
      case 'POST /token':
        return this.#token(new URLSearchParams(body));
      case 'POST /revoke':
        this.revoked.push(body);
        return { status: 200 };
      default:
        return null;
    }
  }

  #metadata(): object {
    return {
      issuer: this.#origin,
      authorization_endpoint: `${this.#origin}/authorize`,
      token_endpoint: `${this.#origin}/token`,
      registration_endpoint: `${this.#origin}/register`,
      revocation_endpoint: `${this.#origin}/revoke`,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['none'],
      authorization_response_iss_parameter_supported: true,
    };
  }

  #authorize(query: URLSearchParams): AuthorityAnswer {
    const field = (name: string) => query.get(name) ?? '';
    const clientId = field('client_id');
    const redirectUri = field('redirect_uri');
    const client = this.registered.get(clientId);
    const isKnown = client?.redirect_uris.includes(redirectUri) || clientId.startsWith('https://');
    if (!isKnown || field('code_challenge_method') !== 'S256') return { status: 400 };
    const code = randomUUID();
    this.#codes.set(code, {
      clientId,
      redirectUri,
      challenge: field('code_challenge'),
      resource: query.get('resource'),
    });
    const back = new URL(redirectUri);
    back.searchParams.set('code', code);
    back.searchParams.set('state', field('state'));
    back.searchParams.set('iss', this.#origin);
    return { status: 302, headers: { location: back.href } };
  }

  #token(form: URLSearchParams): AuthorityAnswer {
    this.tokenRequests.push(form);
    if (this.isDown) return { status: 503 };
    const refused = { status: 400, body: { error: 'invalid_grant', error_description: 'SECRET' } };
    if (form.get('grant_type') === 'refresh_token') {
      const clientId = this.#refresh.get(form.get('refresh_token') ?? '');
      if (clientId === undefined || clientId !== form.get('client_id')) return refused;
      this.#refresh.delete(form.get('refresh_token') ?? '');
      return this.#issue(clientId);
    }
    const code = form.get('code') ?? '';
    const grant = this.#codes.get(code);
    this.#codes.delete(code);
    const verifier = form.get('code_verifier') ?? '';
    const fits =
      grant?.clientId === form.get('client_id') &&
      grant.redirectUri === form.get('redirect_uri') &&
      grant.resource === form.get('resource') &&
      grant.challenge === createHash('sha256').update(verifier).digest('base64url');
    return fits && grant ? this.#issue(grant.clientId) : refused;
  }

  #issue(clientId: string): AuthorityAnswer {
    const [access, refresh] = [randomUUID(), randomUUID()];
    this.#access.add(access);
    this.#refresh.set(refresh, clientId);
    return {
      status: 200,
      body: {
        access_token: access,
        refresh_token: refresh,
        token_type: 'Bearer',
        expires_in: this.lifetime,
      },
    };
  }
}
