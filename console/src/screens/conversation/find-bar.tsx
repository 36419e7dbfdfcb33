import { ChevronDown, ChevronUp } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { Segment } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { IconButton } from '../../ui/button.tsx';

export interface Finder {
  query: string;
  search: (query: string) => void;
  /** Ids of the segments in which the words stand. */
  found: readonly string[];
  /** Place among them; -1 if there is none. */
  at: number;
  step: (by: 1 | -1) => void;
}

/** Looks for words in the segments of a conversation; the case of letters makes no difference. */
export function useFinder(segments: readonly Segment[], show: (id: string) => void): Finder {
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const found = useMemo(() => idsWith(segments, query), [segments, query]);
  const place = found.length === 0 ? -1 : Math.min(at, found.length - 1);
  return {
    query,
    found,
    at: place,
    search: (wanted) => {
      setQuery(wanted);
      setAt(0);
      const [first] = idsWith(segments, wanted);
      if (first !== undefined) show(first);
    },
    step: (by) => {
      if (found.length === 0) return;
      const next = (place + by + found.length) % found.length;
      setAt(next);
      const id = found[next];
      if (id !== undefined) show(id);
    },
  };
}

function idsWith(segments: readonly Segment[], query: string): string[] {
  const wanted = query.trim().toLocaleLowerCase();
  if (wanted === '') return [];
  return segments
    .filter(({ text }) => text.toLocaleLowerCase().includes(wanted))
    .map(({ id }) => id);
}

/** The field that looks for words in a transcript. Enter goes on to the next place. */
export function FindBar({ finder }: { finder: Finder }) {
  const words = useStrings().edit;
  const { query, found, at } = finder;
  return (
    <search className="flex min-w-0 items-center gap-1">
      {query.trim() !== '' && (
        <>
          <span role="status" className="tabular shrink-0 text-xs text-faint">
            {words.found(at + 1, found.length)}
          </span>
          <IconButton
            label={words.previous}
            disabled={found.length === 0}
            onClick={() => finder.step(-1)}
          >
            <ChevronUp size={16} aria-hidden />
          </IconButton>
          <IconButton
            label={words.next}
            disabled={found.length === 0}
            onClick={() => finder.step(1)}
          >
            <ChevronDown size={16} aria-hidden />
          </IconButton>
        </>
      )}
      <input
        type="search"
        dir="auto"
        value={query}
        maxLength={200}
        aria-label={words.find}
        placeholder={words.find}
        onChange={({ target }) => finder.search(target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          finder.step(event.shiftKey ? -1 : 1);
        }}
        className="min-h-9 w-44 min-w-0 rounded-control border border-line bg-transparent px-2 text-sm placeholder:text-faint pointer-coarse:min-h-11"
      />
    </search>
  );
}
