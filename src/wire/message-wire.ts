import type { Conversation } from '../model/conversation.ts';
import type { Chart, Message } from '../model/message.ts';
import { toIso } from '../model/timestamp.ts';
import type { ChatFileWire } from './chat-file-wire.ts';

/** Largest number of cited conversations that a message shows. */
const MAX_CITED = 5;

/** A cited conversation inside a message. `segment_ids` is ours: the words that bear the answer out. */
export interface CitedConversationWire {
  id: string;
  structured: { title: string; emoji: string };
  created_at: string;
  segment_ids: string[];
}

/** A chat message on Omi's wire; `plugin_id` mirrors `app_id`. */
export interface MessageWire {
  id: string;
  text: string;
  created_at: string;
  sender: 'human' | 'ai';
  app_id: string | null;
  plugin_id: string | null;
  from_external_integration: boolean;
  type: string;
  memories_id: string[];
  memories: CitedConversationWire[];
  reported: boolean;
  report_reason: string | null;
  files_id: string[];
  files: ChatFileWire[];
  chat_session_id: string | null;
  data_protection_level: string | null;
  rating: number | null;
  chart_data: ChartWire | null;
}

/** A chart of an answer. */
export interface ChartWire {
  chart_type: 'line' | 'bar';
  title: string;
  x_label: string | null;
  y_label: string | null;
  datasets: {
    label: string;
    data_points: { label: string; value: number }[];
    color: string | null;
  }[];
}

/** A message as the server answers it right after it was written. */
export interface ResponseMessageWire extends MessageWire {
  ask_for_nps: boolean;
}

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
export interface DesktopMessageWire {
  id: string;
  text: string;
  created_at: string;
  sender: string;
  app_id: string | null;
  session_id: string | null;
  rating: number | null;
  reported: boolean;
  metadata: string | null;
}

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
