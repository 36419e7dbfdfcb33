import WebSocket from 'ws';
import type { TestServer } from '../e2e/test-server.ts';

/** How long a socket may take to say that it is ready, milliseconds. */
const READY_MS = 20_000;
/** What shows that a session runs. */
const READY = /"status":\s*"ready"|"onboarding_question"/u;
/** Sockets that say nothing until somebody speaks. */
const SILENT = /transcribe-stream/u;

/** Opens a socket as a client does; returns what is wrong, null if a session runs. */
export async function askSocket(
  server: TestServer,
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<string | null> {
  const isWeb = path.includes('/web/');
  const headers = isWeb ? {} : { authorization: `Bearer ${server.token}` };
  const socket = new WebSocket(`${server.wsUrl}${path}?${new URLSearchParams(query)}`, { headers });
  const wanted = query.client_conversation_id;
  const seen = { ready: false, conversation: wanted === undefined };
  const fault = await new Promise<string | null>((resolve) => {
    const timer = setTimeout(() => resolve('not ready in time'), READY_MS);
    const done = (result: string | null) => {
      clearTimeout(timer);
      resolve(result);
    };
    socket.on('error', (error) => done(error.message));
    socket.on('close', (code, reason) => done(`closed ${code}: ${reason.toString()}`));
    socket.on('open', () => {
      if (isWeb) socket.send(JSON.stringify({ type: 'auth', token: server.token }));
      if (SILENT.test(path)) setTimeout(() => done(null), 300);
    });
    socket.on('message', (data) => {
      const text = data.toString();
      if (READY.test(text)) seen.ready = true;
      if (text.includes('"conversation_session"') && text.includes(wanted ?? '"')) {
        seen.conversation = true;
      }
      if (isWeb && text.includes('"auth_response"') && !text.includes('true')) done(text);
      if (seen.ready && seen.conversation) done(null);
    });
  });
  socket.removeAllListeners('close');
  socket.close(1000);
  return fault;
}
