import { Quote } from 'lucide-react';
import { Tooltip } from 'radix-ui';
import type { Segment } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { speakerColour } from '../../ui/speaker.ts';
import { clockTime } from '../../ui/time.ts';

/** A part of the transcript that something came from, with the name of who says it. */
export interface Source {
  segment: Segment;
  name: string;
}

/** Binds a claim to the words that it came from: marking shows them, opening goes there and plays them. */
export interface Evidence {
  /** In their order; parts that are no longer in the transcript are left out. */
  sourcesOf: (segmentIds: readonly string[]) => Source[];
  mark: (segmentIds: readonly string[]) => void;
  open: (segmentIds: readonly string[]) => void;
}

/** Sources that are shown at most; the others are counted. */
const MOST = 3;

/**
 * The thin mark of something that was said: with the pointer or the keyboard on it, it shows who
 * said it and when, and marks the words; a press goes there. Nothing if there is no source.
 */
export function SourceMark({
  segmentIds,
  evidence,
  className,
}: {
  segmentIds: readonly string[];
  evidence: Evidence;
  className: string;
}) {
  const words = useStrings().conversation;
  const sources = evidence.sourcesOf(segmentIds);
  if (sources.length === 0) return null;
  return (
    <Tooltip.Provider delayDuration={150}>
      <Tooltip.Root>
        <Tooltip.Trigger asChild>
          <button
            type="button"
            aria-label={words.showWords}
            data-action="source"
            onMouseEnter={() => evidence.mark(segmentIds)}
            onMouseLeave={() => evidence.mark([])}
            onFocus={() => evidence.mark(segmentIds)}
            onBlur={() => evidence.mark([])}
            onClick={() => evidence.open(segmentIds)}
            className={`inline-flex shrink-0 items-center justify-center rounded text-faint hover:bg-sunk hover:text-accent ${className}`}
          >
            <Quote size={15} aria-hidden />
          </button>
        </Tooltip.Trigger>
        {/* Everything that is shown stands in a landmark of the page. */}
        <Tooltip.Portal container={document.querySelector('main')}>
          <Tooltip.Content
            side="bottom"
            sideOffset={6}
            collisionPadding={8}
            className="z-40 flex max-w-96 flex-col gap-2 rounded-control border border-line bg-raised px-3 py-2 text-sm"
          >
            {sources.slice(0, MOST).map((source) => (
              <SourceLine key={source.segment.id} source={source} />
            ))}
            {sources.length > MOST && (
              <span className="text-soft">{words.moreSources(sources.length - MOST)}</span>
            )}
          </Tooltip.Content>
        </Tooltip.Portal>
      </Tooltip.Root>
    </Tooltip.Provider>
  );
}

function SourceLine({ source: { segment, name } }: { source: Source }) {
  return (
    <span className="block">
      <bdi dir="auto" className="font-semibold" style={{ color: speakerColour(segment) }}>
        {name}
      </bdi>{' '}
      <span className="tabular text-xs text-faint">{clockTime(segment.start)}</span>
      <span dir="auto" className="line-clamp-2 break-words text-soft">
        {segment.text}
      </span>
    </span>
  );
}
