import type { WebSocket } from 'ws';
import type { TokenVerifier } from '../auth/token-verifier.ts';
import { parseJson } from '../kernel/json.ts';
import type { SocketInbox } from './socket-inbox.ts';

const AUTH_TIMEOUT_MS = 5_000;

/** Who has signed in to a socket, and with which token. */
export interface SignedIn {
  uid: string;
  token: string;
  /** What tells the user's devices apart, as far as the client says in its first message. */
  deviceIdHash?: string | undefined;
}

type FirstMessage = Pick<SignedIn, 'token' | 'deviceIdHash'>;

/**
 * First-message sign-in of `/v4/web/listen`, for browsers, which cannot set a header. Returns the
 * user; if it is refused the socket is closed with 1008 and the answer is null.
 */
export async function authenticateByFirstMessage(
  socket: WebSocket,
  inbox: SocketInbox,
  verifier: TokenVerifier,
): Promise<SignedIn | null> {
  const first = await firstToken(socket, inbox);
  if ('problem' in first) {
    inbox.discard();
    socket.close(1008, first.problem);
    return null;
  }
  const result = await verify(verifier, first.token);
  socket.send(JSON.stringify({ type: 'auth_response', success: 'uid' in result }));
  if ('uid' in result) return { uid: result.uid, ...first };
  inbox.discard();
  socket.close(1008, result.problem);
  return null;
}

/** The token of the first frame, or why there is none. */
function firstToken(
  socket: WebSocket,
  inbox: SocketInbox,
): Promise<FirstMessage | { problem: string }> {
  return new Promise((resolve) => {
    const done = (result: FirstMessage | { problem: string }) => {
      clearTimeout(timer);
      inbox.pause();
      socket.off('close', onClose);
      resolve(result);
    };
    const onClose = () => done({ problem: 'Client disconnected' });
    const timer = setTimeout(() => done({ problem: 'Auth timeout' }), AUTH_TIMEOUT_MS);
    socket.on('close', onClose);
    inbox.readOne(({ bytes, isBinary }) =>
      done(isBinary ? { problem: 'Expected JSON auth message' } : tokenOf(bytes.toString('utf8'))),
    );
  });
}

function tokenOf(text: string): FirstMessage | { problem: string } {
  const message = parseJson(text);
  if (message === undefined) return { problem: 'Invalid JSON' };
  if (typeof message !== 'object' || message === null || !('type' in message)) {
    return { problem: 'First message must be auth' };
  }
  if (message.type !== 'auth') return { problem: 'First message must be auth' };
  const token = 'token' in message ? message.token : undefined;
  if (typeof token !== 'string' || token === '') return { problem: 'Missing token' };
  const device = 'device_id_hash' in message ? message.device_id_hash : undefined;
  return { token, deviceIdHash: typeof device === 'string' ? device : undefined };
}

async function verify(
  verifier: TokenVerifier,
  token: string,
): Promise<{ uid: string } | { problem: string }> {
  try {
    return (await verifier.verify(token)) ?? { problem: 'Invalid token' };
  } catch {
    return { problem: 'Auth error' };
  }
}
