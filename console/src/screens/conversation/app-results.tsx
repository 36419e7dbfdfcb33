import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import type { Conversation } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { MarkdownText } from '../../ui/markdown-text.tsx';

type Result = Conversation['apps_results'][number];

/** What apps have written about a conversation, each below the name of its app. */
export function AppResults({ results }: { results: readonly Result[] }) {
  return results.map((result, index) => <AppResult key={result.app_id ?? index} result={result} />);
}

function AppResult({ result: { app_id, content } }: { result: Result }) {
  const words = useStrings().summaries;
  const app = useQuery({
    queryKey: ['app', app_id],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/v1/apps/{app_id}', { params: { path: { app_id: app_id ?? '' } }, signal })),
    enabled: app_id !== null,
    staleTime: 10 * 60_000,
    retry: false,
  });
  // What another service has written, or an app that is gone, has no name.
  const unnamed = app_id === null ? words.imported : app.isError ? words.gone : '…';
  return (
    <section>
      <h2 className="mb-2 text-sm font-semibold text-soft">
        <bdi dir="auto">{app.data?.name ?? unnamed}</bdi>
      </h2>
      <MarkdownText text={content} />
    </section>
  );
}
