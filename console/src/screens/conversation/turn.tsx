import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Copy, Ellipsis, Pencil, Scissors, UserRound } from 'lucide-react';
import { api, dataOf } from '../../api/client.ts';
import { conversationQuery } from '../../api/queries.ts';
import type { Segment } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import type { Player } from '../../playback/player.ts';
import { Menu } from '../../ui/menu.tsx';
import { offerUndo, say } from '../../ui/notice.ts';
import { speakerColour } from '../../ui/speaker.ts';
import { TextArea } from '../../ui/text-area.tsx';
import { clockTime, isRightToLeft } from '../../ui/time.ts';
import { HeardWords, type TimesOfSegment } from './heard-words.tsx';

const MAX_TEXT = 10_000;
const NO_WORDS: TimesOfSegment = [];

/** What can be done with a part of a transcript. */
export interface TurnActions {
  name: () => void;
  edit: () => void;
  /** Null for the first part, before which nothing can be split off. */
  split: (() => void) | null;
  /** Called when the editing of its words has ended. */
  leave: () => void;
}

/** What one speaker says in one go: when, who, the words, and what can be done with them. */
export function Turn({
  conversationId,
  segment,
  name,
  isMarked,
  isEditing,
  player,
  words = NO_WORDS,
  actions,
}: {
  conversationId: string;
  segment: Segment;
  name: string;
  isMarked: boolean;
  isEditing: boolean;
  player: Player | null;
  words?: TimesOfSegment | undefined;
  actions: TurnActions;
}) {
  const { player: labels, speakers, edit } = useStrings();
  const save = useSaveWords(conversationId, segment);
  const start = clockTime(segment.start);
  return (
    <div className="group/turn grid grid-cols-[3.5rem_1fr] gap-x-2 pb-4">
      {player ? (
        <button
          type="button"
          aria-label={labels.from(start)}
          onClick={() => player.play(segment.start)}
          className="tabular h-6 justify-self-start rounded pt-0.5 text-xs leading-6 text-faint hover:text-accent"
        >
          {start}
        </button>
      ) : (
        <span className="tabular pt-0.5 text-xs leading-6 text-faint">{start}</span>
      )}
      <div className="min-w-0" dir={isRightToLeft(segment.text) ? 'rtl' : 'ltr'}>
        <div className="flex min-h-7 items-center gap-2">
          <button
            type="button"
            aria-label={speakers.name(name)}
            title={speakers.title}
            aria-haspopup="dialog"
            onClick={actions.name}
            className="min-w-0 rounded text-sm font-semibold decoration-2 underline-offset-4 hover:underline pointer-coarse:min-h-9"
            style={{ color: speakerColour(segment) }}
          >
            <bdi className="block truncate" dir="auto">
              {name}
            </bdi>
          </button>
          <Menu
            label={edit.part(start)}
            icon={<Ellipsis size={16} aria-hidden />}
            className="ms-auto -my-1 opacity-0 group-focus-within/turn:opacity-100 group-hover/turn:opacity-100 focus-visible:opacity-100 data-[state=open]:opacity-100 pointer-coarse:opacity-60"
            items={[
              {
                label: edit.words,
                icon: <Pencil size={15} aria-hidden />,
                act: actions.edit,
              },
              {
                label: speakers.title,
                icon: <UserRound size={15} aria-hidden />,
                act: actions.name,
              },
              {
                label: edit.copyPart,
                icon: <Copy size={15} aria-hidden />,
                act: () => void copy(segment.text, edit.copied),
              },
              'line',
              {
                label: edit.splitHere,
                icon: <Scissors size={15} aria-hidden />,
                act: () => actions.split?.(),
                disabled: actions.split === null,
              },
            ]}
          />
        </div>
        {isEditing ? (
          <TextArea
            text={segment.text}
            label={edit.words}
            maxLength={MAX_TEXT}
            autoFocus
            save={save}
            leave={actions.leave}
            className="-mx-2 rounded-control border border-line-strong bg-raised px-2 py-1 text-reading"
          />
        ) : (
          <p
            dir="auto"
            data-words
            tabIndex={player ? 0 : -1}
            aria-keyshortcuts={player ? 'ArrowRight ArrowLeft Enter' : undefined}
            className="text-reading break-words"
          >
            <MarkedIf isMarked={isMarked}>
              {player ? (
                <HeardWords segment={segment} player={player} words={words} />
              ) : (
                segment.text
              )}
            </MarkedIf>
          </p>
        )}
      </div>
    </div>
  );
}

function MarkedIf({ isMarked, children }: { isMarked: boolean; children: React.ReactNode }) {
  return isMarked ? <mark>{children}</mark> : children;
}

/** Gives the segment other words, shown at once; they can be taken back. */
function useSaveWords(conversationId: string, segment: Segment): (text: string) => void {
  const { edit } = useStrings();
  const queries = useQueryClient();
  const key = conversationQuery(conversationId).queryKey;
  const show = (text: string) =>
    queries.setQueryData(key, (old) => {
      if (!old) return old;
      const transcript_segments = old.transcript_segments.map((other) =>
        other.id === segment.id ? { ...other, text } : other,
      );
      return { ...old, transcript_segments };
    });
  const write = useMutation({
    mutationFn: (text: string) =>
      dataOf(
        api.PATCH('/v1/conversations/{id}/segments/text', {
          params: { path: { id: conversationId } },
          body: { segment_id: segment.id, text },
        }),
      ),
    onMutate: show,
    onError: (error) => say(error.message),
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  });
  return (text) => {
    const before = segment.text;
    write.mutate(text, {
      onSuccess: () => offerUndo(edit.wordsSaved, () => write.mutate(before)),
    });
  };
}

async function copy(text: string, said: string): Promise<void> {
  await navigator.clipboard.writeText(text);
  say(said);
}
