import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import {
  CUSTOM_STT_MANNER,
  type CustomSttFault,
  type CustomSttManner,
  CustomSttSession,
} from './custom-stt-session.ts';
import type { SessionRecord } from './live-session.ts';
import { LiveSimulator, type LiveSimulatorOptions } from './live-simulator.ts';

/**
 * A service that speaks Omi's "External Custom STT" protocol and recognises the samples it
 * receives. It wants no key; its path is `/stt`.
 */
export class CustomSttSimulator extends LiveSimulator<CustomSttFault, SessionRecord> {
  manner: CustomSttManner = CUSTOM_STT_MANNER;

  static async start(options: Partial<LiveSimulatorOptions> = {}): Promise<CustomSttSimulator> {
    const simulator = new CustomSttSimulator(options);
    await simulator.resume();
    return simulator;
  }

  /** For `STT_WEBSOCKET_URL`. */
  get address(): string {
    return `${this.url.replace('http', 'ws')}/stt`;
  }

  protected judge(_request: IncomingMessage, url: URL): number {
    return url.pathname === '/stt' ? 101 : 404;
  }

  protected accept(
    socket: WebSocket,
    request: IncomingMessage,
    url: URL,
    fault: CustomSttFault | null,
  ): SessionRecord {
    const { clips, idleTimeoutMs } = this.options;
    const { authorization } = request.headers;
    const query = url.searchParams;
    const { manner } = this;
    const settings = { query, authorization, fault, clips, idleTimeoutMs, manner };
    return new CustomSttSession(socket, settings).record;
  }
}
