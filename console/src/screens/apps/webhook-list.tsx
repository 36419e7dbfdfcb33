import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import type { Webhook } from '../../api/types.ts';
import { useLocale, useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';
import { Group } from '../../ui/page.tsx';
import { Failed } from '../../ui/states.tsx';
import { exactTime } from '../../ui/time.ts';
import { Switch } from '../settings/row.tsx';

const KEY = ['webhooks'];
const TYPES = ['memory_created', 'realtime_transcript', 'audio_bytes', 'day_summary'] as const;

/** Addresses that are told of what happens, with what was sent to each. */
export function WebhookList() {
  const words = useStrings().apps;
  const queries = useQueryClient();
  const found = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => dataOf(api.GET('/v1/webhooks', { signal })),
  });
  const [type, setType] = useState<(typeof TYPES)[number]>('memory_created');
  const add = useMutation({
    mutationFn: (url: string) =>
      dataOf(
        api.POST('/v1/users/developer/webhook/{type}', {
          params: { path: { type } },
          body: { url },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  });
  if (found.isError) return <Failed error={found.error} retry={() => void found.refetch()} />;
  return (
    <div className="flex flex-col gap-3">
      <Group title={words.webhooks}>
        {found.data?.map((webhook) => (
          <WebhookRow key={webhook.id} webhook={webhook} />
        ))}
        <li className="py-3">
          <form
            className="flex flex-wrap gap-2"
            onSubmit={(event) => {
              event.preventDefault();
              const url = String(new FormData(event.currentTarget).get('url')).trim();
              if (url) add.mutate(url);
            }}
          >
            <select
              aria-label={words.event}
              value={type}
              onChange={({ target }) =>
                setType(TYPES.find((known) => known === target.value) ?? 'memory_created')
              }
              className="min-h-10 rounded-control border border-line bg-raised px-2 text-sm"
            >
              {TYPES.map((id) => (
                <option key={id} value={id}>
                  {words.events[id]}
                </option>
              ))}
            </select>
            <input
              name="url"
              type="url"
              required
              maxLength={2_000}
              placeholder="https://"
              aria-label={words.address}
              className="min-h-10 min-w-48 flex-1 rounded-control border border-line bg-raised px-3 text-sm placeholder:text-faint"
            />
            <Button type="submit" disabled={add.isPending}>
              {words.addWebhook}
            </Button>
          </form>
          {add.isError && (
            <p role="alert" className="mt-2 text-sm text-loss">
              {add.error.message}
            </p>
          )}
        </li>
      </Group>
    </div>
  );
}

function WebhookRow({ webhook }: { webhook: Webhook }) {
  const words = useStrings().apps;
  const queries = useQueryClient();
  const [showsLog, setShowsLog] = useState(false);
  const params = { path: { webhook_id: webhook.id } };
  const refresh = () => queries.invalidateQueries({ queryKey: KEY });
  const turn = useMutation({
    mutationFn: (isOn: boolean) =>
      dataOf(
        isOn
          ? api.POST('/v1/webhooks/{webhook_id}/enable', { params })
          : api.POST('/v1/webhooks/{webhook_id}/disable', { params }),
      ),
    onSettled: refresh,
  });
  const test = useMutation({
    mutationFn: () => dataOf(api.POST('/v1/webhooks/{webhook_id}/test', { params })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['deliveries', webhook.id] }),
  });
  const name = webhook.app_name ?? webhook.url ?? webhook.kind;
  return (
    <li className="flex flex-col gap-2 py-3">
      <div className="flex items-center gap-3">
        <div className="min-w-0 flex-1">
          <p className="truncate">{name}</p>
          <p className="text-sm text-faint">
            {webhook.kind}
            {webhook.disabled_reason && ` · ${webhook.disabled_reason}`}
            {test.data && ` · ${words.tested(String(test.data.status ?? test.data.error ?? ''))}`}
          </p>
        </div>
        <Button look="quiet" disabled={test.isPending} onClick={() => test.mutate()}>
          {words.test}
        </Button>
        <Button look="quiet" aria-expanded={showsLog} onClick={() => setShowsLog(!showsLog)}>
          {words.log}
        </Button>
        <Switch
          label={words.use(name)}
          isOn={turn.isPending ? turn.variables : webhook.enabled}
          disabled={turn.isPending}
          turn={(isOn) => turn.mutate(isOn)}
        />
      </div>
      {showsLog && <DeliveryLog id={webhook.id} />}
    </li>
  );
}

/** What was sent, newest first, each with its last answer. */
function DeliveryLog({ id }: { id: string }) {
  const words = useStrings().apps;
  const locale = useLocale();
  const queries = useQueryClient();
  const key = ['deliveries', id];
  const found = useQuery({
    queryKey: key,
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/v1/webhooks/{webhook_id}/deliveries', {
          params: { path: { webhook_id: id } },
          signal,
        }),
      ),
  });
  const again = useMutation({
    mutationFn: (delivery: string) =>
      dataOf(
        api.POST('/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver', {
          params: { path: { webhook_id: id, delivery_id: delivery } },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  });
  if (found.isError) return <Failed error={found.error} retry={() => void found.refetch()} />;
  if (found.data?.length === 0) return <p className="text-sm text-faint">{words.nothingSent}</p>;
  return (
    <ul className="flex flex-col gap-1 border-s-2 border-line ps-3 text-sm">
      {found.data?.map((delivery) => {
        const last = delivery.attempts.at(-1);
        return (
          <li key={delivery.id} className="flex items-center gap-3">
            <span className="tabular min-w-0 flex-1 truncate text-soft">
              {exactTime(new Date(delivery.created_at), locale)}
            </span>
            <span className={delivery.state === 'failed' ? 'text-amber' : 'text-soft'}>
              {words.states[delivery.state] ?? delivery.state}
              {last && ` · ${last.status ?? last.error ?? ''}`}
            </span>
            <Button look="quiet" onClick={() => again.mutate(delivery.id)}>
              {words.redeliver}
            </Button>
          </li>
        );
      })}
    </ul>
  );
}
