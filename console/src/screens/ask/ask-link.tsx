import { Link } from '@tanstack/react-router';
import { MessagesSquare } from 'lucide-react';
import { useStrings } from '../../i18n/strings.ts';
import { ICON_LOOK } from '../../ui/button.tsx';

/** A link to questions about a folder or a person alone; an icon, or words. */
export function AskLink({
  type,
  id,
  name,
  look,
}: {
  type: 'folder' | 'person';
  id: string;
  name: string;
  look: 'icon' | 'words';
}) {
  const words = useStrings().ask;
  const label = type === 'folder' ? words.aboutFolder(name) : words.aboutPerson(name);
  return (
    <Link
      to="/ask"
      search={{ [type]: id }}
      {...(look === 'icon' ? { 'aria-label': label, title: label } : {})}
      className={
        look === 'icon'
          ? ICON_LOOK
          : 'inline-flex min-h-9 items-center gap-2 self-start text-sm text-accent hover:underline pointer-coarse:min-h-11'
      }
    >
      <MessagesSquare size={16} aria-hidden />
      {look === 'words' && label}
    </Link>
  );
}
