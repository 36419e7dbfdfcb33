import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useStrings } from '../../i18n/strings.ts';
import { IconButton } from '../../ui/button.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { useIsWide } from '../../ui/use-wide.ts';
import { Passage, type PassagePlace } from './passage.tsx';

/**
 * Words of a conversation beside what cites them: a panel on wide screens, a sheet on narrow ones.
 * Escape closes it, and the focus goes back to where it was opened.
 */
export function PassagePanel({ place, close }: { place: PassagePlace | null; close: () => void }) {
  const words = useStrings().passage;
  const isWide = useIsWide();
  if (isWide) return place && <Beside key={keyOf(place)} place={place} close={close} />;
  return (
    <Sheet title={words.title} isOpen={place !== null} close={close}>
      {place && <Passage key={keyOf(place)} place={place} />}
    </Sheet>
  );
}

function keyOf({ conversationId, segmentIds }: PassagePlace): string {
  return [conversationId, ...segmentIds].join(' ');
}

function Beside({ place, close }: { place: PassagePlace; close: () => void }) {
  const { passage: words, state } = useStrings();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <aside
      aria-label={words.title}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        close();
      }}
      className="flex h-full w-[26rem] shrink-0 flex-col border-s border-line bg-raised"
    >
      <div className="flex items-center justify-between ps-5 pe-2 pt-3 pb-1">
        <h2 ref={heading} tabIndex={-1} className="text-sm font-semibold text-soft outline-none">
          {words.title}
        </h2>
        <IconButton label={state.close} onClick={close}>
          <X size={18} aria-hidden />
        </IconButton>
      </div>
      <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto px-5 pb-5">
        <Passage place={place} />
      </div>
    </aside>
  );
}
