import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import type { ApiKey } from '../../api/types.ts';
import { useLocale, useStrings } from '../../i18n/strings.ts';
import { LineForm } from '../../ui/line-form.tsx';
import { Group } from '../../ui/page.tsx';
import { RevokeButton } from '../../ui/revoke-button.tsx';
import { Secret } from '../../ui/secret.tsx';
import { Failed } from '../../ui/states.tsx';
import { exactTime } from '../../ui/time.ts';

/** Keys of the developer API or of MCP: what each may do, when it was used, and a new one. */
export function ApiKeys({ kind }: { kind: 'dev' | 'mcp' }) {
  const words = useStrings().apps;
  const queries = useQueryClient();
  const key = ['api-keys', kind];
  const found = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => dataOf(api.GET(`/v1/${kind}/keys`, { signal })),
  });
  const refresh = () => queries.invalidateQueries({ queryKey: key });
  const make = useMutation({
    mutationFn: (name: string) => dataOf(api.POST(`/v1/${kind}/keys`, { body: { name } })),
    onSettled: refresh,
  });
  const revoke = useMutation({
    mutationFn: (id: string) =>
      dataOf(api.DELETE(`/v1/${kind}/keys/{key_id}`, { params: { path: { key_id: id } } })),
    onSettled: refresh,
  });
  if (found.isError) return <Failed error={found.error} retry={() => void found.refetch()} />;
  return (
    <div className="flex flex-col gap-3">
      <Group title={words.keys[kind]}>
        {found.data?.map((one) => (
          <KeyRow key={one.id} apiKey={one} revoke={() => revoke.mutate(one.id)} />
        ))}
        <li className="py-3">
          <LineForm label={words.newKeyFor[kind]} add={(name) => make.mutate(name)} />
        </li>
      </Group>
      {make.data && <Secret text={make.data.key} />}
      {make.isError && (
        <p role="alert" className="text-sm text-loss">
          {make.error.message}
        </p>
      )}
    </div>
  );
}

function KeyRow({ apiKey, revoke }: { apiKey: ApiKey; revoke: () => void }) {
  const { settings } = useStrings();
  const locale = useLocale();
  const used = apiKey.last_used_at
    ? settings.lastUsed(exactTime(new Date(apiKey.last_used_at), locale))
    : settings.neverUsed;
  return (
    <li className="flex items-center gap-3 py-2.5">
      <div className="min-w-0 flex-1">
        <p dir="auto" className="truncate">
          {apiKey.name}
        </p>
        <p className="text-sm text-faint">
          <span className="font-mono text-xs">{apiKey.key_prefix}</span> · {used}
        </p>
        <p className="text-xs text-faint">{apiKey.scopes.join(', ')}</p>
      </div>
      <RevokeButton name={apiKey.name} revoke={revoke} />
    </li>
  );
}
