import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useMemo, useRef } from 'react';
import { conversationQuery, peopleQuery } from '../../api/queries.ts';
import type { Conversation, Segment } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { usePlayer } from '../../playback/playback.ts';
import { PlayerBar } from '../../playback/player-bar.tsx';
import { NearTime } from '../../ui/near-time.tsx';
import { speakerColour, speakerName } from '../../ui/speaker.ts';
import { Failed, Skeleton } from '../../ui/states.tsx';
import { clockTime } from '../../ui/time.ts';
import { startOf } from '../timeline/conversation-list.tsx';
import { HeardWords } from './heard-words.tsx';

/** Parts that are shown before and after the words that are meant. */
const AROUND = 2;
/** Parts that are shown at most. */
const MOST = 40;

/** The words that something refers to. */
export interface PassagePlace {
  conversationId: string;
  /** Empty: the conversation as a whole. */
  segmentIds: readonly string[];
}

/** Words of a conversation with what was said before and after, marked, and to be heard. */
export function Passage({ place }: { place: PassagePlace }) {
  const { conversationId, segmentIds } = place;
  const { conversation: labels, passage: words, timeline } = useStrings();
  const found = useQuery(conversationQuery(conversationId));
  const people = useQuery(peopleQuery).data;
  const names = useMemo(() => new Map(people?.map((person) => [person.id, person])), [people]);
  const { player, times, retry } = usePlayer(found.data);
  const list = useRef<HTMLOListElement>(null);
  const isThere = found.isSuccess;
  useEffect(() => {
    if (isThere) list.current?.querySelector('mark')?.scrollIntoView({ block: 'center' });
  }, [isThere]);
  if (found.isPending) return <Skeleton rows={4} className="h-12" />;
  if (found.isError) return <Failed error={found.error} retry={() => void found.refetch()} />;
  const conversation = found.data;
  const start = startOf(conversation);
  const shown = partsAround(conversation, segmentIds);
  return (
    <>
      <div>
        <p dir="auto" className="font-semibold break-words">
          {conversation.structured.title || timeline.untitled}
        </p>
        <NearTime at={start.toISOString()} className="text-sm text-soft" />
      </div>
      {shown.length === 0 && (
        <p dir="auto" className="whitespace-pre-line">
          {conversation.structured.overview}
        </p>
      )}
      <ol ref={list} className="flex flex-col gap-3">
        {shown.map((segment) => {
          const text = player ? (
            <HeardWords segment={segment} player={player} words={times.get(segment.id) ?? []} />
          ) : (
            segment.text
          );
          return (
            <li key={segment.id}>
              <p className="flex gap-2 text-sm">
                <bdi
                  dir="auto"
                  className="min-w-0 truncate font-semibold"
                  style={{ color: speakerColour(segment) }}
                >
                  {speakerName(segment, names, labels)}
                </bdi>
                <span className="tabular text-xs leading-5 text-faint">
                  {clockTime(segment.start)}
                </span>
              </p>
              <p dir="auto" data-words tabIndex={player ? 0 : -1} className="break-words">
                {segmentIds.includes(segment.id) ? <mark>{text}</mark> : text}
              </p>
            </li>
          );
        })}
      </ol>
      {player && (
        <div className="-mx-5">
          <PlayerBar player={player} retry={retry} />
        </div>
      )}
      <Link
        to="/timeline/$id"
        params={{ id: conversationId }}
        search={{ segment: segmentIds[0] }}
        className="self-start font-medium text-accent underline underline-offset-4"
      >
        {words.open}
      </Link>
    </>
  );
}

/** The parts that are meant, and some before and after each. */
function partsAround(
  { transcript_segments }: Conversation,
  segmentIds: readonly string[],
): Segment[] {
  const meant = transcript_segments.flatMap(({ id }, index) =>
    segmentIds.includes(id) ? [index] : [],
  );
  return transcript_segments
    .filter((_, index) => meant.some((place) => Math.abs(place - index) <= AROUND))
    .slice(0, MOST);
}
