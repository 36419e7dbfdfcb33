import type { AnyRouter } from '@tanstack/react-router';

/** What the second key after `g` opens. */
const PLACES: Readonly<Record<string, string>> = {
  l: '/live',
  t: '/timeline',
  a: '/ask',
  s: '/search',
  d: '/tasks',
  m: '/memories',
  p: '/people',
};
/** How long after `g` its second key may come, milliseconds. */
const SECOND_KEY_MS = 1_500;

/**
 * Keys that work on every screen unless somebody types: `/` searches, `r` opens the recording, `g` and a letter open a
 * place, `j` and `k` move through the links of a list. Returns what ends it.
 */
export function followShortcuts(router: Pick<AnyRouter, 'navigate'>): () => void {
  let isGoing = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const open = (to: string) => void router.navigate({ to, search: {} });
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const wasGoing = isGoing;
    isGoing = false;
    clearTimeout(timer);
    const place = PLACES[event.key];
    if (wasGoing && place) open(place);
    else if (event.key === 'g') {
      isGoing = true;
      timer = setTimeout(() => {
        isGoing = false;
      }, SECOND_KEY_MS);
    } else if (event.key === '/') open('/search');
    else if (event.key === 'r') open('/live');
    else if (event.key === 'j') moveFocus(1);
    else if (event.key === 'k') moveFocus(-1);
    else return;
    event.preventDefault();
  };
  document.addEventListener('keydown', onKey);
  return () => {
    clearTimeout(timer);
    document.removeEventListener('keydown', onKey);
  };
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}

/** Moves the focus to the next or the previous link of the first list that has one. */
function moveFocus(by: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>('main li a[href]')];
  const at = links.findIndex((link) => link === document.activeElement);
  const next = links[at < 0 ? 0 : Math.max(0, Math.min(links.length - 1, at + by))];
  next?.focus();
}
