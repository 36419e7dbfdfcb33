import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { peopleQuery, type TimelineFilter, traitsQuery } from '../../api/queries.ts';
import { CATEGORIES, SOURCES } from '../../i18n/en-traits.ts';
import { useStrings } from '../../i18n/strings.ts';

/** Narrows the list to a person, a category or a source that conversations have. */
export function TraitFilters({
  filter,
  set,
  children,
}: {
  filter: TimelineFilter;
  set: (change: TimelineFilter) => void;
  /** Stands beside them. */
  children: ReactNode;
}) {
  const words = useStrings().traits;
  const people = useQuery(peopleQuery).data ?? [];
  const found = useQuery(traitsQuery).data;
  const categories = CATEGORIES.filter(
    (name) => name === filter.category || found?.categories.includes(name),
  );
  const sources = SOURCES.filter((name) => name === filter.source || found?.sources.includes(name));
  return (
    <div className="grid grid-cols-2 gap-1">
      <Choice
        label={words.person}
        any={words.anyPerson}
        value={people.some(({ id }) => id === filter.person) ? filter.person : undefined}
        options={people.map(({ id, name }) => [id, name])}
        choose={(person) => set({ person })}
      />
      <Choice
        label={words.category}
        any={words.anyCategory}
        value={filter.category}
        options={categories.map((name) => [name, words.categories[name]])}
        choose={(chosen) => set({ category: CATEGORIES.find((name) => name === chosen) })}
      />
      <Choice
        label={words.source}
        any={words.anySource}
        value={filter.source}
        options={sources.map((name) => [name, words.sources[name]])}
        choose={(chosen) => set({ source: SOURCES.find((name) => name === chosen) })}
      />
      <div className="flex items-center">{children}</div>
    </div>
  );
}

function Choice({
  label,
  any,
  value,
  options,
  choose,
}: {
  label: string;
  any: string;
  value: string | undefined;
  options: (readonly [value: string, name: string])[];
  choose: (value: string | undefined) => void;
}) {
  return (
    <select
      aria-label={label}
      value={value ?? ''}
      onChange={({ target }) => choose(target.value || undefined)}
      className={`min-h-8 min-w-0 truncate rounded border bg-transparent px-1.5 text-sm pointer-coarse:min-h-11 ${value === undefined ? 'border-line text-soft' : 'border-accent text-ink'}`}
    >
      <option value="">{any}</option>
      {options.map(([id, name]) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}
