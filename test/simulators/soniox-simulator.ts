import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import type { SessionRecord } from './live-session.ts';
import { LiveSimulator, type LiveSimulatorOptions } from './live-simulator.ts';
import { type SonioxFault, SonioxSession } from './soniox-session.ts';

/**
 * A server that speaks Soniox' real-time protocol (`/transcribe-websocket`) and recognises the
 * samples it receives. A bad key is no HTTP error: it is told by an error frame after the upgrade.
 */
export class SonioxSimulator extends LiveSimulator<SonioxFault, SessionRecord> {
  static async start(options: Partial<LiveSimulatorOptions> = {}): Promise<SonioxSimulator> {
    const simulator = new SonioxSimulator(options);
    await simulator.resume();
    return simulator;
  }

  protected judge(_request: IncomingMessage, url: URL): number {
    return url.pathname.endsWith('/transcribe-websocket') ? 101 : 404;
  }

  protected accept(
    socket: WebSocket,
    request: IncomingMessage,
    url: URL,
    fault: SonioxFault | null,
  ): SessionRecord {
    const { apiKey, clips, idleTimeoutMs } = this.options;
    const { authorization } = request.headers;
    const query = url.searchParams;
    const settings = { apiKey, query, authorization, fault, clips, idleTimeoutMs };
    return new SonioxSession(socket, settings).record;
  }
}
