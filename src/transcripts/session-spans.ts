/** Which conversation the words of a session belong to, by their position in its audio. */
export interface Span {
  conversationId: string;
  /** Position in the audio that the conversation begins at, milliseconds. */
  fromMs: number;
}

/** The conversation that words at `positionMs` belong to; the first if they are before all. */
export function spanAt(spans: readonly Span[], positionMs: number): Span | undefined {
  return spans.findLast((span) => span.fromMs <= positionMs) ?? spans[0];
}

/** Groups things in audio order by the conversation that they belong to. */
export function groupBySpan<T>(
  spans: readonly Span[],
  items: readonly T[],
  positionOf: (item: T) => number,
): { conversationId: string; items: T[] }[] {
  const groups: { conversationId: string; items: T[] }[] = [];
  for (const item of items) {
    const span = spanAt(spans, positionOf(item));
    if (!span) continue;
    const last = groups.at(-1);
    if (last?.conversationId === span.conversationId) last.items.push(item);
    else groups.push({ conversationId: span.conversationId, items: [item] });
  }
  return groups;
}
