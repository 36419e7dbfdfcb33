import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useCallback, useRef, useState } from 'react';
import { type NextPage, useNextPage } from './next-page.ts';
import { rangeWith } from './range-with.ts';
import { scrollerOf, useScrollOffset } from './scroll-offset.ts';

/** A row of a long list, or a heading between rows. */
export type PagedRow<T> =
  | { kind: 'heading'; key: string; content: ReactNode }
  | { kind: 'item'; key: string; item: T };

/**
 * A list of any length inside of a `Page`: only the rows near the window are in the page, and the row
 * that has the focus. Near its end the next page is loaded.
 */
export function PagedRows<T>({
  rows,
  next,
  draw,
}: {
  rows: readonly PagedRow<T>[];
  next: NextPage;
  draw: (item: T) => ReactNode;
}) {
  const list = useRef<HTMLUListElement>(null);
  const offset = useScrollOffset(list);
  const [focused, setFocused] = useState<string | null>(null);
  const kept = focused === null ? -1 : rows.findIndex(({ key }) => key === focused);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scrollerOf(list.current),
    estimateSize: (index) => (rows[index]?.kind === 'heading' ? 52 : 72),
    getItemKey: useCallback((index: number) => rows[index]?.key ?? index, [rows]),
    scrollMargin: offset,
    overscan: 8,
    // What is being written stays in the page, however far one scrolls.
    rangeExtractor: rangeWith(kept),
  });
  const shown = virtual.getVirtualItems();
  const last = Math.max(0, ...shown.map(({ index }) => (index === kept ? 0 : index)));
  useNextPage(next, last, rows.length);
  return (
    <ul ref={list} className="relative" style={{ height: virtual.getTotalSize() }}>
      {shown.map(({ index, key, start }) => {
        const row = rows[index];
        if (!row) return null;
        return (
          <li
            key={key}
            data-index={index}
            ref={virtual.measureElement}
            onFocus={() => setFocused(row.key)}
            onBlur={() => setFocused(null)}
            className="absolute inset-x-0 top-0 border-b border-line"
            style={{ transform: `translateY(${start - offset}px)` }}
          >
            {row.kind === 'heading' ? (
              <h2
                dir="auto"
                className={`pb-1 text-sm font-semibold break-words text-soft ${index === 0 ? '' : 'pt-6'}`}
              >
                {row.content}
              </h2>
            ) : (
              draw(row.item)
            )}
          </li>
        );
      })}
    </ul>
  );
}
