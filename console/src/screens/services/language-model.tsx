import { useQuery } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import {
  type LanguageModel as Model,
  modelServersQuery,
  serverSettingsQuery,
  useSettingsChange,
} from '../../api/server-settings.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { Labelled } from '../../ui/labelled.tsx';
import { Group } from '../../ui/page.tsx';
import { Failed, Skeleton } from '../../ui/states.tsx';
import { KeyState } from './key-state.tsx';
import { FIELD, SaveProblem, SecretField } from './secret-field.tsx';

/** The language model of the server: a server on its machine by name, or an address and a key. */
export function LanguageModel() {
  const words = useStrings().services;
  const found = useQuery(serverSettingsQuery);
  if (found.isError) return <Failed error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton rows={2} />;
  const { language_model: model, encrypted } = found.data;
  return (
    <div className="flex flex-col gap-3">
      <Group title={words.model}>
        <ModelRow model={model} />
      </Group>
      {model.set_by !== 'environment' && (
        <>
          <ModelForm key={`${model.base_url} ${model.model}`} model={model} />
          {!encrypted && <p className="text-sm text-faint">{words.isPlain}</p>}
          <p className="text-sm text-faint">{words.search}</p>
        </>
      )}
    </div>
  );
}

function ModelRow({ model }: { model: Model }) {
  const words = useStrings().services;
  const check = useSettingsChange(() =>
    dataOf(api.POST('/v1/server/settings/language-model/check')),
  );
  const remove = useSettingsChange(() => dataOf(api.DELETE('/v1/server/settings/language-model')));
  const problem = check.error ?? remove.error;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-3">
      <p className="min-w-0 flex-1 break-words">{model.model_in_use ?? words.rules}</p>
      {model.set_by !== null && (
        <Button
          look="quiet"
          aria-label={words.checkAgainOf(words.model)}
          disabled={check.isPending}
          onClick={() => check.mutate()}
        >
          {check.isPending ? words.checking : words.checkAgain}
        </Button>
      )}
      {model.set_by === 'console' && (
        <ConfirmButton
          label={words.removeModel}
          question={words.removeModelQuestion}
          icon={<Trash2 size={17} aria-hidden />}
          confirm={() => remove.mutate()}
        />
      )}
      <div className="basis-full">
        {model.base_url && (
          <p className="font-mono text-xs break-all text-soft">{model.base_url}</p>
        )}
        <KeyState state={model} none={words.modelHint} />
      </div>
      {problem && (
        <p role="alert" className="basis-full text-sm text-loss">
          {problem.message}
        </p>
      )}
    </li>
  );
}

interface Wanted {
  address: string;
  key: string;
  name: string;
  unchecked: boolean;
}

function ModelForm({ model }: { model: Model }) {
  const words = useStrings().services;
  const isStored = model.set_by === 'console';
  const [draft, setDraft] = useState({
    address: isStored ? (model.base_url ?? '') : '',
    key: '',
    name: model.model ?? '',
  });
  const save = useSettingsChange(async ({ address, key, name, unchecked }: Wanted) => {
    const body = {
      unchecked,
      ...(address.trim() === '' ? {} : { base_url: address.trim() }),
      ...(key.trim() === '' ? {} : { api_key: key.trim() }),
      ...(name.trim() === '' ? {} : { model: name.trim() }),
    };
    const settings = await dataOf(api.PUT('/v1/server/settings/language-model', { body }));
    setDraft((before) => ({ ...before, key: '' }));
    return settings;
  });
  const change = (part: Partial<typeof draft>) => {
    setDraft((before) => ({ ...before, ...part }));
    save.reset();
  };
  const isEmpty = `${draft.address}${draft.key}`.trim() === '';
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ ...draft, unchecked: false });
      }}
    >
      <FoundServers
        inUse={model.base_url}
        isBusy={save.isPending}
        use={(address) => save.mutate({ address, key: '', name: '', unchecked: false })}
      />
      <Labelled label={words.address}>
        <input
          type="url"
          autoComplete="off"
          maxLength={2_000}
          placeholder={words.addressHint}
          value={draft.address}
          onChange={({ target }) => change({ address: target.value })}
          className={FIELD}
        />
      </Labelled>
      <Labelled label={words.key}>
        <SecretField
          label={words.keyOf(words.model)}
          placeholder={model.last_four === null ? '' : words.ends(model.last_four)}
          value={draft.key}
          change={(key) => change({ key })}
        />
      </Labelled>
      <Labelled label={words.modelName}>
        <input
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          placeholder={words.modelNameHint}
          value={draft.name}
          onChange={({ target }) => change({ name: target.value })}
          className={FIELD}
        />
      </Labelled>
      <Button type="submit" className="min-h-11 self-start" disabled={isEmpty || save.isPending}>
        {save.isPending ? words.checking : words.save}
      </Button>
      {save.isError && (
        <SaveProblem
          error={save.error}
          saveUnchecked={() =>
            save.variables && save.mutate({ ...save.variables, unchecked: true })
          }
        />
      )}
    </form>
  );
}

/** Model servers that answer on the server's machine, one press away. */
function FoundServers({
  inUse,
  isBusy,
  use,
}: {
  inUse: string | null;
  isBusy: boolean;
  use: (address: string) => void;
}) {
  const words = useStrings().services;
  const servers = useQuery(modelServersQuery).data?.servers ?? [];
  return servers
    .filter(({ base_url: address }) => address !== inUse)
    .map(({ name, base_url: address, models }) => (
      <div key={address} className="flex flex-wrap items-center gap-3 rounded-control bg-sunk p-3">
        <p className="min-w-0 flex-1">{words.found(name, models)}</p>
        <Button disabled={isBusy} onClick={() => use(address)}>
          {words.chooseFound(name)}
        </Button>
      </div>
    ));
}
