import { useQuery } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import {
  type SpeechKey,
  serverSettingsQuery,
  useSettingsChange,
} from '../../api/server-settings.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { Group } from '../../ui/page.tsx';
import { Failed, Skeleton } from '../../ui/states.tsx';
import { KeyState } from './key-state.tsx';
import { SaveProblem, SecretField } from './secret-field.tsx';

/** The keys of speech vendors, each checked before it is stored. For the owner of the server. */
export function SpeechKeys() {
  const words = useStrings().services;
  const found = useQuery(serverSettingsQuery);
  if (found.isError) return <Failed error={found.error} retry={() => void found.refetch()} />;
  const settings = found.data;
  if (!settings) return <Skeleton rows={3} />;
  return (
    <div className="flex flex-col gap-2">
      <Group title={words.keys}>
        {settings.speech_keys.map((key) => (
          <KeyRow key={key.vendor} state={key} isPrivate={settings.private} />
        ))}
      </Group>
      {settings.private && <p className="text-sm text-faint">{words.isPrivate}</p>}
      {!settings.private && !settings.encrypted && (
        <p className="text-sm text-faint">{words.isPlain}</p>
      )}
    </div>
  );
}

function KeyRow({ state, isPrivate }: { state: SpeechKey; isPrivate: boolean }) {
  const words = useStrings().services;
  const { vendor: provider, title, set_by: setBy } = state;
  const params = { path: { provider } };
  const [key, setKey] = useState('');
  const save = useSettingsChange(async (unchecked: boolean) => {
    const body = { key: key.trim(), unchecked };
    const settings = await dataOf(api.PUT('/v1/server/settings/keys/{provider}', { params, body }));
    setKey('');
    return settings;
  });
  const remove = useSettingsChange(() =>
    dataOf(api.DELETE('/v1/server/settings/keys/{provider}', { params })),
  );
  const check = useSettingsChange(() =>
    dataOf(api.POST('/v1/server/settings/keys/{provider}/check', { params })),
  );
  const problem = remove.error ?? check.error;
  return (
    <li className="flex flex-col gap-1.5 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <p className="min-w-0 flex-1">{title}</p>
        {setBy !== null && !isPrivate && (
          <Button
            look="quiet"
            aria-label={words.checkAgainOf(title)}
            disabled={check.isPending}
            onClick={() => check.mutate()}
          >
            {check.isPending ? words.checking : words.checkAgain}
          </Button>
        )}
        {setBy === 'console' && (
          <ConfirmButton
            label={words.remove(title)}
            question={words.removeQuestion}
            icon={<Trash2 size={17} aria-hidden />}
            confirm={() => remove.mutate()}
          />
        )}
      </div>
      <div>
        <KeyState state={state} none={words.noKey} />
      </div>
      {setBy !== 'environment' && !isPrivate && (
        <form
          className="flex gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            if (key.trim() !== '') save.mutate(false);
          }}
        >
          <SecretField
            label={words.keyOf(title)}
            placeholder={words.keyOf(title)}
            value={key}
            change={(value) => {
              setKey(value);
              save.reset();
            }}
          />
          <Button
            type="submit"
            className="min-h-11 shrink-0"
            disabled={key.trim() === '' || save.isPending}
          >
            {save.isPending ? words.checking : words.save}
          </Button>
        </form>
      )}
      {save.isError && <SaveProblem error={save.error} saveUnchecked={() => save.mutate(true)} />}
      {problem && (
        <p role="alert" className="text-sm text-loss">
          {problem.message}
        </p>
      )}
    </li>
  );
}
