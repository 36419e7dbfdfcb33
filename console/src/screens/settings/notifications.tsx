import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import type { PushSettings } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { pushState, switchPushOff, switchPushOn } from '../../push/browser-push.ts';
import { Button } from '../../ui/button.tsx';
import { Group } from '../../ui/page.tsx';
import { Row, Switch } from './row.tsx';

const KINDS = ['conversation', 'daily_summary', 'task', 'app_message'] as const;

/** Notifications of this browser, and what the user wants to be told of on any. */
export function Notifications() {
  const words = useStrings().notifications;
  const queries = useQueryClient();
  const state = useQuery({ queryKey: ['push-state'], queryFn: pushState });
  const settings = useQuery({
    queryKey: ['push-settings'],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/push/settings', { signal })),
  });
  const turn = useMutation({
    mutationFn: () => (state.data === 'on' ? switchPushOff() : switchPushOn()),
    onSettled: () => queries.invalidateQueries({ queryKey: ['push-state'] }),
  });
  const change = useMutation({
    mutationFn: (changes: Partial<PushSettings>) =>
      dataOf(api.PATCH('/v1/push/settings', { body: changes })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['push-settings'] }),
  });
  const wanted = { ...settings.data, ...(change.isPending ? change.variables : {}) };
  const canTurn = state.data === 'on' || state.data === 'off';
  return (
    <Group title={words.title}>
      <Row label={words.here} hint={state.data ? words.states[state.data] : ''}>
        {canTurn && (
          <Button disabled={turn.isPending} onClick={() => turn.mutate()}>
            {state.data === 'on' ? words.turnOff : words.turnOn}
          </Button>
        )}
      </Row>
      {turn.isError && (
        <li role="alert" className="py-3 text-sm text-amber">
          {words.failed} {turn.error.message}
        </li>
      )}
      {KINDS.map((kind) => (
        <Row key={kind} label={words.kinds[kind]}>
          <Switch
            label={words.kinds[kind]}
            isOn={wanted[kind] ?? true}
            disabled={settings.isPending}
            turn={(value) => change.mutate({ [kind]: value })}
          />
        </Row>
      ))}
    </Group>
  );
}
