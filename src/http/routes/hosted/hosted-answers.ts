/** What clients get that ask for a part of Omi's hosted business; docs/clients.md has the same table. */
export interface HostedAnswer {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  /** True if clients ask before they sign in. */
  isPublic?: boolean;
  /** 200 unless given. */
  status?: number;
  /** The whole answer; of a refusal, its `detail`. */
  body: unknown;
}

const NO_PLANS = 'This server has no plans to pay for.';
const NO_PAYOUTS = 'This server pays nobody out.';
const NO_CALLS = 'This server makes no phone calls.';
const NO_FIRMWARE = 'This server has no firmware. Update the device with its own app.';
const NO_REALTIME = 'This server has no voice-to-voice model.';
const NO_MACHINE = 'This server has no machine for an agent.';

const PAYMENTS: readonly HostedAnswer[] = [
  { method: 'GET', path: '/v1/payments/available-plans', body: { plans: [] } },
  { method: 'GET', path: '/v1/payments/overage-info', status: 404, body: NO_PLANS },
  { method: 'POST', path: '/v1/payments/checkout-session', status: 400, body: NO_PLANS },
  { method: 'POST', path: '/v1/payments/upgrade-subscription', status: 400, body: NO_PLANS },
  { method: 'DELETE', path: '/v1/payments/subscription', status: 400, body: NO_PLANS },
  { method: 'POST', path: '/v1/payments/customer-portal', status: 400, body: NO_PLANS },
  { method: 'GET', path: '/v1/apps/:app_id/subscription', body: { subscription: null } },
  { method: 'DELETE', path: '/v1/apps/:app_id/subscription', status: 404, body: NO_PLANS },
  { method: 'POST', path: '/v1/stripe/connect-accounts', status: 400, body: NO_PAYOUTS },
  { method: 'GET', path: '/v1/stripe/onboarded', body: { onboarding_complete: false } },
  { method: 'GET', path: '/v1/stripe/supported-countries', body: [] },
  { method: 'POST', path: '/v1/paypal/payment-details', status: 400, body: NO_PAYOUTS },
  { method: 'GET', path: '/v1/paypal/payment-details', body: null },
  {
    method: 'GET',
    path: '/v1/payment-methods/status',
    body: { stripe: 'not_connected', paypal: 'not_connected', default: null },
  },
  { method: 'POST', path: '/v1/payment-methods/default', status: 400, body: NO_PAYOUTS },
];

const PHONE_CALLS: readonly HostedAnswer[] = [
  { method: 'GET', path: '/v1/phone/numbers', body: { numbers: [] } },
  { method: 'POST', path: '/v1/phone/numbers/verify', status: 400, body: NO_CALLS },
  { method: 'POST', path: '/v1/phone/numbers/verify/check', status: 400, body: NO_CALLS },
  { method: 'DELETE', path: '/v1/phone/numbers/:number_id', status: 404, body: NO_CALLS },
  { method: 'POST', path: '/v1/phone/token', status: 403, body: NO_CALLS },
];

const NEWS: readonly HostedAnswer[] = [
  { method: 'GET', path: '/v1/announcements/changelogs', isPublic: true, body: [] },
  {
    method: 'POST',
    path: '/v1/announcements/:announcement_id/dismiss',
    status: 404,
    body: 'Announcement not found',
  },
  { method: 'GET', path: '/v1/trends', isPublic: true, body: [] },
  { method: 'GET', path: '/v1/public-memories', isPublic: true, body: [] },
  {
    method: 'GET',
    path: '/v1/fair-use/case/:reference/status',
    isPublic: true,
    status: 404,
    body: 'There is no such case.',
  },
  {
    method: 'POST',
    path: '/v1/wrapped/:year/generate',
    status: 400,
    body: 'This server writes no review of the year.',
  },
];

const DEVICES: readonly HostedAnswer[] = [
  { method: 'GET', path: '/v2/firmware/latest', isPublic: true, status: 404, body: NO_FIRMWARE },
  { method: 'GET', path: '/v2/firmware/stable', isPublic: true, status: 404, body: NO_FIRMWARE },
  { method: 'GET', path: '/v2/agent/status', body: null },
  { method: 'POST', path: '/v2/agent/provision', status: 503, body: NO_MACHINE },
  { method: 'POST', path: '/v2/realtime/session', status: 503, body: NO_REALTIME },
  { method: 'POST', path: '/v2/realtime/usage', status: 503, body: NO_REALTIME },
];

const APPS: readonly HostedAnswer[] = [
  {
    method: 'POST',
    path: '/v1/apps/migrate-owner',
    status: 400,
    body: 'Accounts of this server do not change their id.',
  },
];

/** Connections with other products, of which none is built. */
const CONNECTIONS: readonly HostedAnswer[] = [
  ...['/v1/integrations', '/v1/task-integrations'].flatMap((path): HostedAnswer[] => [
    {
      method: 'PUT',
      path: `${path}/:app_key`,
      status: 400,
      body: 'This server has no connection with this product.',
    },
    {
      method: 'GET',
      path: `${path}/:app_key/oauth-url`,
      status: 400,
      body: 'This server has no connection with this product.',
    },
  ]),
  {
    method: 'DELETE',
    path: '/v1/task-integrations/:app_key',
    status: 404,
    body: 'Integration not found',
  },
  ...[
    '/v1/task-integrations/asana/workspaces',
    '/v1/task-integrations/asana/projects/:workspace',
    '/v1/task-integrations/clickup/teams',
    '/v1/task-integrations/clickup/spaces/:team',
    '/v1/task-integrations/clickup/lists/:space',
  ].map(
    (path): HostedAnswer => ({
      method: 'GET',
      path,
      status: 404,
      body: 'This server has no connection with this product.',
    }),
  ),
  {
    method: 'POST',
    path: '/v1/task-integrations/:app_key/tasks',
    status: 404,
    body: 'This server has no connection with this product.',
  },
];

/** Everything of the hosted business that clients ask for. */
export const HOSTED_ANSWERS: readonly HostedAnswer[] = [
  ...PAYMENTS,
  ...PHONE_CALLS,
  ...NEWS,
  ...DEVICES,
  ...APPS,
  ...CONNECTIONS,
];
