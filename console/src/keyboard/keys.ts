const KEY = 'omi.keys';

/** Where `g` and a further letter lead. */
export const PLACES = {
  l: '/live',
  t: '/timeline',
  a: '/ask',
  s: '/search',
  k: '/tasks',
  c: '/calendar',
  m: '/memories',
  p: '/people',
  i: '/apps',
  e: '/settings',
} as const;

/** Single letters can be in the way of who dictates: they can be switched off (WCAG 2.1.4). */
export function keysAreOn(): boolean {
  return localStorage.getItem(KEY) !== 'off';
}

export function switchKeys(isOn: boolean): void {
  localStorage.setItem(KEY, isOn ? 'on' : 'off');
}

/** True if a key press writes a text, or is meant for the control that has the focus. */
export function isTyping({ target }: KeyboardEvent): boolean {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable]')
    ? !(target instanceof HTMLInputElement && target.type === 'checkbox')
    : false;
}

/** Moves the focus to the next (1) or the previous (-1) row of the screen's list. */
export function moveRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('main [data-row]')].filter(
    (row) => row.offsetParent !== null,
  );
  // A virtual list has its rows in any order in the page.
  rows.sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top);
  const now = document.activeElement;
  const index = rows.findIndex((row) => row === now || row.contains(now));
  const open = rows.findIndex((row) => row.getAttribute('aria-current') === 'page');
  const from = index >= 0 ? index : open;
  const next = from < 0 ? rows[0] : rows[from + step];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}
