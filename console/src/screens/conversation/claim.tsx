import type { ReactNode } from 'react';
import { type Evidence, SourceMark } from './source-mark.tsx';

/** A part of what came out of a conversation, with lines between its claims. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h2 className="mb-2 text-sm font-semibold text-soft">{title}</h2>
      <ul className="flex flex-col divide-y divide-line border-y border-line">{children}</ul>
    </section>
  );
}

/** A claim, with the mark of the words that it came from. */
export function Claim({
  segmentIds,
  evidence,
  children,
}: {
  segmentIds: readonly string[];
  evidence: Evidence;
  children: ReactNode;
}) {
  return (
    <li className="flex items-start gap-3 py-2">
      <div className="min-w-0 flex-1">{children}</div>
      <SourceMark
        segmentIds={segmentIds}
        evidence={evidence}
        className="size-8 pointer-coarse:size-11"
      />
    </li>
  );
}
