import { useEffect } from 'react';
import { useStrings } from '../i18n/strings.ts';
import { Button } from './button.tsx';
import { dismiss, undoLast, useNotice } from './notice.ts';

/** The line at the bottom of the screen: what was done last, and what takes it back, as Ctrl+Z does. */
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
          <span className={notice.undo ? '' : 'py-1.5 pe-2'}>{notice.text}</span>
          {notice.undo && (
            <Button
              look="quiet"
              aria-keyshortcuts="Control+Z"
              className="text-paper underline hover:bg-transparent hover:text-paper"
              onClick={() => undoLast()}
            >
              {state.undo}
            </Button>
          )}
        </p>
      )}
    </div>
  );
}
