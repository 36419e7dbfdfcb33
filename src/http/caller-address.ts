import { isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { isPublicAddress } from '../kernel/public-address.ts';

/**
 * What a caller without sign-in is counted under: its address; of IPv6 the network, of which each
 * customer has a whole one. A peer of this machine or network that names whom it forwards for
 * (`X-Forwarded-For`) is taken for a reverse proxy, and the address that it added last counts.
 */
export function callerOf(request: Pick<FastifyRequest, 'socket' | 'headers'>): string {
  const peer = plainAddress(request.socket.remoteAddress ?? '');
  if (isPublicAddress(peer)) return networkOf(peer);
  const forwarded = request.headers['x-forwarded-for'];
  const last = (Array.isArray(forwarded) ? forwarded.join(',') : forwarded)?.split(',').at(-1);
  const client = plainAddress(last?.trim().slice(0, 100) ?? '');
  return networkOf(client === '' ? peer : client);
}

/** IPv4 addresses come as IPv6 if both are listened on. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:/i, '');
}

function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::', 2);
  const groups = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(':').length;
  const filled = [...groups, ...new Array<string>(Math.max(0, missing)).fill('0')];
  return `${filled.slice(0, 4).join(':')}::/64`;
}
