import net from 'node:net';
import { isLoopbackHost } from './loopback.ts';

/** Whether a request that was sent to this host (a `Host` header) is meant for this server. */
export type AcceptHost = (host: string | undefined) => boolean;

/**
 * Refuses names that were made to point at this machine (DNS rebinding): a page of any site could
 * otherwise call a server that listens on loopback alone, through its reader's browser. An address
 * is no name and passes, as does a program that sends no host.
 *
 * @param listensOn what the server listens on; beyond loopback, every name passes
 * @param publicUrl the configured address, null if there is none
 * @param names further names, `*` for all
 */
export function acceptHosts(
  listensOn: string,
  publicUrl: string | null,
  names: readonly string[],
): AcceptHost {
  if (!isLoopbackHost(listensOn) || names.includes('*')) return () => true;
  const known = new Set(names.map((name) => name.toLowerCase()));
  if (publicUrl !== null) known.add(new URL(publicUrl).hostname.toLowerCase());
  return (host) => {
    if (host === undefined || host === '') return true;
    const name = hostnameOf(host);
    if (name === null) return false;
    return isLoopbackHost(name) || net.isIP(name.replace(/^\[|\]$/g, '')) !== 0 || known.has(name);
  };
}

/** The name in a `Host` header, in lower case and without a port or a final dot. */
function hostnameOf(host: string): string | null {
  if (!/^[\w.:[\]-]{1,300}$/.test(host) || !URL.canParse(`http://${host}`)) return null;
  return new URL(`http://${host}`).hostname.toLowerCase().replace(/\.$/, '');
}
