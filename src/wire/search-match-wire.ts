import { z } from 'zod';
import type { Conversation } from '../model/conversations/conversation.ts';
import { toIso } from '../model/timestamp.ts';

interface Voice {
  isUser: boolean;
  personId: string | null;
}

/** A match of a search as the wire needs it. */
export interface FoundMatch extends Voice {
  kind: 'window' | 'conversation' | 'memory' | 'action_item' | 'person';
  id: string;
  conversation: Conversation | null;
  segmentIds: readonly string[];
  happenedAt: number;
  score: number;
  matched: readonly string[];
  filter: { time: string; person: string };
  text: string;
  marks: readonly (readonly [from: number, to: number])[];
  reply: (Voice & { segmentId: string; text: string }) | null;
}

/** Who speaks: the user, a known person, or nobody known (false and null). */
const voice = { is_user: z.boolean(), person_id: z.string().nullable() };

/** One sentence that was found. `marks` are pairs of UTF-16 offsets in `text`. */
export const searchMatchSchema = z
  .object({
    kind: z.enum(['transcript', 'conversation', 'memory', 'action_item', 'person']),
    /** Of the conversation, memory, action item or person. */
    id: z.string(),
    conversation_id: z.string().nullable(),
    /** Of the conversation. */
    title: z.string(),
    discarded: z.boolean(),
    /** The best first. */
    segment_ids: z.array(z.string()),
    ...voice,
    text: z.string(),
    marks: z.array(z.array(z.number()).length(2)),
    /** What somebody else says to a question that was found. */
    reply: z.object({ segment_id: z.string(), ...voice, text: z.string() }).nullable(),
    /** Higher is better; comparable within one answer only. */
    score: z.number(),
    happened_at: z.string(),
    matched: z.array(z.string()),
    time: z.string(),
    person: z.string(),
  })
  .meta({ id: 'SearchMatch' });

/** Returns one match of a search on the wire. */
export function searchMatchToWire(match: FoundMatch): z.infer<typeof searchMatchSchema> {
  const { kind, conversation, reply } = match;
  return {
    kind: kind === 'window' ? 'transcript' : kind,
    id: kind === 'window' ? (conversation?.id ?? match.id) : match.id,
    conversation_id: conversation?.id ?? null,
    title: conversation?.structured.title ?? '',
    discarded: conversation?.discarded ?? false,
    segment_ids: [...match.segmentIds],
    is_user: match.isUser,
    person_id: match.personId,
    text: match.text,
    marks: match.marks.map(([from, to]) => [from, to]),
    reply: reply && {
      segment_id: reply.segmentId,
      is_user: reply.isUser,
      person_id: reply.personId,
      text: reply.text,
    },
    score: match.score,
    happened_at: toIso(match.happenedAt),
    matched: [...match.matched],
    ...match.filter,
  };
}
