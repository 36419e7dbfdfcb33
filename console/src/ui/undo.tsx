import { useEffect } from 'react';
import { useStrings } from '../i18n/strings.ts';
import { Button } from './button.tsx';
import { create, dismiss, useNotice } from './notice.ts';

/** How long something can be taken back, milliseconds. */
const UNDO_MS = 10_000;

/**
 * Does something only after its time for being taken back is over: the server is asked when nobody
 * has pressed "Undo" for ten seconds, or when the page is left.
 */
export function deleteLater(text: string, commit: () => void, restore: () => void): void {
  create({ text, commit, restore, until: Date.now() + UNDO_MS });
}

/** The line at the bottom of the screen that takes the last deletion back. */
export function UndoBar() {
  const notice = useNotice();
  const { state } = useStrings();
  useEffect(() => {
    if (!notice) return;
    const timer = setTimeout(() => dismiss(true), notice.until - Date.now());
    const leave = () => dismiss(true);
    addEventListener('pagehide', leave);
    return () => {
      clearTimeout(timer);
      removeEventListener('pagehide', leave);
    };
  }, [notice]);
  return (
    <div
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 bottom-20 z-30 flex justify-center md:bottom-6"
    >
      {notice && (
        <p className="pointer-events-auto flex items-center gap-3 rounded-control bg-ink py-1.5 ps-4 pe-2 text-sm text-paper">
          {notice.text}
          <Button
            look="quiet"
            className="text-paper underline hover:bg-transparent hover:text-paper"
            onClick={() => dismiss(false)}
          >
            {state.undo}
          </Button>
        </p>
      )}
    </div>
  );
}
