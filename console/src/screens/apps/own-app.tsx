import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { KeyRound, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { APPS_KEY } from '../../api/queries.ts';
import type { App } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { focusNeighbour } from '../../ui/focus.ts';
import { Secret } from '../../ui/secret.tsx';

/** What only the author of an app can do: its keys, and deleting it. */
export function OwnApp({ app }: { app: App }) {
  const { apps: words, state } = useStrings();
  const queries = useQueryClient();
  const [showsKeys, setShowsKeys] = useState(false);
  const refresh = () => queries.invalidateQueries({ queryKey: APPS_KEY });
  const remove = useMutation({
    mutationFn: () =>
      dataOf(api.DELETE('/v1/apps/{app_id}', { params: { path: { app_id: app.id } } })),
    onSettled: refresh,
  });
  return (
    <>
      <IconButton
        label={words.keysOf(app.name)}
        aria-expanded={showsKeys}
        onClick={() => setShowsKeys(!showsKeys)}
      >
        <KeyRound size={16} aria-hidden />
      </IconButton>
      <ConfirmButton
        label={`${state.delete}: ${app.name}`}
        question={state.deleteForGood}
        icon={<Trash2 size={16} aria-hidden />}
        confirm={(button) => {
          focusNeighbour(button);
          remove.mutate();
        }}
      />
      {showsKeys && <KeysOfApp appId={app.id} />}
    </>
  );
}

function KeysOfApp({ appId }: { appId: string }) {
  const { apps: words, state } = useStrings();
  const queries = useQueryClient();
  const key = ['app-keys', appId];
  const keys = useQuery({
    queryKey: key,
    queryFn: ({ signal }) =>
      dataOf(api.GET('/v1/apps/{app_id}/keys', { params: { path: { app_id: appId } }, signal })),
  });
  const refresh = () => queries.invalidateQueries({ queryKey: key });
  const make = useMutation({
    mutationFn: () =>
      dataOf(api.POST('/v1/apps/{app_id}/keys', { params: { path: { app_id: appId } } })),
    onSettled: refresh,
  });
  const revoke = useMutation({
    mutationFn: (id: string) =>
      dataOf(
        api.DELETE('/v1/apps/{app_id}/keys/{key_id}', {
          params: { path: { app_id: appId, key_id: id } },
        }),
      ),
    onSettled: refresh,
  });
  return (
    <div className="flex w-full basis-full flex-col gap-2 ps-4">
      {make.data && <Secret text={make.data.secret} />}
      {keys.data?.map(({ id, label }) => (
        <p key={id} className="flex items-center gap-2 text-sm">
          <span className="min-w-0 flex-1 truncate font-mono text-xs">{label}</span>
          <Button look="loss" onClick={() => revoke.mutate(id)}>
            {state.delete}
          </Button>
        </p>
      ))}
      <Button className="self-start" onClick={() => make.mutate()}>
        {words.newKey}
      </Button>
    </div>
  );
}
