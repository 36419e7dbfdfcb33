import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { ArrowLeft, Check, Copy, RotateCw, Star, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { request } from '../../api/client.ts';
import { conversationQuery } from '../../api/queries.ts';
import { restore as takeBack } from '../../api/restore.ts';
import type { Conversation } from '../../api/types.ts';
import { useLocale, useStrings } from '../../i18n/strings.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { focusHeading } from '../../ui/focus.ts';
import { offerUndo } from '../../ui/notice.ts';
import { clockTime, exactTime } from '../../ui/time.ts';
import { startOf } from '../timeline/conversation-list.tsx';
import { conversationMarkdown } from './conversation-markdown.ts';
import { EditableTitle } from './editable-title.tsx';

export function ConversationHeader({ conversation }: { conversation: Conversation }) {
  const { conversation: words, timeline } = useStrings();
  const locale = useLocale();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { id, starred, structured } = conversation;
  const path = `/v1/conversations/${encodeURIComponent(id)}`;
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
      request(`${path}/starred`, { method: 'PATCH', query: { starred: String(!starred) } }),
    onMutate: () => patch({ starred: !starred }),
    onSettled: refresh,
  });
  const rename = useMutation({
    mutationFn: (title: string) => request(`${path}/title`, { method: 'PATCH', query: { title } }),
    onMutate: (title) => patch({ structured: { ...structured, title } }),
    onSettled: refresh,
  });
  const reprocess = useMutation({
    mutationFn: () => request(`${path}/reprocess`, { method: 'POST' }),
    onSettled: refresh,
  });
  const restore = useMutation({
    mutationFn: () => request(`${path}/discarded`, { method: 'PATCH', query: { value: 'false' } }),
    onMutate: () => patch({ discarded: false }),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: () => request(path, { method: 'DELETE' }),
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
        <time dateTime={start.toISOString()} className="tabular min-w-0 truncate">
          {exactTime(start, locale)}
        </time>
        {seconds > 0 && <span className="tabular shrink-0"> · {clockTime(seconds)}</span>}
        <span className="ms-auto flex shrink-0">
          <IconButton
            label={starred ? words.unstar : words.star}
            aria-pressed={starred}
            onClick={() => star.mutate()}
          >
            <Star size={18} className={starred ? 'fill-amber text-amber' : ''} aria-hidden />
          </IconButton>
          <CopyButton conversation={conversation} />
          <IconButton
            label={words.reprocess}
            disabled={reprocess.isPending || conversation.status === 'processing'}
            onClick={() => reprocess.mutate()}
          >
            <RotateCw size={18} className={reprocess.isPending ? 'animate-spin' : ''} aria-hidden />
          </IconButton>
          <IconButton
            label={words.delete}
            disabled={remove.isPending}
            onClick={() => remove.mutate()}
          >
            <Trash2 size={18} aria-hidden />
          </IconButton>
        </span>
      </div>
      <EditableTitle
        title={structured.title}
        placeholder={timeline.untitled}
        save={(title) => rename.mutate(title)}
      />
      <State conversation={conversation} />
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

function CopyButton({ conversation }: { conversation: Conversation }) {
  const words = useStrings().conversation;
  const [copied, setCopied] = useState(false);
  return (
    <IconButton
      label={copied ? words.copied : words.copy}
      onClick={async () => {
        await navigator.clipboard.writeText(conversationMarkdown(conversation));
        setCopied(true);
        setTimeout(() => setCopied(false), 2_000);
      }}
    >
      {copied ? <Check size={18} aria-hidden /> : <Copy size={18} aria-hidden />}
    </IconButton>
  );
}
