import { useSyncExternalStore } from 'react';

/** How the page stands to the server's: `outdated` if that one has a newer version of it. */
export type PageState = 'current' | 'outdated' | 'unreachable';

/** Names of scripts have their hash in them: that of the first one names a version. */
const ENTRY = /<script\b[^>]*\btype="module"[^>]*\bsrc="([^"]+)"/;
/** The server is asked again after this long at the earliest, milliseconds. */
const PAUSE_MS = 60_000;
const RETRY_MS = 2_000;
/** Attempts to load a script that the server has, before it is given up. */
const ATTEMPTS = 3;

let state: PageState = 'current';
let askedAt = Number.NEGATIVE_INFINITY;
const listeners = new Set<() => void>();

/** Whether the server has a newer version of this page, as far as it was asked. */
export function usePageState(): PageState {
  return useSyncExternalStore(subscribe, pageState);
}

export function pageState(): PageState {
  return state;
}

/** Asks the server for its version of the page, unless it was asked a moment ago. */
export async function checkVersion(): Promise<void> {
  if (performance.now() - askedAt < PAUSE_MS) return;
  askedAt = performance.now();
  await askVersion();
}

/**
 * Loads a part of the page. After an update of the server it may be gone, and without a network it
 * cannot come: then this waits until it is there, and `usePageState` says why.
 *
 * @throws what loading has thrown, if the part is there but does not work
 */
export async function loadPart<T>(load: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const part = await load();
      if (state === 'unreachable') set('current');
      return part;
    } catch (error) {
      const now = await askVersion();
      if (now === 'current' && attempt >= ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** Asks the server for its version of the page now. */
export async function askVersion(): Promise<PageState> {
  try {
    const response = await fetch(document.baseURI, {
      headers: { accept: 'text/html' },
      cache: 'no-store',
    });
    const theirs = ENTRY.exec(await response.text())?.[1];
    const own = document.querySelector('script[type=module]')?.getAttribute('src');
    // What is no page of ours is a proxy's word for a server that is down.
    if (theirs !== undefined) set(theirs === own ? 'current' : 'outdated');
    else if (state !== 'outdated') set('unreachable');
  } catch {
    // Once outdated it stays so: the network changes nothing in that.
    if (state !== 'outdated') set('unreachable');
  }
  return state;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function set(next: PageState): void {
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener();
}
