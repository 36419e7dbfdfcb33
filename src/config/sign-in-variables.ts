import {
  choice,
  optionalText,
  optionalUrl,
  secret,
  secretText,
  url,
  words,
} from '../kernel/variable.ts';

const GOOGLE_AUTH_URL = 'https://accounts.google.com';
const GOOGLE_TOKEN_URL = 'https://oauth2.googleapis.com';
const APPLE_URL = 'https://appleid.apple.com';
const FIREBASE_AUTH_URL = 'https://identitytoolkit.googleapis.com';
const FIREBASE_JWKS_URL =
  'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com';

/** A scheme that an app can have for itself: none that a browser or the system handles. */
const APP_SCHEME =
  /^(?!(?:https?|wss?|ftp|file|blob|filesystem|data|about|javascript|vbscript|view-source|intent|mailto|tel|sms)$)[a-z][a-z0-9+.-]{0,63}$/;

/** Who signs users in, and Google's services that go with it. */
export const SIGN_IN_GROUP = {
  title: 'Sign-in',
  variables: {
    AUTH: choice({
      description:
        'Who signs users in: `local`, this server alone; `firebase` and `oidc`, a Firebase project or another OpenID Connect issuer as well, whose users are made at their first sight. Tokens of this server count in each.',
      fallback: 'local',
      allowed: ['local', 'firebase', 'oidc'],
    }),
    FIREBASE_PROJECT_ID: optionalText({
      description:
        'The project: whose ID tokens are accepted with AUTH=firebase, whose database is used with STORE=firestore.',
      absent: 'no Firebase',
    }),
    FIREBASE_JWKS_URL: url({
      description: "Address of the public keys of Firebase's tokens.",
      fallback: FIREBASE_JWKS_URL,
      schemes: ['https', 'http'],
    }),
    FIREBASE_API_KEY: secret({
      description: "The project's web API key, for custom tokens.",
      absent: 'no custom tokens',
    }),
    FIREBASE_AUTH_BASE_URL: url({
      description: "Origin, with an optional prefix, of Firebase's identity toolkit.",
      fallback: FIREBASE_AUTH_URL,
      schemes: ['https', 'http'],
    }),
    FCM_BASE_URL: url({
      description:
        'Origin, with an optional prefix, of Firebase Cloud Messaging. With a service account it brings notifications to phones that have registered.',
      fallback: 'https://fcm.googleapis.com',
      schemes: ['https', 'http'],
    }),
    SERVICE_ACCOUNT_JSON: secretText({
      description:
        "Google's service account, as JSON. With AUTH=firebase: revoked and disabled users are refused, custom tokens are made, a deleted account is deleted at Firebase too.",
      absent: 'the file of GOOGLE_APPLICATION_CREDENTIALS',
    }),
    GOOGLE_APPLICATION_CREDENTIALS: optionalText({
      description: "Path of a file that holds Google's service account.",
      absent: 'none',
    }),
    OIDC_ISSUER: optionalUrl({
      description: 'Issuer of an OpenID Connect service, exactly as its tokens name it.',
      absent: 'none',
      schemes: ['https', 'http'],
    }),
    OIDC_AUDIENCE: optionalText({
      description: "What the issuer's tokens must be for (`aud`): the client's id.",
      absent: 'none',
    }),
    OIDC_CLIENT_ID: optionalText({
      description:
        "The id of this server as the issuer's client, for signing browsers in on the issuer's page. Its redirect address is `<PUBLIC_URL>/v1/auth/issuer/callback`.",
      absent: 'OIDC_AUDIENCE',
    }),
    OIDC_CLIENT_SECRET: secretText({
      description: 'The secret of that client, if it has one.',
      absent: 'a public client, which has the proof key (PKCE) only',
    }),
    OIDC_JWKS_URL: optionalUrl({
      description: "Address of the issuer's public keys.",
      absent: "asked at the issuer's /.well-known/openid-configuration",
      schemes: ['https', 'http'],
    }),
    AUTH_REDIRECT_SCHEMES: words({
      description:
        "Schemes of apps that a sign-in by browser may lead back to, besides programs on the same machine (`http://127.0.0.1`). Apps other than Omi's own must use PKCE.",
      fallback: 'omi,omi-computer,omi-computer-dev',
      form: APP_SCHEME,
      what: 'schemes of apps such as omi',
    }),
    GOOGLE_CLIENT_ID: optionalText({
      description: 'OAuth client for sign-in with Google by browser (`/v1/auth/authorize`).',
      absent: 'no sign-in with Google',
    }),
    GOOGLE_CLIENT_SECRET: secret({
      description: 'Its secret.',
      absent: 'no sign-in with Google',
    }),
    GOOGLE_AUTH_BASE_URL: url({
      description: "Origin, with an optional prefix, of Google's sign-in page.",
      fallback: GOOGLE_AUTH_URL,
      schemes: ['https', 'http'],
    }),
    GOOGLE_TOKEN_BASE_URL: url({
      description: "Origin, with an optional prefix, of Google's token endpoint.",
      fallback: GOOGLE_TOKEN_URL,
      schemes: ['https', 'http'],
    }),
    APPLE_CLIENT_ID: optionalText({
      description: 'Services ID for sign-in with Apple by browser.',
      absent: 'no sign-in with Apple',
    }),
    APPLE_TEAM_ID: optionalText({ description: "Apple's team id.", absent: 'none' }),
    APPLE_KEY_ID: optionalText({ description: "Id of the team's key.", absent: 'none' }),
    APPLE_PRIVATE_KEY: secretText({
      description: "The team's key, PKCS#8 in PEM.",
      absent: 'no sign-in with Apple',
    }),
    APPLE_BASE_URL: url({
      description: "Origin, with an optional prefix, of Apple's sign-in.",
      fallback: APPLE_URL,
      schemes: ['https', 'http'],
    }),
  },
};
