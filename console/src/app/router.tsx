import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { ApiError } from '../api/client.ts';
import { loadPart, pageState } from '../api/console-version.ts';
import { conversationQuery, profileQuery, type TimelineFilter } from '../api/queries.ts';
import { SEARCH_KINDS, type SearchFilter } from '../api/search.ts';
import { isRecordingHere } from '../capture/recording-state.ts';
import { CATEGORIES, SOURCES } from '../i18n/en-traits.ts';
import { VIEWS, type View } from '../screens/calendar/days.ts';
import { NotFound } from './not-found.tsx';
import { PendingScreen } from './version-notes.tsx';

interface RouterContext {
  queries: QueryClient;
}

/** The chat, and the conversation, folder or person that questions are about. */
type AskSearch = { [name in 'chat' | 'about' | 'folder' | 'person']?: string | undefined };

const root = createRootRouteWithContext<RouterContext>()({ notFoundComponent: NotFound });

const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  validateSearch: (
    search: Record<string, unknown>,
  ): { next?: string | undefined; problem?: string | undefined } => ({
    next: textOf(search.next),
    problem: textOf(search.problem),
  }),
  component: screenOf(() => import('../screens/sign-in/sign-in.tsx'), 'SignIn'),
});

/** Everything behind sign-in. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  component: screenOf(() => import('./shell.tsx'), 'Shell'),
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queries.ensureQueryData(profileQuery);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        throw redirect({ to: '/welcome', search: { next: location.href } });
      }
      throw error;
    }
  },
});

const home = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/live' });
  },
});

const live = createRoute({
  getParentRoute: () => signedIn,
  path: '/live',
  component: screenOf(() => import('../screens/live/live.tsx'), 'Live'),
});

const timeline = createRoute({
  getParentRoute: () => signedIn,
  path: '/timeline',
  validateSearch: (search: Record<string, unknown>): TimelineFilter => ({
    q: textOf(search.q),
    from: textOf(search.from),
    to: textOf(search.to),
    starred: search.starred === true ? true : undefined,
    folder: textOf(search.folder),
    person: textOf(search.person),
    category: CATEGORIES.find((category) => category === search.category),
    source: SOURCES.find((source) => source === search.source),
    tasks: search.tasks === true ? true : undefined,
    discarded: search.discarded === true ? true : undefined,
  }),
  component: screenOf(() => import('../screens/timeline/timeline.tsx'), 'Timeline'),
});

const conversation = createRoute({
  getParentRoute: () => timeline,
  path: '$id',
  validateSearch: (search: Record<string, unknown>): { segment?: string | undefined } => ({
    segment: textOf(search.segment),
  }),
  loader: ({ context, params }) => context.queries.prefetchQuery(conversationQuery(params.id)),
  component: screenOf(
    () => import('../screens/conversation/conversation.tsx'),
    'ConversationScreen',
  ),
});

const ask = createRoute({
  getParentRoute: () => signedIn,
  path: '/ask',
  validateSearch: (given: Record<string, unknown>): AskSearch => ({
    chat: textOf(given.chat),
    about: textOf(given.about),
    folder: textOf(given.folder),
    person: textOf(given.person),
  }),
  component: screenOf(() => import('../screens/ask/ask.tsx'), 'Ask'),
});

const search = createRoute({
  getParentRoute: () => signedIn,
  path: '/search',
  validateSearch: (given: Record<string, unknown>): SearchFilter => ({
    q: textOf(given.q),
    kind: SEARCH_KINDS.find((kind) => kind === given.kind),
    from: textOf(given.from),
    to: textOf(given.to),
  }),
  component: screenOf(() => import('../screens/search/search.tsx'), 'Search'),
});

const tasks = createRoute({
  getParentRoute: () => signedIn,
  path: '/tasks',
  component: screenOf(() => import('../screens/tasks/tasks.tsx'), 'Tasks'),
});

const calendar = createRoute({
  getParentRoute: () => signedIn,
  path: '/calendar',
  validateSearch: (
    search: Record<string, unknown>,
  ): { view?: View | undefined; day?: string | undefined } => ({
    view: VIEWS.find((view) => view === search.view),
    day: textOf(search.day),
  }),
  component: screenOf(() => import('../screens/calendar/calendar.tsx'), 'Calendar'),
});

const memories = createRoute({
  getParentRoute: () => signedIn,
  path: '/memories',
  component: screenOf(() => import('../screens/memories/memories.tsx'), 'Memories'),
});

const people = createRoute({
  getParentRoute: () => signedIn,
  path: '/people',
  component: screenOf(() => import('../screens/people/people.tsx'), 'People'),
});

const upload = createRoute({
  getParentRoute: () => signedIn,
  path: '/upload',
  component: screenOf(() => import('../screens/upload/upload.tsx'), 'UploadScreen'),
});

const apps = createRoute({
  getParentRoute: () => signedIn,
  path: '/apps',
  component: screenOf(() => import('../screens/apps/apps.tsx'), 'Apps'),
});

const firstRun = createRoute({
  getParentRoute: () => signedIn,
  path: '/first-run',
  component: screenOf(() => import('../screens/first-run/first-run.tsx'), 'FirstRun'),
});

const settings = createRoute({
  getParentRoute: () => signedIn,
  path: '/settings',
  component: screenOf(() => import('../screens/settings/settings.tsx'), 'Settings'),
});

/** A screen that is loaded when it is first shown. */
function screenOf<T extends Record<string, unknown>, K extends keyof T & string>(
  load: () => Promise<T>,
  name: K,
) {
  return lazyRouteComponent(() => loadPart(load), name);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const routeTree = root.addChildren([
  welcome,
  signedIn.addChildren([
    home,
    live,
    timeline.addChildren([conversation]),
    ask,
    search,
    tasks,
    calendar,
    memories,
    people,
    upload,
    apps,
    firstRun,
    settings,
  ]),
]);

/** The console's addresses, below the path of the page's `<base>`. */
export function makeRouter(queries: QueryClient) {
  const router = createRouter({
    routeTree,
    basepath: new URL(document.baseURI).pathname,
    context: { queries },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    defaultPendingComponent: PendingScreen,
    defaultPendingMs: 300,
  });
  router.subscribe('onBeforeNavigate', ({ pathChanged, toLocation }) => {
    // Who leaves a screen anyway comes to the new version of the next one.
    if (!pathChanged || pageState() !== 'outdated' || isRecordingHere()) return;
    location.assign(router.history.createHref(toLocation.publicHref));
  });
  return router;
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
