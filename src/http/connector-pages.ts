import { createHash } from 'node:crypto';
import type { ConnectorClient } from '../auth/connectors/connector-clients.ts';
import { scopeToWire } from '../auth/connectors/connector-request.ts';
import type { ApiScope } from '../model/accounts/api-key.ts';
import { escapeHtml } from './shared-page.ts';

const STYLE =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem;color:#222;background:#fff}' +
  'h1{font-size:1.3rem}label{display:block;margin:.4rem 0}input[type=password]{width:100%;padding:.5rem;box-sizing:border-box}' +
  'button{font:inherit;padding:.5rem 1.2rem;margin:1rem .5rem 0 0}code,b{overflow-wrap:anywhere}small{color:#555}' +
  '@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}small{color:#aaa}a{color:#8bf}}';
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** What each scope means to somebody who is asked for it. */
const MEANINGS: Readonly<Record<ApiScope, string>> = {
  'conversations:read': 'Read and search your conversations, people and summaries of days',
  'conversations:write': 'Add, rename and delete conversations',
  'memories:read': 'Read what is known about you',
  'memories:write': 'Add, change and delete what is known about you',
  'action_items:read': 'Read your tasks',
  'action_items:write': 'Add, change, complete and delete tasks',
  'goals:read': 'Read your goals',
  'goals:write': 'Add and change goals',
};

/**
 * Headers of a page that runs no script and cannot be put into another page.
 *
 * @param formTarget where its form may lead beyond this server: an origin, or the scheme of an app
 */
export function connectorPageHeaders(formTarget: string | null): Record<string, string> {
  const target = formTarget === null ? '' : ` ${formTarget}`;
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'${target}; base-uri 'none'; frame-ancestors 'none'`,
    'x-robots-tag': 'noindex, nofollow',
  };
}

/** What the policy of a page calls the place that a redirect leads to. */
export function formTargetOf(redirectUri: string): string {
  const url = new URL(redirectUri);
  return /^https?:$/.test(url.protocol) ? url.origin : url.protocol;
}

/**
 * Leads on to the page that asks. A browser that comes from another site brings no cookie along; from
 * this page it does.
 */
export function forwardPage(target: string): string {
  const address = escapeHtml(target);
  return page(
    'One moment',
    `<p><a href="${address}">Continue</a></p>`,
    `<meta http-equiv="refresh" content="0;url=${address}">`,
  );
}

/** Why a page asks for a sign-in. */
export type SignInWords = keyof typeof SIGN_IN_WORDS;

const SIGN_IN_WORDS = {
  program: 'A program asks for access to your data on this server. Sign in to see what it wants.',
  mcpServer:
    'You come back from the sign-in at an MCP server. Sign in here as the user who has begun it: only then the account there is connected. If somebody has sent you the link, close this page.',
} as const;

/** Asks whoever is not signed in for a token, and leads back to the question. */
export function signInPage(action: string, words: SignInWords, hint: string | null): string {
  return page(
    'Sign in first',
    `<p>${SIGN_IN_WORDS[words]}</p>
${hint === null ? '' : `<p><b>${escapeHtml(hint)}</b></p>`}
<form method="post" action="${escapeHtml(action)}">
<label>Token of your account <input type="password" name="token" autocomplete="off" required></label>
<button>Sign in</button>
</form>
<p><small>On the machine of the server, <code>omi-backend token create</code> makes a token, and <code>omi-backend console</code> signs a browser in by a link. After that, reload this page.</small></p>`,
  );
}

/** Asks the user whether a program may have what it wants. */
export function consentPage(asked: {
  client: ConnectorClient;
  redirectUri: string;
  scopes: readonly ApiScope[];
  userName: string | null;
  action: string;
  csrf: string;
}): string {
  const { client, scopes, redirectUri } = asked;
  const name = escapeHtml(client.name);
  const target = escapeHtml(formTargetOf(redirectUri));
  const who =
    client.host === null
      ? `<p>The program gave this name itself; nobody has checked it. Afterwards you are led to <b>${target}</b>. Go on only if you have just started this from there.</p>`
      : `<p>The program is vouched for by <b>${escapeHtml(client.host)}</b>. Afterwards you are led to <b>${target}</b>.</p>`;
  const boxes = scopes.map(
    (scope) =>
      `<label><input type="checkbox" name="scope" value="${scopeToWire(scope)}" checked> ${MEANINGS[scope]}</label>`,
  );
  return page(
    `Let ${client.name} in?`,
    `<p><b>${name}</b> asks for access to the data of <b>${escapeHtml(asked.userName ?? 'your account')}</b> on this server.</p>
${who}
<form method="post" action="${escapeHtml(asked.action)}">
<input type="hidden" name="csrf" value="${asked.csrf}">
${boxes.join('\n')}
<button name="decision" value="allow">Allow</button>
<button name="decision" value="deny">Refuse</button>
</form>
<p><small>You can take it back at any time: the connections of your account list it.</small></p>`,
  );
}

/** Says that an app of an MCP server works now. */
export function donePage(appName: string, tools: number): string {
  const count = tools === 1 ? '1 tool' : `${tools} tools`;
  return page(
    'Connected',
    `<p><b>${escapeHtml(appName)}</b> is enabled with ${count}. You can close this page.</p>`,
  );
}

/** Says why nothing is asked. */
export function refusalPage(reason: string): string {
  return page('This cannot go on', `<p>${escapeHtml(reason)}</p>`);
}

function page(title: string, body: string, head = ''): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${STYLE}</style>${head}</head>
<body>
<h1>${escapeHtml(title)}</h1>
${body}
</body>
</html>
`;
}
