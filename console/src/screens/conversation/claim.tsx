import { Quote } from 'lucide-react';
import type { ReactNode } from 'react';
import { useStrings } from '../../i18n/strings.ts';

/** Binds a claim to the words that it came from: marking shows them, opening goes there. */
export interface Evidence {
  mark: (segmentIds: readonly string[]) => void;
  open: (segmentIds: readonly string[]) => void;
}

/** A part of what came out of a conversation, with lines between its claims. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h2 className="mb-2 text-sm font-semibold text-soft">{title}</h2>
      <ul className="flex flex-col divide-y divide-line border-y border-line">{children}</ul>
    </section>
  );
}

/** A claim, with the button that marks the words that it came from and goes there. */
export function Claim({
  segmentIds,
  evidence,
  children,
}: {
  segmentIds: readonly string[];
  evidence: Evidence;
  children: ReactNode;
}) {
  const words = useStrings().conversation;
  return (
    <li className="flex items-start gap-3 py-2">
      <div className="min-w-0 flex-1">{children}</div>
      {segmentIds.length > 0 && (
        <button
          type="button"
          aria-label={words.showWords}
          title={words.showWords}
          onMouseEnter={() => evidence.mark(segmentIds)}
          onMouseLeave={() => evidence.mark([])}
          onFocus={() => evidence.mark(segmentIds)}
          onClick={() => evidence.open(segmentIds)}
          className="inline-flex size-8 shrink-0 items-center justify-center rounded text-faint hover:bg-sunk hover:text-accent pointer-coarse:size-11"
        >
          <Quote size={15} aria-hidden />
        </button>
      )}
    </li>
  );
}
