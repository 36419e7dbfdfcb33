import { z } from 'zod';
import { conversations } from '../../../model/conversations/conversation.ts';
import { queryAll } from '../../../store/collection.ts';
import { isInScope } from '../../chat-scope.ts';
import { toLocalText } from '../../local-time.ts';
import { markAsData } from '../../untrusted-text.ts';
import { defineTool } from '../tool.ts';
import { boundsOf, zonedTime } from '../tool-dates.ts';

/** Conversations that are looked through, the newest first. */
const MAX_LOOKED_THROUGH = 2000;

/** Appointments that were made in conversations. */
export const getConversationEventsTool = defineTool({
  name: 'get_conversation_events',
  chat: {
    scope: 'conversations.read',
    description:
      'Lists appointments and events that were made in conversations, by when they take place.',
    status: 'Checking events from conversations',
    writes: [],
    keepsToScope: true,
    schema: z.object({
      start_date: zonedTime('Earliest beginning of an event'),
      end_date: zonedTime('Latest beginning of an event'),
      max_results: z.number().int().min(1).max(50).default(10),
    }),
    run: async ({ reader }, context, args) => {
      const { uid, timeZone } = context;
      const bounds = boundsOf(context, args, 'any');
      const found = [];
      let looked = 0;
      const request = { query: 'recent', filters: { discarded: false } } as const;
      for await (const conversation of queryAll(reader, conversations, uid, request)) {
        looked += 1;
        if (looked > MAX_LOOKED_THROUGH) break;
        if (conversation.isLocked || !isInScope(context.within, conversation.id)) continue;
        for (const event of conversation.structured.events) {
          if (event.start < (bounds.from ?? 0)) continue;
          if (event.start > (bounds.to ?? Number.MAX_SAFE_INTEGER)) continue;
          found.push({ conversation, event });
        }
      }
      found.sort((a, b) => a.event.start - b.event.start);
      if (found.length === 0) return `No events found. ${bounds.note}`.trim();
      const lines = found.slice(0, args.max_results).map(({ conversation, event }) => {
        const number = context.retrieve(conversation, event.segmentIds);
        const about = event.description === '' ? '' : `: ${event.description}`;
        const line = `${toLocalText(event.start, timeZone)}, ${event.durationMinutes} min, ${event.title}${about} (cite as [${number}])`;
        context.noteSource(number, line);
        return line;
      });
      return `Events (${found.length} found). ${bounds.note}\n${markAsData('events', lines.join('\n'))}`;
    },
  },
});
