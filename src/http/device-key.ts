import type { IncomingHttpHeaders } from 'node:http';

/** `<platform>_<device hash>` from the headers that the clients send with every call. */
export function deviceKeyOf(headers: IncomingHttpHeaders): string {
  const platform = clean(headers['x-app-platform']) ?? 'unknown';
  const device = clean(headers['x-device-id-hash']) ?? 'default';
  return `${platform}_${device}`;
}

function clean(header: string | string[] | undefined): string | undefined {
  if (typeof header !== 'string') return undefined;
  const word = header.replace(/[^\w.-]/g, '').slice(0, 64);
  return word === '' ? undefined : word;
}
