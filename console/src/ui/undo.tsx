import { useEffect } from 'react';
import { useStrings } from '../i18n/strings.ts';
import { Button } from './button.tsx';
import { dismiss, undoLast, useNotice } from './notice.ts';

/** The line at the bottom of the screen that takes back what was done last; Ctrl+Z does the same. */
export function UndoBar() {
  const notice = useNotice();
  const { state } = useStrings();
  useEffect(() => {
    if (!notice) return;
    const timer = setTimeout(dismiss, notice.until - Date.now());
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-0 bottom-20 z-30 flex justify-center md:bottom-6"
    >
      {notice && (
        <p className="pointer-events-auto flex items-center gap-3 rounded-control bg-ink py-1.5 ps-4 pe-2 text-sm text-paper">
          {notice.text}
          <Button
            look="quiet"
            aria-keyshortcuts="Control+Z"
            className="text-paper underline hover:bg-transparent hover:text-paper"
            onClick={() => undoLast()}
          >
            {state.undo}
          </Button>
        </p>
      )}
    </div>
  );
}
