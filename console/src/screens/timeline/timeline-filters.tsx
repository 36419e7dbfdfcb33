import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { FolderPen, SlidersHorizontal } from 'lucide-react';
import { useEffect, useState } from 'react';
import { foldersQuery } from '../../api/folders.ts';
import type { TimelineFilter } from '../../api/queries.ts';
import { useStrings } from '../../i18n/strings.ts';
import { IconButton } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { DayFields, DayPresets } from '../../ui/date-range.tsx';
import { AskLink } from '../ask/ask-link.tsx';
import { FoldersSheet } from '../folders/folders-sheet.tsx';
import { TraitFilters } from './trait-filters.tsx';

const PAUSE_MS = 250;

/** What the list is narrowed by; everything stands in the address, so that going back keeps it. */
export function TimelineFilters({ filter }: { filter: TimelineFilter }) {
  const { timeline: words, traits } = useStrings();
  const navigate = useNavigate({ from: '/timeline' });
  const [text, setText] = useState(filter.q ?? '');
  const further = [filter.to, filter.person, filter.category, filter.source, filter.discarded];
  const isNarrowed = further.some((value) => value !== undefined);
  const [choice, setChoice] = useState<boolean>();
  const isOpen = choice ?? isNarrowed;
  const setFurther = (change: TimelineFilter) => {
    // They stay in sight when the last one is taken away.
    setChoice(true);
    set(change);
  };
  const set = (change: TimelineFilter) =>
    void navigate({ to: '.', search: (search) => ({ ...search, ...change }), replace: true });

  useEffect(() => {
    if (text === (filter.q ?? '')) return;
    const timer = setTimeout(() => set({ q: text || undefined }), PAUSE_MS);
    return () => clearTimeout(timer);
  });

  const toggle = (name: 'starred' | 'discarded' | 'tasks', label: string) => (
    <Chip
      isOn={filter[name] === true}
      turn={() => set({ [name]: filter[name] ? undefined : true })}
    >
      {label}
    </Chip>
  );
  return (
    <search className="flex flex-col gap-2">
      <input
        type="search"
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder={words.search}
        aria-label={words.search}
        className="min-h-10 w-full rounded-control border border-line bg-raised px-3 text-base placeholder:text-faint"
      />
      <div className="flex flex-wrap items-center gap-1">
        <DayPresets days={filter} set={({ from, to }) => set({ from, to })} />
        {toggle('starred', words.starred)}
        {toggle('tasks', traits.tasks)}
      </div>
      <div className="flex items-center gap-1">
        <FolderFilter folder={filter.folder} set={set} />
        <IconButton
          label={words.moreFilters}
          aria-expanded={isOpen}
          onClick={() => setChoice(!isOpen)}
          className={isNarrowed ? 'text-accent' : ''}
        >
          <SlidersHorizontal size={17} aria-hidden />
        </IconButton>
      </div>
      {isOpen && (
        <>
          <TraitFilters filter={filter} set={setFurther}>
            {toggle('discarded', words.discarded)}
          </TraitFilters>
          <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
            <DayFields days={filter} set={({ from, to }) => setFurther({ from, to })} />
          </div>
        </>
      )}
    </search>
  );
}

/** Shows the conversations of one folder; beside it, the folders can be changed. */
function FolderFilter({
  folder,
  set,
}: {
  folder: string | undefined;
  set: (change: TimelineFilter) => void;
}) {
  const words = useStrings().folders;
  const folders = useQuery(foldersQuery).data ?? [];
  const [isOpen, setIsOpen] = useState(false);
  const chosen = folders.find(({ id }) => id === folder);
  return (
    <>
      <select
        aria-label={words.folder}
        value={chosen?.id ?? ''}
        onChange={({ target }) => set({ folder: target.value || undefined })}
        className="min-h-8 min-w-0 flex-1 rounded border border-line bg-transparent px-1.5 text-sm text-ink pointer-coarse:min-h-11"
      >
        <option value="">{words.all}</option>
        {folders.map(({ id, name, conversation_count }) => (
          <option key={id} value={id}>
            {name} ({conversation_count})
          </option>
        ))}
      </select>
      {chosen && <AskLink look="icon" type="folder" id={chosen.id} name={chosen.name} />}
      <IconButton label={words.manage} aria-haspopup="dialog" onClick={() => setIsOpen(true)}>
        <FolderPen size={17} aria-hidden />
      </IconButton>
      <FoldersSheet isOpen={isOpen} close={() => setIsOpen(false)} />
    </>
  );
}
