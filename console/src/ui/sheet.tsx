import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { type ReactNode, useRef } from 'react';
import { useStrings } from '../i18n/strings.ts';
import { IconButton } from './button.tsx';

/** A dialog: in the middle of a wide screen, at the bottom of a narrow one. Escape closes it. */
export function Sheet({
  title,
  isOpen,
  close,
  children,
}: {
  title: string;
  isOpen: boolean;
  close: () => void;
  children: ReactNode;
}) {
  const { state } = useStrings();
  const opener = useRef<Element | null>(null);
  return (
    <Dialog.Root
      open={isOpen}
      onOpenChange={(open) => {
        if (!open) close();
      }}
    >
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/35" />
        <Dialog.Content
          aria-describedby={undefined}
          onOpenAutoFocus={() => {
            opener.current = document.activeElement;
          }}
          onCloseAutoFocus={(event) => {
            // There is no trigger that would get the focus back by itself.
            event.preventDefault();
            if (opener.current instanceof HTMLElement) opener.current.focus();
          }}
          className="fixed inset-x-0 bottom-0 z-50 mx-auto flex max-h-[85dvh] flex-col rounded-t-2xl border border-line bg-raised pb-[env(safe-area-inset-bottom)] outline-none md:inset-x-4 md:top-1/2 md:bottom-auto md:max-w-md md:-translate-y-1/2 md:rounded-2xl"
        >
          <div className="flex items-center justify-between gap-2 ps-5 pe-2 pt-3 pb-1">
            <Dialog.Title className="min-w-0 text-lg break-words">{title}</Dialog.Title>
            <Dialog.Close asChild>
              <IconButton label={state.close}>
                <X size={18} aria-hidden />
              </IconButton>
            </Dialog.Close>
          </div>
          <div className="flex min-h-0 flex-col gap-4 overflow-y-auto px-5 pb-5">{children}</div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
