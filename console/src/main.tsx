import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError, whenSignedOut } from './api/client.ts';
import { makeRouter } from './app/router.tsx';
import { startTheme } from './app/theme.ts';
import { initialLanguage, LanguageContext, loadCatalogue } from './i18n/strings.ts';
import './ui/theme.css';

startTheme();
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // What the server has refused it refuses again; what did not reach it may.
      retry: (count, error) =>
        count < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
  },
});
const router = makeRouter(queries);
whenSignedOut(() => {
  queries.removeQueries({ queryKey: ['profile'] });
  void router.navigate({ to: '/welcome', search: { next: router.state.location.href } });
});

const language = initialLanguage();
document.documentElement.lang = language;
const catalogue = await loadCatalogue(language);
const element = document.getElementById('root');
if (!element) throw new Error('The page has no #root.');
createRoot(element).render(
  <StrictMode>
    <LanguageContext value={catalogue}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </LanguageContext>
  </StrictMode>,
);
