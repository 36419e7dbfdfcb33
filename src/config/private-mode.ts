import { isLoopbackHost } from '../kernel/loopback.ts';
import type { SttServiceModel, Vendors } from './config.ts';
import type { Values } from './values.ts';

/** Whose service each item of `STT_SERVICE_MODELS` is. */
export const SERVICE_VENDORS = {
  'dg-nova-3': 'deepgram',
  'dg-nova-2': 'deepgram',
  'soniox-stt-rt': 'soniox',
  speechmatics: 'speechmatics',
  websocket: 'sttWebsocket',
} as const satisfies Record<SttServiceModel, keyof Vendors>;

/** What remains of the vendors where nothing may leave the machine. */
export interface PrivateVendors {
  vendors: Vendors;
  /** What is not used, for the log at the start. */
  notices: string[];
  problems: string[];
}

/** Names of the vendors for people, and the variable of each one's address. */
const VENDORS = {
  deepgram: ['Deepgram', 'DEEPGRAM_BASE_URL'],
  soniox: ['Soniox', 'SONIOX_BASE_URL'],
  speechmatics: ['Speechmatics', 'SPEECHMATICS_BASE_URL'],
  sttWebsocket: ['The service at STT_WEBSOCKET_URL', 'STT_WEBSOCKET_URL'],
  openai: ['The language model', 'OPENAI_BASE_URL'],
} as const satisfies Record<keyof Vendors, readonly [string, string]>;

/**
 * With `PRIVATE`, whoever is not on this machine is as if not configured, with a notice. It is a
 * problem where the operator names services of which none is left: who lists them counts on one.
 */
export function keepPrivate(
  values: Values,
  vendors: Vendors,
  servicesAreNamed: boolean,
): PrivateVendors {
  if (!values.PRIVATE) return { vendors, notices: [], problems: [] };
  const names = Object.keys(VENDORS) as (keyof Vendors)[];
  const refused = names.filter((name) => {
    const url = addressOf(vendors, name);
    return url !== null && !isLoopbackHost(new URL(url).hostname);
  });
  const kept: Vendors = { ...vendors };
  for (const name of refused) kept[name] = null;
  const configured = values.STT_SERVICE_MODELS.filter(
    (service) => vendors[SERVICE_VENDORS[service]] !== null,
  );
  const isLost =
    servicesAreNamed &&
    configured.length > 0 &&
    configured.every((service) => kept[SERVICE_VENDORS[service]] === null);
  return {
    vendors: kept,
    notices: refused.map((name) => {
      const [what, variable] = VENDORS[name];
      return `PRIVATE is set: ${what} is not used, because ${variable} is not on this machine.`;
    }),
    problems: isLost
      ? [
          `PRIVATE is set, but every service of STT_SERVICE_MODELS is on another machine: ${configured.join(', ')}.`,
        ]
      : [],
  };
}

function addressOf(vendors: Vendors, name: keyof Vendors): string | null {
  if (name === 'sttWebsocket') return vendors.sttWebsocket?.url ?? null;
  return vendors[name]?.baseUrl ?? null;
}
