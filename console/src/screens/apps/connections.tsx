import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, apiUrl, dataOf } from '../../api/client.ts';
import { useLocale, useStrings } from '../../i18n/strings.ts';
import { Group } from '../../ui/page.tsx';
import { RevokeButton } from '../../ui/revoke-button.tsx';
import { CopyText } from '../../ui/secret.tsx';
import { exactTime } from '../../ui/time.ts';

/** Where assistants reach this server, and the commands that add it to two of them. */
export function McpAddress() {
  const words = useStrings().apps;
  const address = apiUrl('/mcp');
  return (
    <section className="flex flex-col gap-2">
      <h2 className="text-sm font-semibold text-soft">{words.mcp}</h2>
      <p className="text-sm text-soft">{words.mcpHint}</p>
      <CopyText text={address} />
      <CopyText text={`claude mcp add --transport http omi ${address}`} />
      <CopyText text={JSON.stringify({ mcpServers: { omi: { url: address } } })} />
    </section>
  );
}

/** Programs that the user has let in by a consent page. */
export function Connections() {
  const { apps: words, settings } = useStrings();
  const locale = useLocale();
  const queries = useQueryClient();
  const key = ['connections'];
  const found = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => dataOf(api.GET('/v1/mcp/connections', { signal })),
  });
  const end = useMutation({
    mutationFn: (id: string) =>
      dataOf(
        api.DELETE('/v1/mcp/connections/{connection_id}', {
          params: { path: { connection_id: id } },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  });
  if (!found.data || found.data.length === 0) return null;
  return (
    <Group title={words.connections}>
      {found.data.map((one) => (
        <li key={one.id} className="flex items-center gap-3 py-2.5">
          <div className="min-w-0 flex-1">
            <p dir="auto" className="truncate">
              {one.name}
            </p>
            <p className="text-sm text-faint">
              {settings.lastUsed(exactTime(new Date(one.last_used_at), locale))}
            </p>
          </div>
          <RevokeButton name={one.name} revoke={() => end.mutate(one.id)} />
        </li>
      ))}
    </Group>
  );
}
