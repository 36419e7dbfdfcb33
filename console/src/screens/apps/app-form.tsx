import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, asForm, dataOf } from '../../api/client.ts';
import { APPS_KEY } from '../../api/queries.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';
import { Labelled } from '../../ui/labelled.tsx';

const KINDS = ['memories', 'chat', 'external_integration'] as const;
type Kind = (typeof KINDS)[number];
const FIELD = 'w-full rounded-control border border-line-strong bg-raised px-3 py-2 text-base';

/** What a new app is, as `POST /v1/apps` reads it: private, with one ability. */
function appData(form: FormData, kind: Kind): Record<string, unknown> {
  const textOf = (name: string) => String(form.get(name) ?? '').trim();
  return {
    name: textOf('name'),
    description: textOf('description'),
    category: 'other',
    private: true,
    capabilities: [kind],
    ...(kind === 'memories' ? { memory_prompt: textOf('prompt') } : {}),
    ...(kind === 'chat' ? { chat_prompt: textOf('prompt') } : {}),
    ...(kind === 'external_integration'
      ? {
          external_integration: {
            triggers_on: 'memory_creation',
            webhook_url: textOf('url'),
          },
        }
      : {}),
  };
}

/** Making an app of one's own: a prompt for summaries, one for the chat, or a webhook. */
export function AppForm({ done }: { done: () => void }) {
  const { apps: words, state } = useStrings();
  const queries = useQueryClient();
  const [kind, setKind] = useState<Kind>('memories');
  const make = useMutation({
    mutationFn: async (form: FormData) => {
      const body = { app_data: JSON.stringify(appData(form, kind)) };
      const made = await dataOf(api.POST('/v1/apps', { body, bodySerializer: asForm }));
      await dataOf(api.POST('/v1/apps/enable', { params: { query: { app_id: made.app_id } } }));
    },
    onSuccess: done,
    onSettled: () => queries.invalidateQueries({ queryKey: APPS_KEY }),
  });
  return (
    <form
      aria-label={words.create}
      className="flex flex-col gap-4 rounded-control border border-line p-4"
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate(new FormData(event.currentTarget));
      }}
    >
      <Labelled label={words.name}>
        <input name="name" dir="auto" required maxLength={200} className={FIELD} />
      </Labelled>
      <Labelled label={words.description}>
        <input name="description" dir="auto" required maxLength={2_000} className={FIELD} />
      </Labelled>
      <Labelled label={words.kind}>
        <select
          value={kind}
          onChange={({ target }) =>
            setKind(KINDS.find((known) => known === target.value) ?? 'memories')
          }
          className={FIELD}
        >
          {KINDS.map((id) => (
            <option key={id} value={id}>
              {words.kinds[id]}
            </option>
          ))}
        </select>
      </Labelled>
      {kind === 'external_integration' ? (
        <Labelled label={words.address}>
          <input name="url" type="url" required maxLength={2_000} className={FIELD} />
        </Labelled>
      ) : (
        <Labelled label={words.prompt}>
          <textarea
            name="prompt"
            dir="auto"
            required
            rows={4}
            maxLength={20_000}
            className={FIELD}
          />
        </Labelled>
      )}
      {make.isError && (
        <p role="alert" className="text-sm text-loss">
          {make.error.message}
        </p>
      )}
      <div className="flex gap-2">
        <Button type="submit" look="primary" disabled={make.isPending}>
          {state.save}
        </Button>
        <Button look="quiet" onClick={done}>
          {state.cancel}
        </Button>
      </div>
    </form>
  );
}
