import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { X } from 'lucide-react';
import type { AskScope } from '../../api/chats.ts';
import { foldersQuery } from '../../api/folders.ts';
import { conversationQuery, peopleQuery } from '../../api/queries.ts';
import { useStrings } from '../../i18n/strings.ts';
import { IconButton } from '../../ui/button.tsx';

/** What the address says that questions are about; the first that it names counts. */
export function scopeOf(search: {
  about?: string | undefined;
  folder?: string | undefined;
  person?: string | undefined;
}): AskScope | null {
  if (search.about) return { type: 'conversation', id: search.about };
  if (search.folder) return { type: 'folder', id: search.folder };
  if (search.person) return { type: 'person', id: search.person };
  return null;
}

/** The choice of what questions are about: everything, a folder, a person, or the conversation one came from. */
export function ScopeField({ scope }: { scope: AskScope | null }) {
  const { ask: words, timeline } = useStrings();
  const navigate = useNavigate({ from: '/ask' });
  const folders = useQuery(foldersQuery).data ?? [];
  const people = useQuery(peopleQuery).data ?? [];
  const about = scope?.type === 'conversation' ? scope.id : undefined;
  const subject = useQuery({ ...conversationQuery(about ?? ''), enabled: about !== undefined });
  const set = (chosen: string) => {
    const [type = '', id = ''] = splitOnce(chosen);
    void navigate({
      to: '.',
      search: ({ chat }) => ({
        chat,
        about: type === 'conversation' ? id : undefined,
        folder: type === 'folder' ? id : undefined,
        person: type === 'person' ? id : undefined,
      }),
      replace: true,
    });
  };
  return (
    <p className="mx-auto flex w-full max-w-(--width-reading) items-center gap-1 px-5 text-sm text-soft md:px-8">
      <label className="flex min-w-0 items-center gap-1.5">
        <span className="shrink-0">{words.about}</span>
        <select
          dir="auto"
          value={scope === null ? '' : `${scope.type}:${scope.id}`}
          onChange={({ target }) => set(target.value)}
          className={`min-h-8 max-w-64 min-w-0 truncate rounded bg-transparent pe-1 hover:text-ink pointer-coarse:min-h-11 ${scope === null ? 'text-soft' : 'font-medium text-ink'}`}
        >
          <option value="">{words.everything}</option>
          {about !== undefined && (
            <option value={`conversation:${about}`}>
              {subject.data?.structured.title || timeline.untitled}
            </option>
          )}
          <Options label={words.folders} type="folder" among={folders} chosen={scope} />
          <Options label={words.people} type="person" among={people} chosen={scope} />
        </select>
      </label>
      {scope !== null && (
        <IconButton label={words.aboutAll} onClick={() => set('')}>
          <X size={15} aria-hidden />
        </IconButton>
      )}
    </p>
  );
}

/** Options of one kind; the chosen one also while the list is not loaded. */
function Options({
  label,
  type,
  among,
  chosen,
}: {
  label: string;
  type: AskScope['type'];
  among: readonly { id: string; name: string }[];
  chosen: AskScope | null;
}) {
  const isMissing = chosen?.type === type && !among.some(({ id }) => id === chosen.id);
  if (among.length === 0 && !isMissing) return null;
  return (
    <optgroup label={label}>
      {among.map(({ id, name }) => (
        <option key={id} value={`${type}:${id}`}>
          {name}
        </option>
      ))}
      {isMissing && <option value={`${type}:${chosen.id}`}>…</option>}
    </optgroup>
  );
}

function splitOnce(text: string): string[] {
  const colon = text.indexOf(':');
  return colon < 0 ? [] : [text.slice(0, colon), text.slice(colon + 1)];
}
