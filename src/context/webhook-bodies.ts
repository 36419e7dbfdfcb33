import { toIso } from '../model/timestamp.ts';
import type { WebhookBodies } from '../webhooks/webhook-bodies.ts';
import { conversationToWire } from '../wire/conversation-wire.ts';
import { dailySummaryToWire } from '../wire/daily-summary-wire.ts';
import { stringifyWire } from '../wire/json.ts';
import { segmentToWire } from '../wire/segment-wire.ts';

/** The bodies of webhooks in the form of the API. */
export const wireBodies: WebhookBodies = {
  conversation: ({ conversation, segments, photos }, names) => {
    const wire = conversationToWire(conversation, segments, photos);
    const externalData = conversation.source === 'workflow' ? null : wire.external_data;
    if (!names) return stringifyWire({ ...wire, external_data: externalData });
    return stringifyWire({
      ...wire,
      external_data: externalData,
      transcript_segments: segments.map((segment) => ({
        ...segmentToWire(segment),
        speaker_name: names.speaker(segment),
      })),
      folder_name: names.folder,
    });
  },
  transcript: (uid, segments) =>
    stringifyWire({ session_id: uid, segments: segments.map(segmentToWire) }),
  // Omi sends the text form of a Python object; JSON can be read.
  daySummary: (uid, summary) =>
    stringifyWire({
      summary: stringifyWire(dailySummaryToWire(summary)),
      uid,
      created_at: toIso(summary.createdAt),
    }),
};
