import { useQuery } from '@tanstack/react-query';
import { memo, useEffect, useMemo, useRef, useState } from 'react';
import { peopleQuery } from '../../api/queries.ts';
import type { Segment } from '../../api/types.ts';
import type { Note, RecorderState } from '../../capture/recorder-state.ts';
import { useLocale, useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';
import { speakerColour, speakerName } from '../../ui/speaker.ts';
import { timeOfDay } from '../../ui/time.ts';

/** How far from the end the reader may scroll before the view stops following, px. */
const FOLLOW_PX = 80;

/** Segments that are drawn at first: a recording may run for a whole day. */
const SHOWN = 150;

/** The words of a running recording. The view follows them until the reader scrolls up. */
export function LiveTranscript({ state }: { state: RecorderState }) {
  const { live, conversation } = useStrings();
  const people = useQuery(peopleQuery).data;
  const names = useMemo(() => new Map(people?.map((person) => [person.id, person])), [people]);
  const scroller = useRef<HTMLDivElement>(null);
  const [follows, setFollows] = useState(true);
  const [shown, setShown] = useState(SHOWN);
  const { segments, partial } = state.words;
  // biome-ignore lint/correctness/useExhaustiveDependencies: new words scroll, whatever they are
  useEffect(() => {
    if (follows) scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, [segments, partial, follows]);
  const isEmpty = segments.length === 0 && partial === '';
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        className="h-full overflow-y-auto"
        onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) =>
          setFollows(scrollHeight - scrollTop - clientHeight < FOLLOW_PX)
        }
      >
        <div
          className="mx-auto flex min-h-full max-w-(--width-reading) flex-col justify-end gap-4 px-5 py-8 md:px-8"
          role="log"
        >
          {isEmpty && state.phase !== 'idle' && state.phase !== 'done' && (
            <p className="text-center text-faint">{live.noWords}</p>
          )}
          {segments.length > shown && (
            <Button look="quiet" onClick={() => setShown(shown + SHOWN)}>
              {live.earlier}
            </Button>
          )}
          {segments.slice(-shown).map((segment) => (
            <LiveTurn
              key={segment.id}
              segment={segment}
              name={speakerName(segment, names, conversation)}
            />
          ))}
          {partial && (
            <p dir="auto" className="text-reading break-words text-faint">
              {partial}
            </p>
          )}
          <Notes state={state} />
        </div>
      </div>
      {!follows && !isEmpty && (
        <Button
          look="plain"
          className="absolute bottom-3 left-1/2 -translate-x-1/2 bg-raised"
          onClick={() => setFollows(true)}
        >
          {live.backToLive}
        </Button>
      )}
    </div>
  );
}

/** Drawn again only if its words change, not with each change of the level. */
const LiveTurn = memo(function LiveTurn({ segment, name }: { segment: Segment; name: string }) {
  return (
    <div>
      <bdi className="text-sm font-semibold" style={{ color: speakerColour(segment) }}>
        {name}
      </bdi>
      <p dir="auto" className="word-in text-reading break-words">
        {segment.text}
      </p>
    </div>
  );
});

/** Statuses of every start: nothing that a reader has to know. */
const START_UP = new Set([
  'initiating',
  'in_progress_conversations_processing',
  'stt_initiating',
  'ready',
]);

/** The sentence of a note; those of this device have none of their own. */
function noteText({ status, text }: Note, words: ReturnType<typeof useStrings>['live']): string {
  if (status === 'source_gap') return words.sourceGap(text);
  return status === 'source_replaced' ? words.sourceReplaced(text) : text;
}

/** What happened to the hearing itself, thin and at its time. */
function Notes({ state }: { state: RecorderState }) {
  const { live } = useStrings();
  const locale = useLocale();
  const shown = state.notes
    .filter((note) => !START_UP.has(note.status) && noteText(note, live) !== '')
    .slice(-3);
  if (shown.length === 0) return null;
  return (
    <ul className="flex flex-col gap-1 border-s-2 border-line ps-3 text-xs text-faint">
      {shown.map((note) => (
        <li key={`${note.at}-${note.status}`}>
          <time className="tabular">{timeOfDay(new Date(note.at), locale)}</time> ·{' '}
          <bdi>{noteText(note, live)}</bdi>
        </li>
      ))}
    </ul>
  );
}
