import { type RefObject, useLayoutEffect, useState } from 'react';

/** Marks what scrolls a list inside it. */
export const SCROLLER = { 'data-scroller': true } as const;

/** Returns what scrolls an element. */
export function scrollerOf(element: Element | null): Element | null {
  return element?.closest('[data-scroller]') ?? null;
}

/** Distance of a list from the top of what scrolls it, pixels; what stands above it may change. */
export function useScrollOffset(list: RefObject<HTMLElement | null>): number {
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => {
    const scroller = scrollerOf(list.current);
    if (!list.current || !scroller) return;
    const top = list.current.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    setOffset(Math.round(top + scroller.scrollTop));
  });
  return offset;
}
