import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Conversation, Person, Segment } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import type { WordTimes } from '../../playback/playback.ts';
import type { Player } from '../../playback/player.ts';
import { rangeWith } from '../../ui/range-with.ts';
import { scrollerOf, useScrollOffset } from '../../ui/scroll-offset.ts';
import { speakerName } from '../../ui/speaker.ts';
import { FindBar, useFinder } from './find-bar.tsx';
import { SpeakerSheet } from './speaker-sheet.tsx';
import { SplitSheet } from './split-sheet.tsx';
import { Turn } from './turn.tsx';

/** How long the line that is scrolled to may take to be in the page. */
const FOCUS_MS = 150;

interface TranscriptProps {
  conversation: Conversation;
  people: ReadonlyMap<string, Person>;
  /** Segments that are highlighted. */
  marked: readonly string[];
  /** The segments that are gone to, the first of them; another list goes there again. */
  opened: readonly string[];
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
export function Transcript({ conversation, people, marked, opened, ...audio }: TranscriptProps) {
  const { player, times } = audio;
  const words = useStrings().conversation;
  // They are thousands in a long talk, and scrolling draws this anew each time.
  const lines = useMemo(() => linesOf(conversation), [conversation]);
  const list = useRef<HTMLOListElement>(null);
  const [editing, setEditing] = useState<string | null>(null);
  const [naming, setNaming] = useState<Segment | null>(null);
  const [splitting, setSplitting] = useState<Segment | null>(null);
  const offset = useScrollOffset(list);
  const indexOf = (id: string | null | undefined) =>
    lines.findIndex((line) => line.kind === 'segment' && line.segment.id === id);
  const kept = editing === null ? -1 : indexOf(editing);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scrollerOf(list.current),
    estimateSize: () => 84,
    scrollMargin: offset,
    overscan: 10,
    // What is being edited stays in the page, however far one scrolls.
    rangeExtractor: rangeWith(kept),
  });
  const finder = useFinder(conversation.transcript_segments, (id) =>
    virtual.scrollToIndex(indexOf(id), { align: 'center' }),
  );
  const lit = finder.at < 0 ? marked : [finder.found[finder.at] ?? ''];
  const focusWords = (id: string) => {
    setTimeout(() => {
      list.current
        ?.querySelector<HTMLElement>(`[data-index="${indexOf(id)}"] [data-words]`)
        ?.focus({ preventScroll: true });
    }, FOCUS_MS);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new target scrolls, not new lines
  useEffect(() => {
    const [target] = opened;
    const index = indexOf(target);
    if (target === undefined || index < 0) return;
    virtual.scrollToIndex(index, { align: 'center' });
    // The keyboard goes on at the words, once they are in the page.
    focusWords(target);
  }, [opened, virtual]);
  const firstId = conversation.transcript_segments[0]?.id;
  return (
    <section aria-label={words.transcript} className="border-t border-line pt-6">
      <div className="mb-4 flex min-h-9 items-center justify-between gap-3">
        <h2 className="text-sm font-semibold text-soft">{words.transcript}</h2>
        {lines.length > 0 && <FindBar finder={finder} />}
      </div>
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
                  conversationId={conversation.id}
                  segment={line.segment}
                  name={speakerName(line.segment, people, words)}
                  isMarked={lit.includes(line.segment.id)}
                  isEditing={editing === line.segment.id}
                  player={player}
                  words={times.get(line.segment.id)}
                  actions={{
                    name: () => setNaming(line.segment),
                    edit: () => setEditing(line.segment.id),
                    split: line.segment.id === firstId ? null : () => setSplitting(line.segment),
                    leave: () => {
                      setEditing(null);
                      focusWords(line.segment.id);
                    },
                  }}
                />
              )}
            </li>
          );
        })}
      </ol>
      <SpeakerSheet conversation={conversation} segment={naming} close={() => setNaming(null)} />
      <SplitSheet
        conversation={conversation}
        segment={splitting}
        close={() => setSplitting(null)}
      />
    </section>
  );
}
