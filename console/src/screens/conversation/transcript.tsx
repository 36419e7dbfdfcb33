import { useVirtualizer } from '@tanstack/react-virtual';
import { Fragment, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { Conversation, Person, Segment } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import type { WordTimes } from '../../playback/playback.ts';
import type { Player } from '../../playback/player.ts';
import { timedWords, wordAt } from '../../playback/timed-words.ts';
import { speakerColour, speakerName } from '../../ui/speaker.ts';
import { clockTime, isRightToLeft } from '../../ui/time.ts';

/** How long the line that is scrolled to may take to be in the page. */
const FOCUS_MS = 150;

interface TranscriptProps {
  conversation: Conversation;
  people: ReadonlyMap<string, Person>;
  /** Segments that are highlighted. */
  marked: readonly string[];
  /** The segment that is scrolled to. */
  target: string | undefined;
  /** Null if no audio is kept. */
  player: Player | null;
  times: WordTimes;
}

type Line = { kind: 'segment'; segment: Segment } | { kind: 'gap'; start: number; seconds: number };

/** The segments with the gaps between them, by time. */
export function linesOf({ transcript_segments, gaps }: Conversation): Line[] {
  const lines: Line[] = [
    ...transcript_segments.map((segment) => ({ kind: 'segment', segment }) as const),
    ...gaps.map(({ start, end }) => ({ kind: 'gap', start, seconds: end - start }) as const),
  ];
  const startOfLine = (line: Line) => (line.kind === 'gap' ? line.start : line.segment.start);
  return lines.sort((a, b) => startOfLine(a) - startOfLine(b));
}

/** The words of a conversation; only the lines near the window are in the page. */
export function Transcript({ conversation, people, marked, target, ...audio }: TranscriptProps) {
  const { player, times } = audio;
  const words = useStrings().conversation;
  const lines = linesOf(conversation);
  const list = useRef<HTMLOListElement>(null);
  const [offset, setOffset] = useState(0);
  useEffect(() => {
    const scroller = list.current?.closest('article');
    if (!list.current || !scroller) return;
    const top = list.current.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    setOffset(top + scroller.scrollTop);
  }, []);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => list.current?.closest('article') ?? null,
    estimateSize: () => 84,
    scrollMargin: offset,
    overscan: 10,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new target scrolls, not new lines
  useEffect(() => {
    const index = lines.findIndex((line) => line.kind === 'segment' && line.segment.id === target);
    if (index < 0) return;
    virtual.scrollToIndex(index, { align: 'center' });
    // The keyboard goes on at the words, once they are in the page.
    const timer = setTimeout(() => {
      list.current
        ?.querySelector<HTMLElement>(`[data-index="${index}"] [data-words]`)
        ?.focus({ preventScroll: true });
    }, FOCUS_MS);
    return () => clearTimeout(timer);
  }, [target, virtual]);
  return (
    <section aria-label={words.transcript} className="border-t border-line pt-6">
      <h2 className="mb-4 text-sm font-semibold text-soft">{words.transcript}</h2>
      {lines.length === 0 && <p className="text-soft">{words.noTranscript}</p>}
      <ol ref={list} className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const line = lines[item.index];
          if (!line) return null;
          return (
            <li
              key={item.key}
              data-index={item.index}
              ref={virtual.measureElement}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${item.start - offset}px)` }}
            >
              {line.kind === 'gap' ? (
                <p className="border-s-2 border-amber py-1 ps-3 text-sm text-amber">
                  {words.gap(Math.round(line.seconds))}
                </p>
              ) : (
                <Turn
                  segment={line.segment}
                  name={speakerName(line.segment, people, words)}
                  isMarked={marked.includes(line.segment.id)}
                  player={player}
                  words={times.get(line.segment.id) ?? NO_WORDS}
                />
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

const NO_WORDS: readonly TimeOfWord[] = [];
type TimeOfWord = { text: string; start: number; end: number };

function Turn({
  segment,
  name,
  isMarked,
  player,
  words,
}: {
  segment: Segment;
  name: string;
  isMarked: boolean;
  player: Player | null;
  words: readonly TimeOfWord[];
}) {
  const { player: labels } = useStrings();
  const start = clockTime(segment.start);
  const text = player ? (
    <HeardWords segment={segment} player={player} words={words} />
  ) : (
    segment.text
  );
  return (
    <div className="grid grid-cols-[3.5rem_1fr] gap-x-2 pb-4">
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
        <span className="text-sm font-semibold" style={{ color: speakerColour(segment) }}>
          {name}
        </span>
        <p
          dir="auto"
          data-words
          tabIndex={player ? 0 : -1}
          aria-keyshortcuts={player ? 'ArrowRight ArrowLeft Enter' : undefined}
          className="text-reading break-words"
        >
          {isMarked ? <mark>{text}</mark> : text}
        </p>
      </div>
    </div>
  );
}

/** The words of a segment: a click plays from there, and the one that is heard is marked. */
function HeardWords({
  segment,
  player,
  words,
}: {
  segment: Segment;
  player: Player;
  words: readonly TimeOfWord[];
}) {
  const timed = useMemo(() => timedWords(segment, words), [segment, words]);
  const heard = useSyncExternalStore(player.subscribe, () => {
    const { isPlaying, time } = player.getState();
    return isPlaying && time >= segment.start && time <= segment.end ? wordAt(timed, time) : -1;
  });
  const first = useRef<HTMLSpanElement>(null);
  const [chosen, setChosen] = useState(-1);
  useEffect(() => {
    // The paragraph is the one stop of the Tab key: a stop at each word would be too many.
    const paragraph = first.current?.closest<HTMLElement>('[data-words]');
    if (!paragraph) return;
    const onKey = (event: KeyboardEvent) => {
      const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
      if (step !== 0) {
        setChosen((old) => Math.min(timed.length - 1, Math.max(0, old + step)));
      } else if (event.key === 'Enter')
        player.play(timed[Math.max(0, chosen)]?.start ?? segment.start);
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    const onBlur = () => setChosen(-1);
    paragraph.addEventListener('keydown', onKey);
    paragraph.addEventListener('blur', onBlur);
    return () => {
      paragraph.removeEventListener('keydown', onKey);
      paragraph.removeEventListener('blur', onBlur);
    };
  }, [timed, chosen, player, segment.start]);
  return timed.map(({ before, text, start }, index) => (
    // The words of a text have no other identity than their place.
    // biome-ignore lint/suspicious/noArrayIndexKey: see above
    <Fragment key={index}>
      {before}
      {/* By keyboard the arrow keys choose a word of the paragraph, and Enter plays it. */}
      {/* biome-ignore lint/a11y: see above */}
      <span
        ref={index === 0 ? first : undefined}
        onClick={() => player.play(start)}
        aria-current={index === heard ? 'true' : undefined}
        data-chosen={index === chosen || undefined}
        className={`cursor-pointer rounded-sm hover:bg-sunk data-chosen:outline-2 data-chosen:outline-accent ${index === heard ? 'bg-accent-soft text-accent' : ''}`}
      >
        {text}
      </span>
    </Fragment>
  ));
}
