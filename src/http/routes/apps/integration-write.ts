import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { AppMessages } from '../../../apps/app-messages.ts';
import type { ExternalConversations } from '../../../conversations/external-conversations.ts';
import { AppError } from '../../../kernel/errors.ts';
import { newId } from '../../../kernel/ids.ts';
import type { MemoryService } from '../../../memories/memory-service.ts';
import type { FactExtraction } from '../../../understanding/fact-extraction.ts';
import type { ProcessingService } from '../../../understanding/processing-service.ts';
import type { Webhooks } from '../../../webhooks/webhooks.ts';
import { geolocationFromWire, geolocationWireSchema } from '../../../wire/geolocation-wire.ts';
import {
  callingAppOf,
  countApp,
  type IntegrationGuardDeps,
  requireApp,
} from '../../apps/integration-guard.ts';
import { HttpError } from '../../http-error.ts';
import { bodyTime } from '../../query-types.ts';

const tags = ['integration API'];
const byApp = z.object({ app_id: z.string() });
const byUser = z.object({ uid: z.string().min(1) });
const open = { config: { public: true } } as const;
/** Longest wait for a conversation to be processed; what takes longer goes on. */
const WAIT_MS = 60_000;
const MAX_MESSAGE = 5_000;

const CREATE_CONVERSATION = { actions: ['create_conversation'], deed: 'create conversations' };
const CREATE_MEMORIES = { actions: ['create_facts', 'create_memories'], deed: 'create memories' };
const NOTIFY = { actions: [], deed: 'notify' };

const conversationBody = z.object({
  text: z.string(),
  text_source: z.enum(['audio_transcript', 'message', 'other_text']).default('audio_transcript'),
  text_source_spec: z.string().max(200).nullish(),
  started_at: bodyTime().nullish(),
  finished_at: bodyTime().nullish(),
  geolocation: geolocationWireSchema.nullish().catch(null),
  language: z.string().max(20).nullish(),
});
const memoriesBody = z.object({
  text: z.string().max(100_000).nullish(),
  text_source: z.enum(['email', 'social_post', 'other']).default('other'),
  text_source_spec: z.string().max(200).nullish(),
  memories: z
    .array(
      z.object({
        content: z.string().trim().min(1).max(2_000),
        tags: z.array(z.string().max(100)).max(50).nullish(),
      }),
    )
    .max(500)
    .nullish(),
});
const empty = z.object({});
const done = z.object({ status: z.literal('Ok') });

export interface IntegrationWriteDeps extends IntegrationGuardDeps {
  externalConversations: ExternalConversations;
  processing: ProcessingService;
  memories: MemoryService;
  factExtraction: FactExtraction;
  appMessages: AppMessages;
  webhooks: Webhooks;
}

/** What apps may add for a user who has them enabled. */
export function integrationWriteRoutes(deps: IntegrationWriteDeps): FastifyPluginAsyncZod {
  return async (app) => {
    if (!app.hasRequestDecorator('callingApp')) app.decorateRequest('callingApp', null);
    conversationRoutes(app, deps);
    memoryRoutes(app, deps);
    notificationRoutes(app, deps);
  };
}

type App = Parameters<FastifyPluginAsyncZod>[0];

function conversationRoutes(app: App, deps: IntegrationWriteDeps): void {
  // The second is the address that older plugins call.
  for (const path of [
    '/v2/integrations/:app_id/user/conversations',
    '/v1/integrations/:app_id/memories',
  ]) {
    app.post(
      path,
      {
        ...open,
        onRequest: requireApp(deps, CREATE_CONVERSATION, 'integration:conversations'),
        schema: {
          tags,
          summary: 'Add a conversation for the user; it is processed before the answer',
          params: byApp,
          querystring: byUser,
          body: conversationBody,
          response: { 200: empty },
        },
      },
      async (request) => {
        const { uid, body } = request;
        const { id: appId } = callingAppOf(request);
        const hops = await deps.webhooks.log.hopsAfter(uid, appId);
        const { conversationId } = await deps.externalConversations.create(
          uid,
          {
            text: body.text,
            textSource: body.text_source,
            textSourceSpec: body.text_source_spec ?? null,
            source: 'external_integration',
            startedAt: body.started_at ?? null,
            finishedAt: body.finished_at ?? null,
            geolocation: body.geolocation ? geolocationFromWire(body.geolocation) : null,
            language: body.language ?? null,
            appId,
            sender: null,
            isFromUser: false,
            subject: null,
            understoodText: null,
          },
          hops,
        );
        await deps.processing.whenProcessed(uid, conversationId, WAIT_MS);
        return {};
      },
    );
  }
}

function memoryRoutes(app: App, deps: IntegrationWriteDeps): void {
  for (const name of ['memories', 'facts']) {
    app.post(
      `/v2/integrations/:app_id/user/${name}`,
      {
        ...open,
        onRequest: requireApp(deps, CREATE_MEMORIES, 'integration:memories'),
        schema: {
          tags,
          summary: 'Add memories for the user, or a text in which a language model finds some',
          params: byApp,
          querystring: byUser,
          body: memoriesBody,
          response: { 200: empty },
        },
      },
      async ({ uid, body }) => {
        const text = body.text?.trim() ?? '';
        const given = body.memories ?? [];
        if (text === '' && given.length === 0) {
          throw new HttpError(422, 'Either text or memories must be provided');
        }
        const found = text === '' ? [] : await deps.factExtraction.read(uid, text);
        const all = [...given, ...found.map((content) => ({ content, tags: [] }))];
        await deps.memories.createMany(
          uid,
          all.map(({ content, tags: labels }) => ({
            content,
            category: 'system' as const,
            visibility: 'private' as const,
            tags: labels ?? [],
            headline: null,
          })),
        );
        return {};
      },
    );
  }
}

function notificationRoutes(app: App, deps: IntegrationWriteDeps): void {
  app.post(
    '/v2/integrations/:app_id/notification',
    {
      ...open,
      onRequest: requireApp(deps, NOTIFY, 'integration:notification'),
      schema: {
        tags,
        summary: 'Tell the user something, in the chat of the app',
        params: byApp,
        querystring: byUser.extend({ message: z.string().min(1).max(MAX_MESSAGE) }),
        response: { 200: done },
      },
    },
    async (request) => {
      await tell(deps, request, request.query.message);
      return { status: 'Ok' as const };
    },
  );
  app.post(
    '/v1/integrations/notification',
    {
      ...open,
      onRequest: async ({ headers }) => {
        if (headers.authorization?.startsWith('Bearer ')) return;
        const missing = "Missing or invalid Authorization header. Must be 'Bearer API_KEY'";
        throw new AppError('unauthenticated', missing);
      },
      schema: {
        tags,
        summary: 'Tell the user something, in the chat of the app or the main one',
        body: z.object({
          uid: z.string().nullish(),
          aid: z.string().nullish(),
          message: z.string().min(1).max(MAX_MESSAGE),
        }),
        response: { 200: done },
      },
    },
    async (request, reply) => {
      const { uid, aid, message } = request.body;
      if (!aid) throw new HttpError(400, 'aid (app id) in request body is required');
      if (!uid) throw new HttpError(400, 'uid in request body is required');
      await admit(deps, request, reply, { uid, aid });
      await tell(deps, request, message);
      return { status: 'Ok' as const };
    },
  );
}

/** The checks of `requireApp` for a route whose body names app and user. */
async function admit(
  deps: IntegrationGuardDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { uid, aid }: { uid: string; aid: string },
): Promise<void> {
  const { integrationAccess, rateLimiter } = deps;
  await integrationAccess.checkKey(aid, request.headers.authorization);
  request.callingApp = await integrationAccess.checkUser(aid, uid, NOTIFY);
  await countApp(rateLimiter, reply, 'integration:notification', `${aid}:${uid}`);
  request.uid = uid;
}

async function tell(
  { appMessages }: IntegrationWriteDeps,
  request: FastifyRequest,
  text: string,
): Promise<void> {
  await appMessages.add(request.uid, callingAppOf(request), {
    text,
    conversationId: null,
    eventId: newId(),
    mayUseMainChat: true,
  });
}
