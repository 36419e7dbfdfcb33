import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import type { SessionRecord } from './live-session.ts';
import { LiveSimulator, type LiveSimulatorOptions } from './live-simulator.ts';
import { type SpeechmaticsFault, SpeechmaticsSession } from './speechmatics-session.ts';

/**
 * A server that speaks Speechmatics' real-time protocol (`/v2/`) and recognises the samples it
 * receives. The key comes in the header, or from a browser in `jwt`.
 */
export class SpeechmaticsSimulator extends LiveSimulator<SpeechmaticsFault, SessionRecord> {
  static async start(options: Partial<LiveSimulatorOptions> = {}): Promise<SpeechmaticsSimulator> {
    const simulator = new SpeechmaticsSimulator(options);
    await simulator.resume();
    return simulator;
  }

  protected judge(request: IncomingMessage, url: URL): number {
    if (!/\/v2\/?$/.test(url.pathname)) return 404;
    const { authorization } = request.headers;
    const key = authorization?.replace(/^Bearer /, '') ?? url.searchParams.get('jwt');
    return key === this.apiKey ? 101 : 401;
  }

  protected accept(
    socket: WebSocket,
    request: IncomingMessage,
    url: URL,
    fault: SpeechmaticsFault | null,
  ): SessionRecord {
    const { clips, idleTimeoutMs } = this.options;
    const { authorization } = request.headers;
    const query = url.searchParams;
    const settings = { query, authorization, fault, clips, idleTimeoutMs };
    return new SpeechmaticsSession(socket, settings).record;
  }
}
