import { Fragment, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { Segment } from '../../api/types.ts';
import type { WordTimes } from '../../playback/playback.ts';
import type { Player } from '../../playback/player.ts';
import { timedWords, wordAt } from '../../playback/timed-words.ts';

/** When the words of one segment are heard. */
export type TimesOfSegment = WordTimes extends ReadonlyMap<string, infer Times> ? Times : never;

/** The words of a segment: a click plays from there, and the one that is heard is marked. */
export function HeardWords({
  segment,
  player,
  words,
}: {
  segment: Segment;
  player: Player;
  words: TimesOfSegment;
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
