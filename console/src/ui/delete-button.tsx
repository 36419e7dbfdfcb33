import { Trash2 } from 'lucide-react';
import { useStrings } from '../i18n/strings.ts';
import { IconButton } from './button.tsx';
import { focusNeighbour } from './focus.ts';

/** Deletes the row that it stands in; the focus goes on in the row beside. */
export function DeleteButton({ label, remove }: { label: string; remove: () => void }) {
  const { state } = useStrings();
  return (
    <IconButton
      label={label}
      title={state.delete}
      data-action="delete"
      onClick={(event) => {
        focusNeighbour(event.currentTarget);
        remove();
      }}
    >
      <Trash2 size={16} aria-hidden />
    </IconButton>
  );
}
