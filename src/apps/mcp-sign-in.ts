import type { AuthorizationServerMetadata, OAuthTokens } from '@modelcontextprotocol/client';
import type { Clock } from '../kernel/clock.ts';
import { AppError, findAppError } from '../kernel/errors.ts';
import { guardedFetch } from '../kernel/guarded-fetch.ts';
import type { GuardedHttp } from '../kernel/guarded-http.ts';
import type { McpAuthorization, McpClient, McpTokens } from '../model/apps/mcp-connection.ts';

const TIMEOUT_MS = 15_000;
const MAX_BYTES = 64 * 1024;
const CLIENT_NAME = 'omi-backend';
const NO_SECRET = 'none';

/** What an MCP server said when it asked for a sign-in (RFC 9728, section 5.1). */
export interface SignInChallenge {
  resourceMetadataUrl: URL | undefined;
  scope: string | undefined;
}

/** Addresses of this server that the authorization server is told. */
export interface SignInLinks {
  redirectUrl: string;
  /** Of the document that describes this server as a program. */
  metadataUrl: string;
}

/** A sign-in that the user is to finish in a browser. */
export interface BegunSignIn {
  authorization: McpAuthorization;
  client: McpClient;
  authorizationUrl: string;
  codeVerifier: string;
}

/** Describes this server as a program that asks for access (RFC 7591; client id metadata documents). */
export function clientMetadataOf({ redirectUrl }: Pick<SignInLinks, 'redirectUrl'>) {
  return {
    client_name: CLIENT_NAME,
    redirect_uris: [redirectUrl],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: NO_SECRET,
  };
}

/**
 * Signs users in at the MCP servers of others: OAuth 2.1 with PKCE, by the parts of the official SDK, every
 * request through the guarded client. What a server says of its faults is neither shown nor logged.
 * https://modelcontextprotocol.io/specification/draft/basic/authorization
 */
export class McpSignIn {
  readonly #http: Pick<GuardedHttp, 'request' | 'check'>;
  readonly #clock: Clock;

  constructor(deps: { http: Pick<GuardedHttp, 'request' | 'check'>; clock: Clock }) {
    this.#http = deps.http;
    this.#clock = deps.clock;
  }

  /**
   * Finds out where the users of an MCP server sign in, makes this server known there, and returns the page
   * that the user is to open.
   *
   * @throws AppError `invalid-request` if the server cannot be signed in to, `provider-rejected`
   */
  async begin(
    serverUrl: string,
    challenge: SignInChallenge,
    links: SignInLinks,
    state: string,
  ): Promise<BegunSignIn> {
    const sdk = await import('@modelcontextprotocol/client');
    return await this.#tell(async (fetchFn) => {
      const found = await sdk.discoverOAuthServerInfo(serverUrl, {
        fetchFn,
        ...(challenge.resourceMetadataUrl && {
          resourceMetadataUrl: challenge.resourceMetadataUrl,
        }),
      });
      const { authorizationServerMetadata: metadata, resourceMetadata } = found;
      if (!metadata) throw cannot('does not say where');
      if (!metadata.code_challenge_methods_supported?.includes('S256')) {
        throw cannot('does not support PKCE with S256');
      }
      // The user's browser goes there, so it must be no address of the network or of the browser itself.
      await this.#http.check(metadata.authorization_endpoint);
      const own = sdk.resourceUrlFromServerUrl(serverUrl);
      const resource = resourceMetadata?.resource ?? own.href;
      if (!sdk.checkResourceAllowed({ requestedResource: own, configuredResource: resource })) {
        throw cannot('gives out tokens for another server');
      }
      const scope = scopeOf(
        metadata,
        challenge.scope ?? resourceMetadata?.scopes_supported?.join(' '),
      );
      const client = await this.#register(metadata, links, scope, fetchFn);
      const authorization = authorizationOf(metadata, resource);
      const started = await sdk.startAuthorization(metadata.issuer, {
        metadata,
        clientInformation: client,
        redirectUrl: links.redirectUrl,
        state,
        resource,
        ...(scope === undefined ? {} : { scope }),
      });
      return {
        authorization,
        client: { client_id: client.client_id, client_secret: client.client_secret ?? null },
        authorizationUrl: started.authorizationUrl.href,
        codeVerifier: started.codeVerifier,
      };
    });
  }

  /**
   * Exchanges the code that the browser has brought back.
   *
   * @param answer.issuer the one that the browser's address named; null if it named none
   * @throws AppError `provider-rejected`
   */
  async exchange(
    { authorization, client, redirectUrl }: SignInPlace,
    answer: { code: string; codeVerifier: string; issuer: string | null },
  ): Promise<McpTokens> {
    const sdk = await import('@modelcontextprotocol/client');
    return await this.#tell(async (fetchFn) =>
      this.#tokensOf(
        await sdk.exchangeAuthorization(authorization.issuer, {
          metadata: metadataOf(authorization),
          clientInformation: informationOf(client),
          authorizationCode: answer.code,
          codeVerifier: answer.codeVerifier,
          redirectUri: redirectUrl,
          resource: authorization.resource,
          fetchFn,
          ...(answer.issuer === null ? {} : { iss: answer.issuer }),
        }),
      ),
    );
  }

  /**
   * Returns new tokens for a refresh token; null if it has ended and the user must sign in again.
   *
   * @throws AppError `provider-rejected` if the server cannot be asked now
   */
  async refresh(
    { authorization, client }: SignInPlace,
    refreshToken: string,
  ): Promise<McpTokens | null> {
    const sdk = await import('@modelcontextprotocol/client');
    return await this.#tell(async (fetchFn) => {
      try {
        return this.#tokensOf(
          await sdk.refreshAuthorization(authorization.issuer, {
            metadata: metadataOf(authorization),
            clientInformation: informationOf(client),
            refreshToken,
            resource: authorization.resource,
            fetchFn,
          }),
        );
      } catch (error) {
        const ended: string[] = [
          sdk.OAuthErrorCode.InvalidGrant,
          sdk.OAuthErrorCode.InvalidClient,
          sdk.OAuthErrorCode.UnauthorizedClient,
        ];
        if (error instanceof sdk.OAuthError && ended.includes(error.code)) return null;
        throw error;
      }
    });
  }

  /**
   * Ends the tokens at the authorization server (RFC 7009), if it can be told.
   *
   * @throws AppError `provider-rejected` if it cannot be told now
   */
  async revoke({ authorization, client }: SignInPlace, tokens: McpTokens): Promise<void> {
    const { revocation_endpoint: url } = authorization;
    if (url === null) return;
    const hint = tokens.refreshToken === null ? 'access_token' : 'refresh_token';
    const form = new URLSearchParams({
      token: tokens.refreshToken ?? tokens.accessToken,
      token_type_hint: hint,
      client_id: client.client_id,
      ...(client.client_secret === null ? {} : { client_secret: client.client_secret }),
    });
    await this.#tell(async (fetchFn) => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const { ok } = await fetchFn(url, { method: 'POST', headers, body: form });
      if (!ok) throw failed();
    });
  }

  /** Registration comes first: the document of a server in a home network can be read by nobody outside. */
  async #register(
    metadata: AuthorizationServerMetadata,
    links: SignInLinks,
    scope: string | undefined,
    fetchFn: ReturnType<typeof guardedFetch>,
  ): Promise<{ client_id: string; client_secret?: string | undefined }> {
    const sdk = await import('@modelcontextprotocol/client');
    if (metadata.registration_endpoint) {
      const methods = metadata.token_endpoint_auth_methods_supported ?? [NO_SECRET];
      const method = [NO_SECRET, 'client_secret_post', ...methods].find((one) =>
        methods.includes(one),
      );
      return await sdk.registerClient(metadata.issuer, {
        metadata,
        clientMetadata: {
          ...clientMetadataOf(links),
          token_endpoint_auth_method: method ?? NO_SECRET,
        },
        fetchFn,
        ...(scope === undefined ? {} : { scope }),
      });
    }
    const knowsDocuments = metadata.client_id_metadata_document_supported === true;
    if (knowsDocuments && links.metadataUrl.startsWith('https://')) {
      return { client_id: links.metadataUrl };
    }
    throw cannot('does not let programs register');
  }

  #tokensOf(given: OAuthTokens): McpTokens {
    if (given.token_type.toLowerCase() !== 'bearer') throw failed();
    return {
      accessToken: given.access_token,
      refreshToken: given.refresh_token ?? null,
      expiresAt:
        given.expires_in === undefined ? null : this.#clock.now() + given.expires_in * 1000,
    };
  }

  /** Runs a step with a `fetch` that is guarded and ends in time. */
  async #tell<T>(step: (fetchFn: ReturnType<typeof guardedFetch>) => Promise<T>): Promise<T> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    try {
      return await step(
        guardedFetch(this.#http, { signal, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES }),
      );
    } catch (error) {
      throw findAppError(error) ?? failed();
    }
  }
}

type SignInPlace = { authorization: McpAuthorization; client: McpClient; redirectUrl: string };

function authorizationOf(
  metadata: AuthorizationServerMetadata,
  resource: string,
): McpAuthorization {
  const revocation = 'revocation_endpoint' in metadata ? metadata.revocation_endpoint : null;
  return {
    issuer: metadata.issuer,
    authorization_endpoint: metadata.authorization_endpoint,
    token_endpoint: metadata.token_endpoint,
    revocation_endpoint: typeof revocation === 'string' ? revocation : null,
    token_endpoint_auth_methods_supported: metadata.token_endpoint_auth_methods_supported ?? [],
    authorization_response_iss_parameter_supported:
      metadata.authorization_response_iss_parameter_supported === true,
    resource,
  };
}

function metadataOf(authorization: McpAuthorization): AuthorizationServerMetadata {
  return {
    issuer: authorization.issuer,
    authorization_endpoint: authorization.authorization_endpoint,
    token_endpoint: authorization.token_endpoint,
    token_endpoint_auth_methods_supported: authorization.token_endpoint_auth_methods_supported,
    authorization_response_iss_parameter_supported:
      authorization.authorization_response_iss_parameter_supported,
    response_types_supported: ['code'],
  };
}

function informationOf({ client_id, client_secret }: McpClient) {
  return client_secret === null ? { client_id } : { client_id, client_secret };
}

/** The scopes to ask for, with the one that brings a refresh token if the server knows it. */
function scopeOf(
  metadata: AuthorizationServerMetadata,
  scope: string | undefined,
): string | undefined {
  const offline = 'offline_access';
  if (!scope || !metadata.scopes_supported?.includes(offline)) return scope || undefined;
  return scope.split(' ').includes(offline) ? scope : `${scope} ${offline}`;
}

function cannot(why: string): AppError {
  return new AppError('invalid-request', `The MCP server wants a sign-in, but ${why}.`);
}

function failed(): AppError {
  return new AppError('provider-rejected', 'The sign-in of the MCP server has failed.');
}
