import { isLoopbackHost } from '../kernel/loopback.ts';
import type { Values } from './values.ts';

/** An OpenID Connect issuer whose tokens are accepted. */
export interface IssuerConfig {
  issuer: string;
  audience: string;
  /** Null: from the issuer's discovery document. */
  jwksUrl: string | null;
}

/** How users sign in, without the keys. A feature that is off is null. */
export interface AuthConfig {
  /** Null with local accounts only. */
  issuer: IssuerConfig | null;
  /** This server as a client that signs browsers in at the OpenID Connect issuer. */
  oidcClient: { clientId: string } | null;
  firebase: { projectId: string; baseUrl: string; tokenBaseUrl: string } | null;
  /** Path of a service account's file. */
  credentialsPath: string | null;
  google: { clientId: string; authBaseUrl: string; tokenBaseUrl: string } | null;
  apple: { clientId: string; teamId: string; keyId: string; baseUrl: string } | null;
  /** Schemes of apps that a sign-in by browser may lead back to. */
  redirectSchemes: readonly string[];
}

/** Firebase's issuer of a project: https://firebase.google.com/docs/auth/admin/verify-id-tokens */
const FIREBASE_ISSUER = 'https://securetoken.google.com/';

export function readAuth(values: Values): AuthConfig {
  const { AUTH, FIREBASE_PROJECT_ID: projectId } = values;
  return {
    issuer: readIssuer(values),
    oidcClient:
      AUTH === 'oidc' && values.OIDC_AUDIENCE !== null
        ? { clientId: values.OIDC_CLIENT_ID ?? values.OIDC_AUDIENCE }
        : null,
    firebase:
      AUTH === 'firebase' && projectId !== null
        ? {
            projectId,
            baseUrl: values.FIREBASE_AUTH_BASE_URL,
            tokenBaseUrl: values.GOOGLE_TOKEN_BASE_URL,
          }
        : null,
    credentialsPath: values.GOOGLE_APPLICATION_CREDENTIALS,
    redirectSchemes: values.AUTH_REDIRECT_SCHEMES,
    google:
      values.GOOGLE_CLIENT_ID === null
        ? null
        : {
            clientId: values.GOOGLE_CLIENT_ID,
            authBaseUrl: values.GOOGLE_AUTH_BASE_URL,
            tokenBaseUrl: values.GOOGLE_TOKEN_BASE_URL,
          },
    apple:
      values.APPLE_CLIENT_ID === null ||
      values.APPLE_TEAM_ID === null ||
      values.APPLE_KEY_ID === null
        ? null
        : {
            clientId: values.APPLE_CLIENT_ID,
            teamId: values.APPLE_TEAM_ID,
            keyId: values.APPLE_KEY_ID,
            baseUrl: values.APPLE_BASE_URL,
          },
  };
}

function readIssuer(values: Values): IssuerConfig | null {
  if (values.AUTH === 'firebase' && values.FIREBASE_PROJECT_ID !== null) {
    return {
      issuer: `${FIREBASE_ISSUER}${values.FIREBASE_PROJECT_ID}`,
      audience: values.FIREBASE_PROJECT_ID,
      jwksUrl: values.FIREBASE_JWKS_URL,
    };
  }
  if (values.AUTH === 'oidc' && values.OIDC_ISSUER !== null && values.OIDC_AUDIENCE !== null) {
    return {
      issuer: values.OIDC_ISSUER,
      audience: values.OIDC_AUDIENCE,
      jwksUrl: values.OIDC_JWKS_URL,
    };
  }
  return null;
}

/** Returns what is wrong with the variables together, as sentences. */
export function authProblems(values: Values): string[] {
  const problems: string[] = [];
  if (values.AUTH === 'firebase' && values.FIREBASE_PROJECT_ID === null) {
    problems.push('AUTH and FIREBASE_PROJECT_ID belong together: AUTH=firebase needs the project.');
  }
  if (values.AUTH === 'oidc' && (values.OIDC_ISSUER === null || values.OIDC_AUDIENCE === null)) {
    problems.push('AUTH=oidc needs both OIDC_ISSUER and OIDC_AUDIENCE.');
  }
  if ((values.GOOGLE_CLIENT_ID === null) !== (values.GOOGLE_CLIENT_SECRET === null)) {
    problems.push('GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET belong together: one is missing.');
  }
  const apple = [
    values.APPLE_CLIENT_ID,
    values.APPLE_TEAM_ID,
    values.APPLE_KEY_ID,
    values.APPLE_PRIVATE_KEY,
  ];
  if (apple.includes(null) && apple.some((value) => value !== null)) {
    problems.push(
      'APPLE_CLIENT_ID, APPLE_TEAM_ID, APPLE_KEY_ID and APPLE_PRIVATE_KEY belong together: one is missing.',
    );
  }
  const issuer = readIssuer(values);
  const keysAt = issuer && new URL(issuer.jwksUrl ?? issuer.issuer).hostname;
  if (values.PRIVATE && keysAt !== null && !isLoopbackHost(keysAt)) {
    problems.push(
      `PRIVATE is set, so the keys of AUTH=${values.AUTH} on another machine cannot be read; use AUTH=local.`,
    );
  }
  return problems;
}
