import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { ArrowLeft, Share2, Star, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { conversationQuery } from '../../api/queries.ts';
import { restore as takeBack } from '../../api/restore.ts';
import type { Conversation, Person } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { focusHeading } from '../../ui/focus.ts';
import { NearTime } from '../../ui/near-time.tsx';
import { offerUndo } from '../../ui/notice.ts';
import { TextArea } from '../../ui/text-area.tsx';
import { clockTime } from '../../ui/time.ts';
import { FolderChoice } from '../folders/folder-choice.tsx';
import { startOf } from '../timeline/conversation-list.tsx';
import { ConversationMenu } from './conversation-menu.tsx';
import { ShareSheet } from './share-sheet.tsx';

const MAX_TITLE = 5_000;

/** When it was, its title and folder, how it stands, and what can be done with it as a whole. */
export function ConversationHeader({
  conversation,
  people,
}: {
  conversation: Conversation;
  people: ReadonlyMap<string, Person>;
}) {
  const { conversation: words, timeline, share } = useStrings();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [isSharing, setIsSharing] = useState(false);
  const { id, starred, structured } = conversation;
  const refresh = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ['conversation', id] }),
      queries.invalidateQueries({ queryKey: ['conversations'] }),
    ]);
  const patch = (change: Partial<Conversation>) =>
    queries.setQueryData(conversationQuery(id).queryKey, (old) =>
      old ? { ...old, ...change } : old,
    );

  const star = useMutation({
    mutationFn: () =>
      dataOf(
        api.PATCH('/v1/conversations/{id}/starred', {
          params: { path: { id }, query: { starred: !starred } },
        }),
      ),
    onMutate: () => patch({ starred: !starred }),
    onSettled: refresh,
  });
  const rename = useMutation({
    mutationFn: (title: string) =>
      dataOf(api.PATCH('/v1/conversations/{id}', { params: { path: { id } }, body: { title } })),
    onMutate: (title) => patch({ structured: { ...structured, title } }),
    onSettled: refresh,
  });
  const restore = useMutation({
    mutationFn: () =>
      dataOf(
        api.PATCH('/v1/conversations/{id}/discarded', {
          params: { path: { id }, query: { value: false } },
        }),
      ),
    onMutate: () => patch({ discarded: false }),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: () => dataOf(api.DELETE('/v1/conversations/{id}', { params: { path: { id } } })),
    onSuccess: async () => {
      await navigate({ to: '/timeline', search: (search) => ({ ...search, segment: undefined }) });
      focusHeading(null);
      queries.removeQueries({ queryKey: ['conversation', id] });
      void queries.invalidateQueries({ queryKey: ['conversations'] });
      offerUndo(words.deleted, () => void undoRemoval());
    },
  });
  const undoRemoval = async () => {
    await takeBack('conversation', id);
    await refresh();
    await navigate({ to: '/timeline/$id', params: { id }, search: {} });
  };
  const start = startOf(conversation);
  const seconds = conversation.transcript_segments.at(-1)?.end ?? 0;
  return (
    <header className="flex flex-col gap-2">
      <div className="flex items-center gap-1 text-sm text-soft">
        <Link
          to="/timeline"
          search={(search) => search}
          aria-label={words.back}
          className="-ms-2 inline-flex size-11 items-center justify-center rounded-control hover:bg-sunk lg:hidden"
        >
          <ArrowLeft size={20} aria-hidden />
        </Link>
        <NearTime at={start.toISOString()} className="min-w-0 truncate" />
        {seconds > 0 && <span className="tabular shrink-0"> · {clockTime(seconds)}</span>}
        <span className="ms-auto flex shrink-0">
          <IconButton
            label={starred ? words.unstar : words.star}
            aria-pressed={starred}
            onClick={() => star.mutate()}
          >
            <Star size={18} className={starred ? 'fill-amber text-amber' : ''} aria-hidden />
          </IconButton>
          <IconButton
            label={conversation.visibility === 'private' ? share.title : share.shared}
            aria-haspopup="dialog"
            onClick={() => setIsSharing(true)}
          >
            <Share2
              size={18}
              className={conversation.visibility === 'private' ? '' : 'text-accent'}
              aria-hidden
            />
          </IconButton>
          <ConversationMenu conversation={conversation} people={people} refresh={refresh} />
          <IconButton
            label={words.delete}
            disabled={remove.isPending}
            onClick={() => remove.mutate()}
          >
            <Trash2 size={18} aria-hidden />
          </IconButton>
        </span>
      </div>
      <h1 id="conversation-title">
        <TextArea
          text={structured.title}
          label={timeline.untitled}
          maxLength={MAX_TITLE}
          save={(title) => rename.mutate(title)}
          className="max-h-64 bg-transparent text-xl font-semibold"
        />
      </h1>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <FolderChoice conversation={conversation} />
        <State conversation={conversation} />
      </div>
      <ShareSheet
        conversation={conversation}
        isOpen={isSharing}
        close={() => setIsSharing(false)}
      />
      {conversation.discarded && (
        <p className="flex flex-wrap items-center gap-3 rounded-control bg-sunk px-3 py-2 text-sm text-soft">
          <span className="min-w-0 flex-1">{words.discardedNote}</span>
          <Button
            onClick={(event) => {
              focusHeading(event.currentTarget);
              restore.mutate();
            }}
          >
            {words.restore}
          </Button>
        </p>
      )}
    </header>
  );
}

function State({ conversation }: { conversation: Conversation }) {
  const { timeline, conversation: words } = useStrings();
  const { status, processing } = conversation;
  if (status === 'in_progress') return <p className="text-sm text-accent">{timeline.inProgress}</p>;
  if (status === 'processing') return <p className="text-sm text-soft">{timeline.processing}</p>;
  if (status === 'failed') {
    return (
      <p role="alert" className="rounded-control bg-amber-soft px-3 py-2 text-sm text-amber">
        {timeline.failed}
        {processing.failure_reason && `: ${processing.failure_reason}`}
      </p>
    );
  }
  if (!processing.engine) return null;
  const engine =
    processing.engine === 'rules' ? words.rules : (processing.model ?? processing.engine);
  return <p className="text-sm text-faint">{words.by(engine)}</p>;
}
