import { useSyncExternalStore } from 'react';

/** From this width on, something fits beside the reading column. */
const wide = matchMedia('(min-width: 64rem)');

/** True if the window is wide enough for a panel beside the text. */
export function useIsWide(): boolean {
  return useSyncExternalStore(
    (listener) => {
      wide.addEventListener('change', listener);
      return () => wide.removeEventListener('change', listener);
    },
    () => wide.matches,
  );
}
