import { z } from 'zod';
import type { Chart, Message } from '../model/chat/message.ts';
import type { Conversation } from '../model/conversations/conversation.ts';
import { toIso } from '../model/timestamp.ts';
import { type ChatFileWire, chatFileSchema } from './chat-file-wire.ts';

/** Largest number of cited conversations that a message shows. */
const MAX_CITED = 5;

/** A cited conversation inside a message. `segment_ids` is ours: the words that bear the answer out. */
export const citedConversationSchema = z
  .object({
    id: z.string(),
    structured: z.object({ title: z.string(), emoji: z.string() }),
    created_at: z.string(),
    segment_ids: z.array(z.string()),
  })
  .meta({ id: 'CitedConversation' });
export type CitedConversationWire = z.output<typeof citedConversationSchema>;

/** A chart of an answer. */
export const chartSchema = z
  .object({
    chart_type: z.enum(['line', 'bar']),
    title: z.string(),
    x_label: z.string().nullable(),
    y_label: z.string().nullable(),
    datasets: z.array(
      z.object({
        label: z.string(),
        data_points: z.array(z.object({ label: z.string(), value: z.number() })),
        color: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'Chart' });
export type ChartWire = z.output<typeof chartSchema>;

/** A chat message on Omi's wire; `plugin_id` mirrors `app_id`. */
export const messageSchema = z
  .object({
    id: z.string(),
    text: z.string(),
    created_at: z.string(),
    sender: z.enum(['human', 'ai']),
    app_id: z.string().nullable(),
    plugin_id: z.string().nullable(),
    from_external_integration: z.boolean(),
    type: z.string(),
    memories_id: z.array(z.string()),
    memories: z.array(citedConversationSchema),
    reported: z.boolean(),
    report_reason: z.string().nullable(),
    files_id: z.array(z.string()),
    files: z.array(chatFileSchema),
    chat_session_id: z.string().nullable(),
    data_protection_level: z.string().nullable(),
    rating: z.number().nullable(),
    chart_data: chartSchema.nullable(),
  })
  .meta({ id: 'Message' });
export type MessageWire = z.output<typeof messageSchema>;

/** A message as the server returns it right after it was written. */
export const responseMessageSchema = messageSchema
  .extend({
    ask_for_nps: z.boolean(),
  })
  .meta({ id: 'ResponseMessage' });
export type ResponseMessageWire = z.output<typeof responseMessageSchema>;

/**
 * @param cited the cited conversations that still exist, by id
 * @param files the files that still exist, by id
 */
export function messageToWire(
  message: Message,
  cited: ReadonlyMap<string, Conversation>,
  files: ReadonlyMap<string, ChatFileWire>,
): MessageWire {
  const shown = message.citations.slice(0, MAX_CITED);
  return {
    id: message.id,
    text: message.text,
    created_at: toIso(message.createdAt),
    sender: message.sender,
    app_id: message.appId,
    plugin_id: message.appId,
    from_external_integration: message.fromExternalIntegration,
    type: message.type,
    memories_id: shown.map(({ conversationId }) => conversationId),
    memories: shown.flatMap(({ conversationId, segmentIds }) => {
      const conversation = cited.get(conversationId);
      return conversation ? [citedToWire(conversation, segmentIds)] : [];
    }),
    reported: message.reported,
    report_reason: message.reportReason,
    files_id: message.fileIds,
    files: message.fileIds.flatMap((id) => files.get(id) ?? []),
    chat_session_id: message.chatSessionId,
    data_protection_level: 'standard',
    rating: message.rating,
    chart_data: message.chart && chartToWire(message.chart),
  };
}

function chartToWire({ chartType, title, xLabel, yLabel, datasets }: Chart): ChartWire {
  return {
    chart_type: chartType,
    title,
    x_label: xLabel,
    y_label: yLabel,
    datasets: datasets.map(({ label, points, color }) => ({ label, data_points: points, color })),
  };
}

function citedToWire(
  conversation: Conversation,
  segmentIds: readonly string[],
): CitedConversationWire {
  const { title, emoji } = conversation.structured;
  return {
    id: conversation.id,
    structured: { title, emoji },
    created_at: toIso(conversation.createdAt),
    segment_ids: [...segmentIds],
  };
}

/** A message as the desktop's routes list it. */
export const desktopMessageSchema = z
  .object({
    id: z.string(),
    text: z.string(),
    created_at: z.string(),
    sender: z.string(),
    app_id: z.string().nullable(),
    session_id: z.string().nullable(),
    rating: z.number().nullable(),
    reported: z.boolean(),
    metadata: z.string().nullable(),
  })
  .meta({ id: 'DesktopMessage' });
export type DesktopMessageWire = z.output<typeof desktopMessageSchema>;

export function desktopMessageToWire(message: Message): DesktopMessageWire {
  return {
    id: message.id,
    text: message.text,
    created_at: toIso(message.createdAt),
    sender: message.sender,
    app_id: message.appId,
    session_id: message.chatSessionId,
    rating: message.rating,
    reported: message.reported,
    metadata: message.metadata,
  };
}
