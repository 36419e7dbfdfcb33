import type { ReactNode } from 'react';
import { SCROLLER } from './scroll-offset.ts';

/** A screen of one column that scrolls, with its heading. */
export function Page({
  title,
  intro,
  actions,
  children,
}: {
  title: string;
  intro?: string;
  /** Stands at the end of the line of the heading. */
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div {...SCROLLER} className="h-full overflow-y-auto">
      <div className="mx-auto flex max-w-(--width-reading) flex-col gap-6 px-5 pt-6 pb-24 md:px-8">
        <header>
          <div className="flex items-center justify-between gap-3">
            <h1 className="text-xl">{title}</h1>
            {actions}
          </div>
          {intro && <p className="mt-1 text-soft">{intro}</p>}
        </header>
        {children}
      </div>
    </div>
  );
}

/** A part of a page with a heading and lines between its rows. */
export function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h2 dir="auto" className="mb-1 text-sm font-semibold break-words text-soft">
        {title}
      </h2>
      <ul className="flex flex-col divide-y divide-line border-y border-line">{children}</ul>
    </section>
  );
}
