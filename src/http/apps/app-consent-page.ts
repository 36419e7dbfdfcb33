import type { App } from '../../model/apps/app.ts';
import { APP_CAPABILITIES } from '../../wire/app-kinds.ts';
import { escapeHtml, SHARED_PAGE_HEADERS, sharedPage } from '../shared-page.ts';

const TRIGGERS: Readonly<Record<string, string>> = {
  memory_creation: 'Gets each of your conversations when it is done.',
  transcript_processed: 'Gets what is said while you record.',
  audio_bytes: 'Gets the audio while you record.',
};

/**
 * Returns the headers of the page: it runs nothing, loads nothing, is shown in no frame, and its form
 * goes to this server, which redirects to the app.
 */
export function consentPageHeaders(home: string): Record<string, string> {
  const policy = SHARED_PAGE_HEADERS['content-security-policy'] ?? '';
  const target = `form-action 'self' ${new URL(home).origin}`;
  return {
    ...SHARED_PAGE_HEADERS,
    'content-security-policy': policy.replace("form-action 'none'", target),
  };
}

/** Returns the page on which a user agrees to install an app. */
export function consentPage(app: App, state: string | null): string {
  const hidden = (name: string, value: string) =>
    `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`;
  const items = permissionsOf(app).map((text) => `<li>${escapeHtml(text)}</li>`);
  const home = new URL(app.externalIntegration?.appHomeUrl ?? 'about:blank').host;
  return sharedPage(
    `Install ${app.name}?`,
    `<p>${escapeHtml(app.description)}</p>
<p>Made by ${escapeHtml(app.author || 'somebody unknown')}. With it enabled, the app</p>
<ul>${items.join('')}</ul>
<form method="post" action="token">
${hidden('app_id', app.id)}${state === null ? '' : hidden('state', state)}
<p><label>If this browser is not signed in to this server, an access token: <input type="password" name="firebase_id_token" autocomplete="off"></label></p>
<p><button>Install and go to ${escapeHtml(home)}</button></p>
</form>
<p><small>Close this page if you do not want it. You can disable the app at any time.</small></p>`,
  );
}

function permissionsOf(app: App): string[] {
  const { triggersOn = null, actions = [] } = app.externalIntegration ?? {};
  const integration = APP_CAPABILITIES.find(({ id }) => id === 'external_integration');
  const known = integration?.actions ?? [];
  const deeds = actions.map(({ action }) => {
    const found = known.find(({ id }) => id === action);
    return `May: ${found?.description ?? action}`;
  });
  const scopes = app.proactiveNotification?.scopes ?? [];
  return [
    ...(triggersOn ? [TRIGGERS[triggersOn] ?? triggersOn] : []),
    ...deeds,
    ...scopes.map((scope) => `May use for notifications: ${scope.replaceAll('_', ' ')}.`),
    ...(app.chatTools.length > 0 ? ['Gives tools to the chat, which get what you ask of it.'] : []),
    'May send you messages.',
  ];
}
