import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { APPS_KEY } from '../../api/queries.ts';
import type { App } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';
import { Group, Page } from '../../ui/page.tsx';
import { Empty, Failed, Skeleton } from '../../ui/states.tsx';
import { Row, Switch } from '../settings/row.tsx';
import { AppForm } from './app-form.tsx';
import { Connections, McpAddress } from './connections.tsx';
import { ApiKeys } from './keys.tsx';
import { OwnApp } from './own-app.tsx';
import { WebhookList } from './webhook-list.tsx';

/** What works with the user's words: apps, webhooks, keys, and programs that were let in. */
export function Apps() {
  const words = useStrings().apps;
  const [isMaking, setIsMaking] = useState(false);
  return (
    <Page title={words.title} intro={words.intro}>
      <AppList />
      {isMaking ? (
        <AppForm done={() => setIsMaking(false)} />
      ) : (
        <Button className="self-start" onClick={() => setIsMaking(true)}>
          {words.create}
        </Button>
      )}
      <WebhookList />
      <ApiKeys kind="dev" />
      <ApiKeys kind="mcp" />
      <McpAddress />
      <Connections />
    </Page>
  );
}

function AppList() {
  const words = useStrings().apps;
  const queries = useQueryClient();
  const found = useQuery({
    queryKey: APPS_KEY,
    queryFn: ({ signal }) =>
      dataOf(api.GET('/v1/apps', { params: { query: { include_reviews: false } }, signal })),
  });
  const profile = queries.getQueryData<{ uid: string }>(['profile']);
  const turn = useMutation({
    mutationFn: ({ id, isOn }: { id: string; isOn: boolean }) => {
      const params = { query: { app_id: id } };
      return dataOf(api.POST(isOn ? '/v1/apps/enable' : '/v1/apps/disable', { params }));
    },
    onSettled: () => queries.invalidateQueries({ queryKey: APPS_KEY }),
  });
  if (found.isPending) return <Skeleton />;
  if (found.isError) return <Failed error={found.error} retry={() => void found.refetch()} />;
  if (found.data.length === 0) return <Empty>{words.empty}</Empty>;
  const own = found.data.filter(({ uid }) => uid !== null && uid === profile?.uid);
  const others = found.data.filter((app) => !own.includes(app));
  const row = (app: App) => (
    <Row key={app.id} label={app.name} hint={app.description}>
      <Switch
        label={words.use(app.name)}
        isOn={turn.variables?.id === app.id && turn.isPending ? turn.variables.isOn : app.enabled}
        disabled={turn.isPending}
        turn={(isOn) => turn.mutate({ id: app.id, isOn })}
      />
      {own.includes(app) && <OwnApp app={app} />}
    </Row>
  );
  return (
    <>
      {turn.isError && (
        <p role="alert" className="text-sm text-amber">
          {turn.error.message}
        </p>
      )}
      {own.length > 0 && <Group title={words.own}>{own.map(row)}</Group>}
      {others.length > 0 && <Group title={words.store}>{others.map(row)}</Group>}
    </>
  );
}
