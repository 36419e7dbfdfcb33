import { useQuery } from '@tanstack/react-query';
import { useParams, useRouterState, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { conversationQuery, peopleQuery } from '../../api/queries.ts';
import type { Conversation, Person } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { usePlayer } from '../../playback/playback.ts';
import { PlayerBar } from '../../playback/player-bar.tsx';
import { SCROLLER } from '../../ui/scroll-offset.ts';
import { speakerName } from '../../ui/speaker.ts';
import { Failed, Skeleton } from '../../ui/states.tsx';
import { ConversationHeader } from './conversation-header.tsx';
import { Findings } from './findings.tsx';
import type { Evidence, Source } from './source-mark.tsx';
import { Transcript } from './transcript.tsx';

/** A conversation to read: what came out of it, and the words, each claim bound to its words. */
export function ConversationScreen() {
  const { id } = useParams({ from: '/signed-in/timeline/$id' });
  const { segment } = useSearch({ from: '/signed-in/timeline/$id' });
  return <OneConversation key={`${id} ${segment ?? ''}`} id={id} segment={segment} />;
}

function OneConversation({ id, segment }: { id: string; segment: string | undefined }) {
  const found = useQuery(conversationQuery(id));
  const people = useQuery(peopleQuery).data;
  const names = useMemo(() => new Map(people?.map((person) => [person.id, person])), [people]);
  const { player, times, retry } = usePlayer(found.data);
  const [pointed, setPointed] = useState<readonly string[]>([]);
  const [opened, setOpened] = useState<readonly string[]>(segment ? [segment] : []);
  const article = useRef<HTMLElement>(null);
  const evidence = useEvidence(found.data, names, {
    mark: setPointed,
    open: (sources) => {
      setOpened(sources.map((source) => source.segment.id));
      const [first] = sources;
      if (first) player?.play(first.segment.start);
    },
  });
  const isThere = found.isSuccess;
  // A page that opens here has no place yet from which one could go on.
  const isFirst = useRouterState({ select: ({ location }) => location.state.__TSR_index === 0 });
  useEffect(() => {
    // Who has opened it by keyboard goes on in it; who types in the list's search does not.
    const now = document.activeElement;
    const isTyping = now instanceof HTMLInputElement || now instanceof HTMLTextAreaElement;
    if (isThere && !isTyping && !isFirst) article.current?.focus({ preventScroll: true });
  }, [isThere, isFirst]);
  if (found.isPending) return <Skeleton rows={10} className="h-6" />;
  if (found.isError) return <Failed error={found.error} retry={() => void found.refetch()} />;
  const conversation = found.data;
  return (
    <div className="flex h-full flex-col">
      <article
        ref={article}
        {...SCROLLER}
        className="min-h-0 flex-1 overflow-y-auto -outline-offset-2"
        aria-labelledby="conversation-title"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: who reads by keyboard scrolls it
        tabIndex={0}
      >
        <div className="mx-auto flex max-w-(--width-reading) flex-col gap-8 px-5 pt-5 pb-24 md:px-8">
          <ConversationHeader conversation={conversation} people={names} />
          <Findings conversation={conversation} evidence={evidence} />
          <Transcript
            conversation={conversation}
            people={names}
            marked={pointed.length > 0 ? pointed : opened}
            opened={opened}
            player={player}
            times={times}
          />
        </div>
      </article>
      {player && <PlayerBar player={player} retry={retry} />}
    </div>
  );
}

/** What binds claims to the words of this conversation. */
function useEvidence(
  conversation: Conversation | undefined,
  people: ReadonlyMap<string, Person>,
  act: { mark: Evidence['mark']; open: (sources: readonly Source[]) => void },
): Evidence {
  const words = useStrings().conversation;
  const segments = conversation?.transcript_segments;
  const places = useMemo(
    () => new Map(segments?.map((segment, index) => [segment.id, { segment, index }])),
    [segments],
  );
  const sourcesOf = (segmentIds: readonly string[]) =>
    segmentIds
      .flatMap((id) => places.get(id) ?? [])
      .sort((a, b) => a.index - b.index)
      .map(({ segment }) => ({ segment, name: speakerName(segment, people, words) }));
  return { sourcesOf, mark: act.mark, open: (ids) => act.open(sourcesOf(ids)) };
}
