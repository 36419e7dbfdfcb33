import { useRouterState } from '@tanstack/react-router';
import {
  createContext,
  lazy,
  type ReactNode,
  Suspense,
  useContext,
  useEffect,
  useRef,
  useState,
} from 'react';
import { loadPart } from '../../api/console-version.ts';
import type { PassagePlace } from './passage.tsx';

const PassagePanel = lazy(async () => ({
  default: (await loadPart(() => import('./passage-panel.tsx'))).PassagePanel,
}));

const ShowPassage = createContext<(place: PassagePlace) => void>(() => undefined);

/** Shows words of a conversation beside whatever screen refers to them; going elsewhere closes them. */
export function PassageProvider({ children }: { children: ReactNode }) {
  const [place, setPlace] = useState<PassagePlace | null>(null);
  const [wasOpen, setWasOpen] = useState(false);
  const path = useRouterState({ select: (state) => state.location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another address closes it
  useEffect(() => setPlace(null), [path]);
  const opener = useRef<Element | null>(null);
  const show = (next: PassagePlace) => {
    opener.current = document.activeElement;
    setWasOpen(true);
    setPlace(next);
  };
  const close = () => {
    setPlace(null);
    // The keyboard goes on where the words were asked for, once the panel is gone.
    setTimeout(() => {
      if (opener.current instanceof HTMLElement) opener.current.focus();
    });
  };
  return (
    <ShowPassage value={show}>
      {children}
      {wasOpen && (
        <Suspense>
          <PassagePanel place={place} close={close} />
        </Suspense>
      )}
    </ShowPassage>
  );
}

/** Returns what shows the words that something refers to. */
export function useShowPassage(): (place: PassagePlace) => void {
  return useContext(ShowPassage);
}
