import type { ReactNode } from 'react';

/** Looks of a button for a link: downloads and ways to other pages. */
export const LINK_BUTTON =
  'inline-flex min-h-9 items-center rounded-control border border-line-strong px-3 text-sm font-medium hover:bg-sunk pointer-coarse:min-h-11';

/** A link to a file, in the shape of a button. */
export function LinkButton({
  href,
  download,
  children,
}: {
  href: string;
  download: string;
  children: ReactNode;
}) {
  return (
    <a href={href} download={download} className={LINK_BUTTON}>
      {children}
    </a>
  );
}
