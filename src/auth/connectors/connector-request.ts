import { API_SCOPES, type ApiScope } from '../../model/accounts/api-key.ts';
import { readChallenge } from '../proof-key.ts';
import { type ConnectorClient, mayRedirect } from './connector-clients.ts';
import { OAuthRefusal } from './oauth-refusal.ts';

const MAX_STATE = 4_096;

/** What a program asks a user for, checked. */
export interface ConnectorRequest {
  client: ConnectorClient;
  redirectUri: string;
  state: string | null;
  scopes: ApiScope[];
  /** The address that the tokens will be for. */
  resource: string;
  challenge: string;
}

type Parameters = Readonly<Record<string, string | undefined>>;

/** Scopes as OAuth clients of Omi's server know them: with a dot. */
export function scopeToWire(scope: ApiScope): string {
  return scope.replace(':', '.');
}

/** All of them, for the documents that describe the server. */
export const CONNECTOR_SCOPES: readonly string[] = API_SCOPES.map(scopeToWire);

/**
 * Where a request may be led back to. What is wrong before this is known is told to the user, never by
 * a redirect.
 *
 * @throws OAuthRefusal
 */
export function readRedirectUri(client: ConnectorClient, given: string | undefined): string {
  const redirectUri = given ?? (client.redirectUris.length === 1 ? client.redirectUris[0] : '');
  if (redirectUri !== undefined && redirectUri !== '' && mayRedirect(client, redirectUri)) {
    return redirectUri;
  }
  throw new OAuthRefusal(
    'invalid_redirect_uri',
    'The program asks to be led back to an address that is not one of its own.',
  );
}

/**
 * Checks the rest of a request.
 *
 * @param resources addresses of this server that tokens can be for, the usual one first
 * @throws OAuthRefusal what the program is told by a redirect
 */
export function readRequest(
  client: ConnectorClient,
  redirectUri: string,
  query: Parameters,
  resources: readonly string[],
): ConnectorRequest {
  if (query.response_type !== 'code') {
    throw new OAuthRefusal('unsupported_response_type', 'response_type must be code.');
  }
  const { state } = query;
  if ((state?.length ?? 0) > MAX_STATE) {
    throw new OAuthRefusal('invalid_request', 'state is too long.');
  }
  return {
    client,
    redirectUri,
    state: state ?? null,
    scopes: readScopes(query.scope) ?? [...API_SCOPES],
    resource: readResource(query.resource, resources) ?? resources[0] ?? '',
    challenge: readRequiredChallenge(query),
  };
}

/** @throws OAuthRefusal `invalid_request` without a challenge by S256 */
function readRequiredChallenge(query: Parameters): string {
  let challenge: string | null = null;
  try {
    challenge = readChallenge(query.code_challenge ?? null, query.code_challenge_method ?? null);
  } catch {
    challenge = null;
  }
  if (challenge !== null) return challenge;
  throw new OAuthRefusal('invalid_request', 'A code_challenge with the method S256 is required.');
}

/**
 * The address that a `resource` names; null if there is none.
 *
 * @throws OAuthRefusal `invalid_target` if it is none of this server's
 */
export function readResource(
  given: string | undefined,
  resources: readonly string[],
): string | null {
  if (given === undefined || given === '') return null;
  const known = resources.find((resource) => resource === given || `${resource}/` === given);
  if (known !== undefined) return known;
  throw new OAuthRefusal('invalid_target', 'The resource is none of this server.');
}

/**
 * The scopes of a space-separated list that exist, with a dot or a colon; null if none is named.
 *
 * @throws OAuthRefusal `invalid_scope` if all that are named do not exist
 */
export function readScopes(text: string | undefined): ApiScope[] | null {
  const names = (text ?? '').split(' ').filter((name) => name !== '' && name !== 'offline_access');
  if (names.length === 0) return null;
  const wanted = new Set(names.map((name) => name.replace('.', ':')));
  const scopes = API_SCOPES.filter((scope) => wanted.has(scope));
  if (scopes.length > 0) return scopes;
  throw new OAuthRefusal('invalid_scope', `Use some of: ${CONNECTOR_SCOPES.join(' ')}`);
}
