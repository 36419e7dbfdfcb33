import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/** A conversation that an answer cites, with the segments that bear it out. */
export const citationSchema = z.object({
  conversationId: z.string(),
  segmentIds: z.array(z.string()),
});
export type Citation = z.infer<typeof citationSchema>;

/** A chart that an answer shows. */
export const chartSchema = z.object({
  chartType: z.enum(['line', 'bar']),
  title: z.string(),
  xLabel: z.string().nullable(),
  yLabel: z.string().nullable(),
  datasets: z.array(
    z.object({
      label: z.string(),
      color: z.string().nullable(),
      points: z.array(z.object({ label: z.string(), value: z.number() })),
    }),
  ),
});
export type Chart = z.infer<typeof chartSchema>;

/**
 * One message of a chat. A chat is that of an app (`appId` null: the main one) outside of sessions
 * (`chatSessionId` null), or one session.
 */
export const messageSchema = z.object({
  id: z.string(),
  text: z.string(),
  createdAt: timestamp,
  sender: z.enum(['human', 'ai']),
  appId: z.string().nullable(),
  chatSessionId: z.string().nullable(),
  type: z.enum(['text', 'day_summary']),
  fromExternalIntegration: z.boolean(),
  citations: z.array(citationSchema),
  /** Files that the user gave with it. */
  fileIds: z.array(z.string()).default([]),
  chart: chartSchema.nullable().default(null),
  reported: z.boolean(),
  reportReason: z.string().nullable(),
  /** The user's thumb. */
  rating: z.union([z.literal(1), z.literal(-1)]).nullable(),
  /** Free text that a desktop client keeps with a message. */
  metadata: z.string().nullable(),
});
export type Message = z.infer<typeof messageSchema>;

export const messages = defineCollection({
  name: 'messages',
  scope: 'user',
  schema: messageSchema,
  encrypted: ['text', 'chart', 'metadata', 'reportReason'],
  queries: {
    recent: {
      filters: { appId: 'eq', chatSessionId: 'eq', sender: 'eq' },
      orderBy: 'createdAt',
      direction: 'desc',
    },
  },
});

/** A new text message with everything else at its default. */
export function makeMessage(
  parts: Pick<Message, 'id' | 'text' | 'createdAt' | 'sender'> & Partial<Message>,
): Message {
  return {
    appId: null,
    chatSessionId: null,
    type: 'text',
    fromExternalIntegration: false,
    citations: [],
    fileIds: [],
    chart: null,
    reported: false,
    reportReason: null,
    rating: null,
    metadata: null,
    ...parts,
  };
}
