import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { CacheHealth } from './cache/resilient-cache.ts';
import { VERSION } from './config/version.ts';
import { lockDataDirectory } from './context/data-directory.ts';
import type { Context } from './context.ts';
import { buildHttpApp } from './http/app.ts';
import { buildRoutes, type RouteServices } from './http/build-routes.ts';
import { ChatWire } from './http/chat-stream.ts';
import { FileLinks } from './http/file-links.ts';
import { metricsRoutes } from './http/metrics-routes.ts';
import { searchForRoutes } from './http/route-search.ts';
import { acceptHosts } from './kernel/allowed-hosts.ts';
import { LatencyWindow } from './kernel/latency-window.ts';
import { ListenServer } from './listen/listen-server.ts';
import { Metrics } from './server/metrics.ts';
import type { SttAudioCounts } from './stt/stt-meter.ts';

/** How long requests may go on when the server is to stop, milliseconds. */
const REQUEST_GRACE_MS = 2_000;

export interface RunningServer {
  /** `http://host:port` that it listens on. */
  url: string;
  /** Stops taking work, lets live sessions end, closes the context. */
  close(): Promise<void>;
}

/** Starts serving what a context holds: recovers, runs jobs, listens. */
export async function startServer(context: Context): Promise<RunningServer> {
  const { config, logger } = context;
  const unlock = await lockDataDirectory(config).catch(async (error: unknown) => {
    await context.close();
    throw error;
  });
  const { host, publicUrl, allowedHosts } = config.server;
  const acceptHost = acceptHosts(host, publicUrl, allowedHosts);
  const latency = new LatencyWindow();
  const metrics = new Metrics(context);
  let isReady = false;
  const app = buildHttpApp({
    logger: logger.child({ subsystem: 'http' }),
    userApiKeys: context.userApiKeys,
    verifier: context.verifier,
    corsOrigins: config.server.corsOrigins,
    publicUrl,
    acceptHost,
    routes: [
      ...buildRoutes(routeServices(context)),
      metricsRoutes({
        contentType: metrics.contentType,
        render: () => metrics.render(),
        token: context.metricsToken,
      }),
    ],
    version: VERSION,
    isReady: () => isReady,
    onResponse: (method, route, status, ms) => metrics.onHttpResponse(method, route, status, ms),
    countRequest: (policy, subject, limit) => context.rateLimiter.take(policy, subject, limit),
    health: async () => {
      await context.store.check();
      return {
        version: VERSION,
        cache: cacheHealth(context.cache.health),
        live_sessions: context.transcription.sessionCount,
        jobs: await context.jobWorker.stats(),
        segment_latency_ms: latency.summary(),
        stt_minutes_since_start: sttMinutes(context.sttUsage.totals),
      };
    },
  });
  const listen = new ListenServer({
    publicUrl,
    acceptHost,
    verifier: context.verifier,
    transcription: context.transcription,
    voice: context.voice,
    logger: logger.child({ subsystem: 'listen' }),
    defaultTimeoutMs: config.conversationTimeoutMs,
    onSegmentLatency: (ms) => {
      latency.add(ms);
      metrics.onSegmentLatency(ms);
    },
    observe: (event) => metrics.onListenEvent(event),
  });
  listen.attach(app.server);
  try {
    await context.processes.join();
    const recovered = await context.transcription.recover();
    await context.processes.forgetDead();
    context.processes.start();
    if (recovered.sessions + recovered.conversations > 0) logger.info(recovered, 'recovered');
    context.jobWorker.start();
    await app.listen({ host, port: config.server.port });
    isReady = true;
  } catch (error) {
    await app.close();
    await context.close();
    unlock();
    throw error;
  }
  const { address, port, family } = app.server.address() as AddressInfo;
  const name = family === 'IPv6' ? `[${address}]` : address;
  let closed: Promise<void> | undefined;
  return {
    url: `http://${name}:${port}`,
    close: () => {
      closed ??= (async () => {
        isReady = false;
        context.transcription.refuseSessions();
        listen.refuseSockets();
        // Long enough for a load balancer to see it, and to send new clients elsewhere.
        if (config.scaling.drainMs > 0) await sleep(config.scaling.drainMs);
        await listen.disconnect();
        // Together, each within limits of its own: last words of providers, and running jobs.
        await Promise.all([
          listen.close(),
          context.transcription.close(),
          context.jobWorker.close(),
        ]);
        await closeHttp(app);
        await context.close();
      })().finally(unlock);
      return closed;
    },
  };
}

/** Lets requests end that are under way, but does not wait for those that a slow model holds up. */
async function closeHttp(app: FastifyInstance): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), REQUEST_GRACE_MS);
  await app.close();
  clearTimeout(cut);
}

function cacheHealth({ engine, state, since, failures }: CacheHealth) {
  return { engine, state, since: new Date(since).toISOString(), failures };
}

/** Audio of all users since the start: sent, not sent as it was silent, sent although it was silent. */
function sttMinutes({ sentMs, savedMs, savableMs }: SttAudioCounts) {
  const [sent, saved, savable] = [sentMs, savedMs, savableMs].map(
    (ms) => Math.round(ms / 60) / 1000,
  );
  return { sent, saved, savable };
}

/** The context as the routes take it, with what only HTTP needs. */
function routeServices(context: Context): RouteServices {
  const { publicUrl } = context.config.server;
  const links = new FileLinks(context.blobLinks, publicUrl);
  return {
    ...context,
    publicUrl,
    links,
    search: searchForRoutes(context.search),
    chatWire: new ChatWire({ chat: context.chat, links }),
  };
}
