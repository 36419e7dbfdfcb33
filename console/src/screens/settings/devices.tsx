import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import type { Device } from '../../api/types.ts';
import { useLocale, useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';
import { Group } from '../../ui/page.tsx';
import { QrCode } from '../../ui/qr-code.tsx';
import { RevokeButton } from '../../ui/revoke-button.tsx';
import { Failed } from '../../ui/states.tsx';
import { exactTime } from '../../ui/time.ts';

/** What is signed in as the user; each can be revoked, and another device signed in by a link. */
export function Devices() {
  const words = useStrings().settings;
  const queries = useQueryClient();
  const key = ['devices'];
  const devices = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => dataOf(api.GET('/v1/auth/sessions', { signal })),
  });
  const revoke = useMutation({
    mutationFn: (id: string) =>
      dataOf(api.DELETE('/v1/auth/sessions/{id}', { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  });
  const link = useMutation({
    mutationFn: () => dataOf(api.POST('/v1/auth/sign-in-link')),
  });
  if (devices.isError) return <Failed error={devices.error} retry={() => void devices.refetch()} />;
  return (
    <div className="flex flex-col gap-3">
      <Group title={words.devices}>
        {devices.data?.map((device) => (
          <DeviceRow key={device.id} device={device} revoke={() => revoke.mutate(device.id)} />
        ))}
      </Group>
      {link.data ? (
        <div
          // The button that was pressed has gone: the focus goes on here.
          ref={(element) => element?.focus()}
          tabIndex={-1}
          className="flex flex-col gap-3 sm:flex-row"
        >
          <QrCode text={link.data.url} label={words.qrCode} />
          <p className="min-w-0 flex-1 text-sm text-soft">
            {words.link}{' '}
            <code className="font-mono text-xs break-all text-ink select-all">{link.data.url}</code>
          </p>
        </div>
      ) : (
        <Button className="self-start" onClick={() => link.mutate()}>
          {words.addDevice}
        </Button>
      )}
    </div>
  );
}

function DeviceRow({ device, revoke }: { device: Device; revoke: () => void }) {
  const words = useStrings().settings;
  const locale = useLocale();
  const used = device.last_used_at
    ? words.lastUsed(exactTime(new Date(device.last_used_at), locale))
    : words.neverUsed;
  return (
    <li className="flex items-center gap-3 py-2.5">
      <div className="min-w-0 flex-1">
        <p className="truncate">
          {device.name}
          {device.is_current && <span className="text-accent"> · {words.current}</span>}
        </p>
        <p className="text-sm text-faint">
          <span className="font-mono text-xs">{device.hint}</span> · {used}
        </p>
      </div>
      {!device.is_current && <RevokeButton name={device.name} revoke={revoke} />}
    </li>
  );
}
