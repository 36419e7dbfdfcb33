import dns from 'node:dns';
import net from 'node:net';
import { AppError } from './errors.ts';

/** Returns true for an address or name of this machine: 127.0.0.0/8, ::1, `localhost`. */
export function isLoopbackHost(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  return isLoopbackAddress(name);
}

function isLoopbackAddress(address: string): boolean {
  const family = net.isIP(address);
  return family !== 0 && LOOPBACK.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

const LOOPBACK = new net.BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

type Connect = (this: net.Socket, ...args: unknown[]) => net.Socket;
let guards = 0;
let original: Connect | undefined;

/**
 * Restricts every connection that this thread opens, by any library (WebSocket, fetch, TLS), to this
 * machine. Another address is refused before anything is sent. A name is resolved once, and the checked
 * address is used, so that it cannot point elsewhere in between. The guard is in the socket, through
 * which all libraries go; an option for each client would miss a client that is added later.
 *
 * @returns what removes the guard; guards may overlap
 */
export function refuseOutbound(): () => void {
  if (guards === 0) {
    const prototype = net.Socket.prototype as unknown as { connect: Connect };
    const connect = prototype.connect;
    original = connect;
    prototype.connect = function guarded(this: net.Socket, ...args: unknown[]) {
      return guardedConnect(this, connect, args);
    };
  }
  guards += 1;
  let ended = false;
  return () => {
    if (ended) return;
    ended = true;
    guards -= 1;
    if (guards > 0 || !original) return;
    (net.Socket.prototype as unknown as { connect: Connect }).connect = original;
    original = undefined;
  };
}

function guardedConnect(socket: net.Socket, connect: Connect, args: unknown[]): net.Socket {
  const target = targetOf(args);
  if (target.path !== null) return connect.apply(socket, args);
  if (!isLoopbackHost(target.host)) {
    // Like any failed connection: later, as an event of the socket.
    process.nextTick(() => socket.destroy(refusal()));
    return socket;
  }
  const options = { ...target.options, lookup: loopbackLookup };
  return connect.call(socket, options, ...(target.listener ? [target.listener] : []));
}

interface Target {
  host: string;
  /** Of a Unix socket, null for TCP. */
  path: string | null;
  options: Record<string, unknown>;
  listener: unknown;
}

/** All ways to call `connect`: options, port and host, path, or what `net` makes of them. */
function targetOf(args: readonly unknown[]): Target {
  const given = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  const [first, second] = given;
  const listener = given.findLast((value) => typeof value === 'function');
  const options: Record<string, unknown> =
    typeof first === 'object' && first !== null
      ? { ...first }
      : Number.isNaN(Number(first))
        ? { path: first }
        : { port: Number(first), ...(typeof second === 'string' ? { host: second } : {}) };
  const { host, path } = options;
  return {
    host: typeof host === 'string' ? host : 'localhost',
    path: typeof path === 'string' && path !== '' ? path : null,
    options,
    listener,
  };
}

/** `dns.lookup` that refuses addresses of other machines. */
function loopbackLookup(
  hostname: string,
  options: dns.LookupOptions,
  callback: (error: Error | null, address: string | dns.LookupAddress[], family?: number) => void,
): void {
  dns.lookup(hostname, options, (error, address, family) => {
    if (error) return callback(error, address, family);
    const found = typeof address === 'string' ? [address] : address.map((one) => one.address);
    if (!found.every(isLoopbackAddress)) return callback(refusal(), address, family);
    callback(null, address, family);
  });
}

function refusal(): AppError {
  return new AppError(
    'provider-unavailable',
    'PRIVATE is set: connections to other machines are refused.',
  );
}
