import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import type { Conversation } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { NearTime } from '../../ui/near-time.tsx';
import { AppResults } from './app-results.tsx';
import { Claim, Section } from './claim.tsx';
import { LearnedMemories, Photos } from './findings-more.tsx';
import { Overview } from './overview.tsx';
import type { Evidence } from './source-mark.tsx';

interface FindingsProps {
  conversation: Conversation;
  evidence: Evidence;
}

/** What came out of a conversation. Sections that would be empty are left out. */
export function Findings({ conversation, evidence }: FindingsProps) {
  const { structured, apps_results } = conversation;
  const words = useStrings().conversation;
  return (
    <>
      <Overview conversation={conversation} evidence={evidence} />
      {structured.action_items.length > 0 && (
        <Section title={words.tasks}>
          {structured.action_items.map((item) => (
            <Claim key={item.id} segmentIds={item.segment_ids} evidence={evidence}>
              <Task item={item} conversationId={conversation.id} />
            </Claim>
          ))}
        </Section>
      )}
      {structured.events.length > 0 && (
        <Section title={words.events}>
          {structured.events.map((event) => (
            <Claim
              key={`${event.start}-${event.title}`}
              segmentIds={event.segment_ids}
              evidence={evidence}
            >
              <span dir="auto">{event.title}</span>
              <NearTime at={event.start} className="block text-sm text-soft" />
            </Claim>
          ))}
        </Section>
      )}
      <LearnedMemories conversation={conversation} evidence={evidence} />
      <Photos conversation={conversation} />
      <AppResults results={apps_results} />
    </>
  );
}

function Task({
  item,
  conversationId,
}: {
  item: Conversation['structured']['action_items'][number];
  conversationId: string;
}) {
  const queries = useQueryClient();
  const toggle = useMutation({
    mutationFn: (completed: boolean) =>
      dataOf(
        api.PATCH('/v1/action-items/{id}', {
          params: { path: { id: item.id } },
          body: { completed },
        }),
      ),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['conversation', conversationId] }),
        queries.invalidateQueries({ queryKey: ['action-items'] }),
      ]),
  });
  const completed = toggle.isPending ? toggle.variables : item.completed;
  return (
    <label className="flex items-start gap-3">
      <input
        type="checkbox"
        checked={completed}
        onChange={(event) => toggle.mutate(event.target.checked)}
        className="mt-1.5 size-4 shrink-0 accent-(--accent)"
      />
      <span className="min-w-0">
        <span dir="auto" className={completed ? 'text-faint line-through' : ''}>
          {item.description}
        </span>
        <span className="block text-sm text-soft">
          {item.owner && <bdi dir="auto">{item.owner}</bdi>}
          {item.owner && item.due_at && ' · '}
          {item.due_at && <NearTime at={item.due_at} />}
        </span>
      </span>
    </label>
  );
}
