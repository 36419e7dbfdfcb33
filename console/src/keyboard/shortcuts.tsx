import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useStrings } from '../i18n/strings.ts';
import { undoLast } from '../ui/notice.ts';
import { Sheet } from '../ui/sheet.tsx';
import { isTyping, keysAreOn, moveRow, PLACES } from './keys.ts';

/** How long after `g` the letter of the place may come, milliseconds. */
const SECOND_KEY_MS = 1_500;

/** The keys that work on every screen, and the list of them that `?` opens. */
export function Shortcuts() {
  const words = useStrings().keys;
  const navigate = useNavigate();
  const [isOpen, setIsOpen] = useState(false);
  useEffect(() => {
    let wentAt = Number.NEGATIVE_INFINITY;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey) return;
      if (isTyping(event)) {
        // Out of a field, to where the single keys work.
        if (event.key === 'Escape' && !document.querySelector('[role=dialog]')) focusContent();
        return;
      }
      if (event.ctrlKey || event.metaKey) {
        if (event.key === 'z' && !event.shiftKey && undoLast()) event.preventDefault();
        return;
      }
      if (!keysAreOn() || document.querySelector('[role=dialog]')) return;
      const isSecond = event.timeStamp - wentAt < SECOND_KEY_MS;
      wentAt = Number.NEGATIVE_INFINITY;
      const place = isSecond ? PLACES[event.key as keyof typeof PLACES] : undefined;
      if (place) void navigate({ to: place });
      else if (event.key === 'g') wentAt = event.timeStamp;
      else if (event.key === '/') void navigate({ to: '/search', search: { q: undefined } });
      else if (event.key === 'r') void navigate({ to: '/live' }).then(focusRecord);
      else if (event.key === 'j') moveRow(1);
      else if (event.key === 'k') moveRow(-1);
      else if (event.key === 'e') document.querySelector<HTMLElement>('main h1 textarea')?.focus();
      else if (event.key === '?') setIsOpen(true);
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [navigate]);
  return (
    <Sheet title={words.title} isOpen={isOpen} close={() => setIsOpen(false)}>
      <dl className="grid grid-cols-[auto_1fr] gap-x-5 gap-y-2 text-sm">
        {words.list.map(([keys, does]) => (
          <div key={keys} className="contents">
            <dt className="font-mono text-xs leading-6 text-soft">{keys}</dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Sheet>
  );
}

function focusContent(): void {
  document.querySelector<HTMLElement>('#content')?.focus();
}

function focusRecord(): void {
  document.querySelector<HTMLElement>('#record')?.focus();
}
