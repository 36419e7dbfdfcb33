import { z } from 'zod';
import { toIso } from '../model/timestamp.ts';
import type { Match } from '../search/question/match-list.ts';
import { USER_SPEAKER } from '../search/search-index.ts';

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
export function searchMatchToWire(match: Match): z.infer<typeof searchMatchSchema> {
  const { kind, conversation, quote, filter } = match;
  return {
    kind: kind === 'window' ? 'transcript' : kind,
    id: kind === 'window' ? (conversation?.id ?? match.id) : match.id,
    conversation_id: conversation?.id ?? null,
    title: conversation?.structured.title ?? '',
    discarded: conversation?.discarded ?? false,
    segment_ids: [...match.segmentIds],
    ...voiceOf(quote.speaker),
    text: quote.text,
    marks: quote.marks.map(([from, to]) => [from, to]),
    reply: quote.reply && {
      segment_id: quote.reply.segmentId,
      ...voiceOf(quote.reply.speaker),
      text: quote.reply.text,
    },
    score: match.score,
    happened_at: toIso(match.happenedAt),
    matched: [...match.matched],
    ...filter,
  };
}

function voiceOf(speaker: string | null): { is_user: boolean; person_id: string | null } {
  const isUser = speaker === USER_SPEAKER;
  return { is_user: isUser, person_id: isUser ? null : speaker };
}
