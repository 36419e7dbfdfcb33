import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { TokenVerifier } from '../../../auth/token-verifier.ts';
import type { ChangeFeed, ChangeNotice } from '../../../changes/change-feed.ts';
import { CHANGE_KINDS } from '../../../model/collection.ts';
import { type ServerSentEvent, sendEventStream } from '../../event-stream.ts';
import { goneSignal } from '../../gone-signal.ts';
import { revocationOf } from '../../request-guards.ts';

/** After this long the stream ends and the client connects again, milliseconds. */
const STREAM_TIMEOUT_MS = 60 * 60_000;

const changeSchema = z
  .object({
    kind: z.enum(CHANGE_KINDS),
    id: z.string(),
    deleted: z.boolean(),
    /** Of a conversation that exists; else null. */
    status: z.string().nullable(),
  })
  .meta({ id: 'Change' });

/** What changes of the signed-in user, as it happens. */
export function changeRoutes(deps: {
  changeFeed: ChangeFeed;
  verifier: TokenVerifier;
  publicUrl: string | null;
}): FastifyPluginAsyncZod {
  const { changeFeed, verifier, publicUrl } = deps;
  return async (app) => {
    const closing = new AbortController();
    app.addHook('preClose', async () => closing.abort());
    app.get(
      '/v1/events',
      {
        handlerTimeout: STREAM_TIMEOUT_MS,
        schema: {
          tags: ['users'],
          summary: "Stream changes of the user's data as server-sent events",
          description:
            'With `Accept: text/event-stream` (browsers send it) the answer stays open; without, it ends with what was missed. Events are `ready`, `reset` (something was missed: load again what is shown) and `change`, whose data this schema describes. See the client protocol.',
          querystring: z.object({
            last_event_id: z
              .string()
              .max(100)
              .optional()
              .describe('For clients that cannot set the header Last-Event-ID'),
          }),
          response: {
            200: {
              description: 'A stream of events',
              content: { 'text/event-stream': { schema: changeSchema } },
            },
          },
        },
      },
      async (request, reply) => {
        const header = request.headers['last-event-id'];
        const lastId = typeof header === 'string' ? header : request.query.last_event_id;
        const signal = AbortSignal.any([goneSignal(reply), closing.signal]);
        const isRevoked = revocationOf(verifier, publicUrl, request);
        // Who does not say that it reads streams would wait for the end of this one.
        const waits = request.headers.accept?.includes('text/event-stream') === true;
        const notices = changeFeed.follow(request.uid, lastId || null, { waits, signal });
        // Awaited before the answer begins: too many streams are an ordinary error.
        const first = await notices.next();
        return sendEventStream(reply, toEvents(first, notices), {
          signal,
          mayGoOn: async () => !(await isRevoked()),
        });
      },
    );
  };
}

async function* toEvents(
  first: IteratorResult<ChangeNotice, void>,
  notices: AsyncGenerator<ChangeNotice, void, undefined>,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  try {
    for (let next = first; !next.done; next = await notices.next()) yield toEvent(next.value);
  } finally {
    await notices.return();
  }
}

function toEvent(notice: ChangeNotice): ServerSentEvent {
  if (notice.type !== 'change') return { id: notice.id, event: notice.type, data: {} };
  const { id, kind, documentId, isDeleted, status } = notice;
  return { id, event: 'change', data: { kind, id: documentId, deleted: isDeleted, status } };
}
