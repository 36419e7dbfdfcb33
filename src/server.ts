import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { CacheHealth } from './cache/resilient-cache.ts';
import { lockDataDirectory } from './context/data-directory.ts';
import type { Context } from './context.ts';
import { buildHttpApp } from './http/app.ts';
import { buildRoutes, type RouteServices } from './http/build-routes.ts';
import { ChatWire } from './http/chat-stream.ts';
import { FileLinks } from './http/file-links.ts';
import { metricsRoutes } from './http/metrics-routes.ts';
import { searchForRoutes } from './http/route-search.ts';
import type { JobStats } from './jobs/job-worker.ts';
import { type AcceptHost, acceptHosts } from './kernel/allowed-hosts.ts';
import { LatencyWindow } from './kernel/latency-window.ts';
import { VERSION } from './kernel/version.ts';
import { ListenServer } from './listen/listen-server.ts';
import { OUTGOING_JOBS } from './model/jobs.ts';
import { mcpFrontDoor } from './server/mcp-front-door.ts';
import { Metrics } from './server/metrics.ts';
import { ServerChecks } from './server/server-checks.ts';
import type { SttAudioCounts } from './stt/stt-meter.ts';

/** Longest time for running requests when the server stops, milliseconds. */
const REQUEST_GRACE_MS = 2_000;

export interface RunningServer {
  /** `http://host:port` that it listens on. */
  url: string;
  /** Refuses new work, waits for live sessions to end, and closes the context. */
  close(): Promise<void>;
}

/** What requests and live sessions tell the server of themselves. */
interface Observed {
  latency: LatencyWindow;
  metrics: Metrics;
  isReady: boolean;
}

/** Starts the server: recovers sessions, runs jobs, listens. */
export async function startServer(context: Context): Promise<RunningServer> {
  const { config } = context;
  const unlock = await lockDataDirectory(config).catch(async (error: unknown) => {
    await context.close();
    throw error;
  });
  const { host, port, publicUrl, allowedHosts } = config.server;
  const acceptHost = acceptHosts(host, publicUrl, allowedHosts);
  const observed = {
    latency: new LatencyWindow(),
    metrics: new Metrics(context),
    isReady: false,
  };
  const app = httpServer(context, observed, acceptHost);
  const listen = listenServer(context, observed, acceptHost);
  listen.attach(app.server);
  try {
    await resumeWork(context);
    await app.listen({ host, port });
    observed.isReady = true;
    context.telemetry.startMetrics(() => observed.metrics.read());
  } catch (error) {
    await app.close();
    await context.close();
    unlock();
    throw error;
  }
  let closed: Promise<void> | undefined;
  return {
    url: urlOf(app),
    close: () => {
      observed.isReady = false;
      closed ??= stop(context, app, listen).finally(unlock);
      return closed;
    },
  };
}

function httpServer(context: Context, observed: Observed, acceptHost: AcceptHost): FastifyInstance {
  const { config, logger } = context;
  const { metrics } = observed;
  return buildHttpApp({
    logger: logger.child({ subsystem: 'http' }),
    userApiKeys: context.userApiKeys,
    verifier: context.verifier,
    apiKeys: context.apiKeys,
    corsOrigins: config.server.corsOrigins,
    publicUrl: config.server.publicUrl,
    acceptHost,
    routes: [
      ...buildRoutes(routeServices(context)),
      metricsRoutes({
        contentType: metrics.contentType,
        render: () => metrics.render(),
        token: context.metricsToken,
      }),
      mcpFrontDoor(context),
    ],
    version: VERSION,
    asyncApi: async () => (await import('./listen/async-api.ts')).asyncApiDocument(VERSION),
    isReady: () => observed.isReady,
    onResponse: (method, route, status, ms) => metrics.onHttpResponse(method, route, status, ms),
    ...(config.telemetry?.tracesUrl ? { tracing: context.telemetry.tracing } : {}),
    countRequest: (policy, subject, limit) => context.rateLimiter.count(policy, subject, limit),
    health: () => health(context, observed),
  });
}

function listenServer(
  context: Context,
  { latency, metrics }: Observed,
  acceptHost: AcceptHost,
): ListenServer {
  const { config, logger } = context;
  return new ListenServer({
    publicUrl: config.server.publicUrl,
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
}

/** Continues what this process or a dead one has left, and starts the jobs. */
async function resumeWork(context: Context): Promise<void> {
  // What a server has left that ended while it made a backup.
  await context.backupTask.clear();
  await context.processes.join();
  await context.startSettings();
  const recovered = await context.recoverSessions();
  await context.processes.forgetDead();
  context.processes.start();
  if (recovered.sessions + recovered.conversations > 0) context.logger.info(recovered, 'recovered');
  context.jobWorker.start((job) => !OUTGOING_JOBS.has(job.kind));
  context.outgoingWorker.start((job) => OUTGOING_JOBS.has(job.kind));
  context.markdownMirror?.start();
}

async function stop(context: Context, app: FastifyInstance, listen: ListenServer): Promise<void> {
  const { drainMs } = context.config.scaling;
  context.transcription.refuseSessions();
  listen.refuseSockets();
  // A load balancer notices it and sends new clients to another server.
  if (drainMs > 0) await sleep(drainMs);
  await listen.disconnect();
  // Concurrently, each with its own limit: last words of providers, and running jobs.
  await Promise.all([
    listen.close(),
    context.transcription.close(),
    context.jobWorker.close(),
    context.outgoingWorker.close(),
  ]);
  // The store is still open, which some metrics read.
  await Promise.all([context.telemetry.stopMetrics(), closeHttp(app)]);
  await context.close();
}

function urlOf(app: FastifyInstance): string {
  const { address, port, family } = app.server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

/** What `/v1/health` shows. @throws if the store does not work */
async function health(context: Context, { latency }: Observed) {
  await context.store.check();
  return {
    version: VERSION,
    cache: cacheHealth(context.cache.health),
    live_sessions: context.transcription.sessionCount,
    jobs: await jobCounts(context),
    segment_latency_ms: latency.summary(),
    stt_minutes_since_start: sttMinutes(context.sttUsage.totals),
  };
}

/** Waits for running requests, but not for those that wait for a slow model. */
async function closeHttp(app: FastifyInstance): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), REQUEST_GRACE_MS);
  await app.close();
  clearTimeout(cut);
}

/** Returns what both workers do; the jobs that wait are the same for both. */
async function jobCounts({ jobWorker, outgoingWorker }: Context): Promise<JobStats> {
  const [own, outgoing] = await Promise.all([jobWorker.stats(), outgoingWorker.stats()]);
  return {
    waiting: own.waiting,
    running: own.running + outgoing.running,
    succeeded: own.succeeded + outgoing.succeeded,
    retried: own.retried + outgoing.retried,
    failed: own.failed + outgoing.failed,
  };
}

function cacheHealth({ engine, state, since, failures }: CacheHealth) {
  return { engine, state, since: new Date(since).toISOString(), failures };
}

/** Returns audio of all users since the start, minutes: sent, silence not sent, silence sent. */
function sttMinutes({ sentMs, savedMs, savableMs }: SttAudioCounts) {
  const [sent, saved, savable] = [sentMs, savedMs, savableMs].map(
    (ms) => Math.round(ms / 60) / 1000,
  );
  return { sent, saved, savable };
}

/** Returns the services for the routes: the context and what only HTTP needs. */
function routeServices(context: Context): RouteServices {
  const { publicUrl } = context.config.server;
  const links = new FileLinks(context.blobLinks, publicUrl);
  return {
    ...context,
    publicUrl,
    links,
    search: searchForRoutes(context.search),
    serverChecks: new ServerChecks(context),
    chatWire: new ChatWire({ chat: context.chat, links }),
  };
}
