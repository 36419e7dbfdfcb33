import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Pencil } from 'lucide-react';
import { Fragment, useRef, useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { conversationQuery } from '../../api/queries.ts';
import type { Conversation } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { IconButton } from '../../ui/button.tsx';
import { offerUndo, say } from '../../ui/notice.ts';
import { TextArea } from '../../ui/text-area.tsx';
import { type Evidence, SourceMark } from './source-mark.tsx';

const MAX_OVERVIEW = 10_000;

/**
 * The overview of a conversation, which can be written anew in its place; each sentence has the mark
 * of the words that it came from.
 */
export function Overview({
  conversation,
  evidence,
}: {
  conversation: Conversation;
  evidence: Evidence;
}) {
  const { conversation: labels, edit } = useStrings();
  const queries = useQueryClient();
  const [isEditing, setIsEditing] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const { id, structured } = conversation;
  const key = conversationQuery(id).queryKey;
  const write = useMutation({
    mutationFn: (content: string) =>
      dataOf(
        api.PATCH('/v1/conversations/{id}/summary', {
          params: { path: { id } },
          body: { content },
        }),
      ),
    onMutate: (overview) =>
      queries.setQueryData(
        key,
        // The marks of the sentences that still stand come with the server's answer.
        (old) =>
          old && { ...old, structured: { ...old.structured, overview, overview_evidence: [] } },
      ),
    onError: (error) => say(error.message),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: key }),
        queries.invalidateQueries({ queryKey: ['conversations'] }),
      ]),
  });
  const save = (overview: string) => {
    const before = structured.overview;
    write.mutate(overview, {
      onSuccess: () =>
        before === ''
          ? say(edit.overviewSaved)
          : offerUndo(edit.overviewSaved, () => write.mutate(before)),
    });
  };
  if (structured.overview === '' && !isEditing) return null;
  if (isEditing) {
    return (
      <section aria-label={labels.overview}>
        <TextArea
          text={structured.overview}
          label={edit.overview}
          maxLength={MAX_OVERVIEW}
          hasLines
          autoFocus
          save={save}
          leave={() => {
            setIsEditing(false);
            setTimeout(() => button.current?.focus());
          }}
          className="-mx-3 rounded-control border border-line-strong bg-raised px-3 py-2 text-reading"
        />
      </section>
    );
  }
  return (
    <section aria-label={labels.overview} className="flex items-start gap-2">
      <p dir="auto" className="min-w-0 flex-1 text-reading break-words whitespace-pre-line">
        <MarkedSentences structured={structured} evidence={evidence} />
      </p>
      <IconButton
        ref={button}
        label={edit.overview}
        className="-mt-1 text-faint"
        onClick={() => setIsEditing(true)}
      >
        <Pencil size={15} aria-hidden />
      </IconButton>
    </section>
  );
}

/** The text of an overview, a mark behind each sentence that has a source. */
function MarkedSentences({
  structured: { overview, overview_evidence },
  evidence,
}: {
  structured: Conversation['structured'];
  evidence: Evidence;
}) {
  const last = overview_evidence.at(-1)?.end ?? 0;
  return (
    <>
      {overview_evidence.map(({ start, end, segment_ids }, index) => (
        <Fragment key={start}>
          {overview.slice(overview_evidence[index - 1]?.end ?? 0, end)}
          <SourceMark
            segmentIds={segment_ids}
            evidence={evidence}
            className="ms-0.5 h-[1lh] w-6 align-bottom"
          />
        </Fragment>
      ))}
      {overview.slice(last)}
    </>
  );
}
