import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';

/** Which conversations of the timeline are selected. */
export interface Selection {
  /** Null: rows are opened, not selected. */
  ids: ReadonlySet<string> | null;
  /** Begins to select, with these selected. */
  begin: (ids: readonly string[]) => void;
  toggle: (id: string) => void;
  end: () => void;
}

const SelectionContext = createContext<Selection>({
  ids: null,
  begin: () => undefined,
  toggle: () => undefined,
  end: () => undefined,
});

/** Keeps what is selected while conversations are opened beside the list. */
export function SelectionProvider({ children }: { children: ReactNode }) {
  const [ids, setIds] = useState<ReadonlySet<string> | null>(null);
  const selection = useMemo<Selection>(
    () => ({
      ids,
      begin: (first) => setIds(new Set(first)),
      toggle: (id) =>
        setIds((old) => {
          const next = new Set(old);
          if (!next.delete(id)) next.add(id);
          return next;
        }),
      end: () => setIds(null),
    }),
    [ids],
  );
  return <SelectionContext value={selection}>{children}</SelectionContext>;
}

export function useSelection(): Selection {
  return useContext(SelectionContext);
}
