import { useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import {
  AudioLines,
  Blocks,
  BookOpenText,
  CalendarDays,
  Ellipsis,
  ListChecks,
  MessagesSquare,
  Mic,
  NotebookPen,
  Search,
  Settings,
  Square,
  Users,
} from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { type ComponentType, useEffect } from 'react';
import { followChanges } from '../api/changes.ts';
import { askToRecord, useIsRecording } from '../capture/recording-state.ts';
import type { Strings } from '../i18n/en.ts';
import { useStrings } from '../i18n/strings.ts';
import { Shortcuts } from '../keyboard/shortcuts.tsx';
import { PassageProvider } from '../screens/conversation/passage-context.tsx';
import { UndoBar } from '../ui/undo.tsx';
import { NewVersion } from './version-notes.tsx';

interface Place {
  to: string;
  name: keyof Strings['nav'];
  icon: ComponentType<{ size?: number; strokeWidth?: number; 'aria-hidden'?: boolean }>;
}

const PLACES: Place[] = [
  { to: '/live', name: 'live', icon: AudioLines },
  { to: '/timeline', name: 'timeline', icon: BookOpenText },
  { to: '/ask', name: 'ask', icon: MessagesSquare },
  { to: '/search', name: 'search', icon: Search },
  { to: '/tasks', name: 'tasks', icon: ListChecks },
  { to: '/calendar', name: 'calendar', icon: CalendarDays },
  { to: '/memories', name: 'memories', icon: NotebookPen },
  { to: '/people', name: 'people', icon: Users },
  { to: '/apps', name: 'apps', icon: Blocks },
  { to: '/settings', name: 'settings', icon: Settings },
];
/** What the bar of a phone shows; the rest is behind "More". */
const ON_PHONE = 3;

/** The frame of every screen: a rail on wide screens, a bar at the bottom of narrow ones. */
export function Shell() {
  const { nav } = useStrings();
  const queries = useQueryClient();
  useEffect(() => followChanges(queries), [queries]);
  return (
    <div className="flex h-dvh flex-col md:flex-row">
      <button
        type="button"
        onClick={() => document.querySelector<HTMLElement>('#content')?.focus()}
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-raised focus:p-3"
      >
        {nav.skip}
      </button>
      <nav
        aria-label={nav.main}
        className="hidden shrink-0 flex-col gap-0.5 border-r border-line px-2 py-4 md:flex md:w-16 xl:w-48"
      >
        <RailRecord />
        {PLACES.map((place) => (
          <RailLink key={place.to} place={place} />
        ))}
      </nav>
      <PassageProvider>
        <main
          id="content"
          tabIndex={-1}
          className="flex min-h-0 min-w-0 flex-1 flex-col outline-none"
        >
          <NewVersion />
          <div className="min-h-0 flex-1">
            <Outlet />
          </div>
        </main>
      </PassageProvider>
      <UndoBar />
      <Shortcuts />
      <PhoneBar />
    </div>
  );
}

/** Begins a recording from every screen, and says while one runs; the screen that records has its own button. */
function RailRecord() {
  const { live } = useStrings();
  const navigate = useNavigate();
  const isRecording = useIsRecording();
  const isLive = useRouterState({ select: (state) => state.location.pathname.endsWith('/live') });
  const label = isRecording ? live.recording : live.record;
  const Icon = isRecording ? Square : Mic;
  return (
    <button
      type="button"
      title={label}
      onClick={() => {
        if (!isRecording) askToRecord();
        void navigate({ to: '/live' });
      }}
      className={`mb-3 h-11 items-center justify-center gap-2.5 text-sm font-semibold ${isLive ? 'hidden' : 'flex'} ${
        isRecording ? 'rounded-2xl bg-ink text-paper' : 'rounded-full bg-accent text-accent-ink'
      }`}
    >
      <Icon size={17} className={isRecording ? 'fill-current' : ''} aria-hidden />
      <span className="sr-only xl:not-sr-only">{label}</span>
    </button>
  );
}

function RailLink({ place }: { place: Place }) {
  const { nav } = useStrings();
  const Icon = place.icon;
  return (
    <Link
      to={place.to}
      title={nav[place.name]}
      className="flex h-10 items-center gap-3 rounded-control px-3 text-sm font-medium text-soft hover:bg-sunk hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent"
    >
      <Icon size={19} strokeWidth={1.8} aria-hidden />
      <span className="sr-only xl:not-sr-only">{nav[place.name]}</span>
    </Link>
  );
}

function PhoneBar() {
  const { nav, live } = useStrings();
  const isRecording = useIsRecording();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const rest = PLACES.slice(ON_PHONE);
  const isRest = rest.some(({ to }) => path.startsWith(to));
  const look =
    'flex min-h-14 flex-1 flex-col items-center justify-center gap-0.5 text-xs font-medium text-soft aria-[current=page]:text-accent';
  return (
    <nav
      aria-label={nav.main}
      className="flex shrink-0 border-t border-line bg-paper pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {PLACES.slice(0, ON_PHONE).map(({ to, name, icon: Icon }) => (
        <Link key={to} to={to} className={look}>
          {isRecording && to === '/live' ? (
            <>
              <Square size={20} className="fill-current" aria-hidden />
              {live.recording}
            </>
          ) : (
            <>
              <Icon size={22} strokeWidth={1.8} aria-hidden />
              {nav[name]}
            </>
          )}
        </Link>
      ))}
      <DropdownMenu.Root>
        <DropdownMenu.Trigger className={look} aria-current={isRest ? 'page' : undefined}>
          <Ellipsis size={22} strokeWidth={1.8} aria-hidden />
          {nav.more}
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content
            side="top"
            align="end"
            sideOffset={8}
            className="z-40 min-w-52 rounded-control border border-line bg-raised p-1"
          >
            {rest.map(({ to, name, icon: Icon }) => (
              <DropdownMenu.Item key={to} asChild>
                <Link
                  to={to}
                  className="flex min-h-11 items-center gap-3 rounded px-3 text-base outline-none data-[highlighted]:bg-sunk"
                >
                  <Icon size={19} strokeWidth={1.8} aria-hidden />
                  {nav[name]}
                </Link>
              </DropdownMenu.Item>
            ))}
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
    </nav>
  );
}
