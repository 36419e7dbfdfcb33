import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { FolderService } from '../../../conversations/folder-service.ts';
import type { DeveloperConversations } from '../../../developer/developer-conversations.ts';
import { CATEGORIES } from '../../../model/conversations/category.ts';
import { type Conversation, textSourceSchema } from '../../../model/conversations/conversation.ts';
import { devConversationSchema, devConversationToWire } from '../../../wire/developer-wire.ts';
import { folderSchema, folderToWire } from '../../../wire/folder-wire.ts';
import { geolocationFromWire, geolocationWireSchema } from '../../../wire/geolocation-wire.ts';
import { HttpError } from '../../http-error.ts';
import { categoriesOf, pageOf, pageQuery, sendPage } from '../../list-page.ts';
import { bodyTime, queryBoolean, queryTime } from '../../query-types.ts';
import {
  clientTranscriptSchema,
  madeConversationSchema,
  transcriptOf,
} from '../conversations/client-transcripts.ts';

const tags = ['developer API'];
const read = { key: { kind: 'dev', scope: 'conversations:read' } } as const;
const write = { key: { kind: 'dev', scope: 'conversations:write' } } as const;
const byId = z.object({ conversation_id: z.string() });
/** How long a text takes, unless the caller says it. */
const DEFAULT_DURATION_MS = 300_000;

const times = {
  started_at: bodyTime().nullish(),
  finished_at: bodyTime().nullish(),
  language: z.string().max(35).default('en'),
  geolocation: geolocationWireSchema.nullish(),
};

const fromText = z.object({
  text: z.string().min(1).max(100_000),
  text_source: textSourceSchema.default('other_text'),
  text_source_spec: z.string().max(200).nullish(),
  ...times,
});

/** Conversations and folders for programs of the user. */
export function devConversationRoutes(deps: {
  developerConversations: DeveloperConversations;
  folders: FolderService;
}): FastifyPluginAsyncZod {
  const { developerConversations: conversations, folders } = deps;
  return async (app) => {
    app.get(
      '/v1/dev/user/conversations',
      {
        config: read,
        schema: {
          tags,
          summary: 'List completed conversations, newest first',
          querystring: z.object({
            ...pageQuery(25),
            start_date: queryTime().optional(),
            end_date: queryTime().optional(),
            categories: z.string().max(1000).optional(),
            folder_id: z.string().optional(),
            starred: queryBoolean().optional(),
            include_transcript: queryBoolean().default(false),
          }),
          response: { 200: z.array(devConversationSchema) },
        },
      },
      async ({ uid, query }, reply) => {
        const filter = {
          createdFrom: query.start_date ?? null,
          createdTo: query.end_date ?? null,
          folderId: query.folder_id || null,
          starred: query.starred ?? null,
          categories: categoriesOf(query.categories, CATEGORIES),
          updatedSince: query.updated_since ?? null,
        };
        const page = pageOf(query);
        const found = await conversations.list(uid, filter, page, query.include_transcript);
        return sendPage(reply, found).map(devConversationToWire);
      },
    );

    app.get(
      '/v1/dev/user/conversations/:conversation_id',
      {
        config: read,
        schema: {
          tags,
          summary: 'One conversation',
          params: byId,
          querystring: z.object({ include_transcript: queryBoolean().default(false) }),
          response: { 200: devConversationSchema },
        },
      },
      async ({ uid, params, query }) =>
        devConversationToWire(
          await conversations.get(uid, params.conversation_id, query.include_transcript),
        ),
    );

    app.post(
      '/v1/dev/user/conversations',
      {
        config: write,
        schema: {
          tags,
          summary: 'Make a conversation of a text',
          body: fromText,
          response: { 200: madeConversationSchema },
        },
      },
      async ({ uid, body }) => {
        if (body.text.trim() === '') throw new HttpError(422, 'text cannot be empty');
        const made = await conversations.createFromText(uid, {
          ...timesOf(body, DEFAULT_DURATION_MS),
          text: body.text,
          textSource: body.text_source,
          textSourceSpec: body.text_source_spec ?? null,
          source: 'external_integration',
          language: body.language,
          appId: null,
          sender: null,
          isFromUser: true,
          subject: null,
          understoodText: null,
        });
        return madeToWire(made);
      },
    );

    app.post(
      '/v1/dev/user/conversations/from-segments',
      {
        config: write,
        schema: {
          tags,
          summary: 'Make a conversation of a transcript',
          body: clientTranscriptSchema,
          response: { 200: madeConversationSchema },
        },
      },
      async ({ uid, body }) => {
        const transcript = transcriptOf(body, 'external_integration');
        const made = await conversations.createFromSegments(uid, transcript);
        return madeToWire(made);
      },
    );

    app.patch(
      '/v1/dev/user/conversations/:conversation_id',
      {
        config: write,
        schema: {
          tags,
          summary: 'Change the title of a conversation, or hide it',
          params: byId,
          body: z.object({
            title: z.string().min(1).max(500).nullish(),
            discarded: z.boolean().nullish(),
          }),
          response: { 200: devConversationSchema },
        },
      },
      async ({ uid, params, body }) => {
        const title = body.title?.trim() ?? null;
        const discarded = body.discarded ?? null;
        if (title === '') throw new HttpError(422, 'title cannot be empty');
        if (title === null && discarded === null) {
          throw new HttpError(422, 'At least one field (title or discarded) must be provided');
        }
        const fields = { title, discarded };
        return devConversationToWire(
          await conversations.update(uid, params.conversation_id, fields),
        );
      },
    );

    app.delete(
      '/v1/dev/user/conversations/:conversation_id',
      {
        config: write,
        schema: {
          tags,
          summary: 'Delete a conversation; its memories and tasks stay',
          params: byId,
          response: { 200: z.object({ success: z.boolean() }) },
        },
      },
      async ({ uid, params }) => {
        await conversations.delete(uid, params.conversation_id);
        return { success: true };
      },
    );

    app.get(
      '/v1/dev/user/folders',
      {
        config: read,
        schema: {
          tags,
          summary: 'Folders, in their order; empty until the user has looked at them',
          response: { 200: z.array(folderSchema) },
        },
      },
      async ({ uid }) => (await folders.listExisting(uid)).map(folderToWire),
    );
  };
}

type Times = Pick<z.output<typeof fromText>, 'started_at' | 'finished_at' | 'geolocation'>;

/** @throws HttpError 422 for a time that runs backwards */
function timesOf({ started_at, finished_at, geolocation }: Times, durationMs: number) {
  const startedAt = started_at ?? null;
  // Without a beginning the end is as far from now, whenever the service says that is.
  const defaultEnd = startedAt === null ? null : startedAt + durationMs;
  const finishedAt = finished_at ?? defaultEnd;
  if (startedAt !== null && finishedAt !== null && finishedAt <= startedAt) {
    throw new HttpError(422, 'finished_at must be after started_at');
  }
  return {
    startedAt,
    finishedAt,
    geolocation: geolocation ? geolocationFromWire(geolocation) : null,
  };
}

function madeToWire({ id, status, discarded }: Conversation) {
  return { id, status, discarded };
}
