import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { profileQuery } from '../../api/queries.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';
import { Labelled } from '../../ui/labelled.tsx';
import { Page } from '../../ui/page.tsx';
import { LanguageModel } from '../services/language-model.tsx';
import { OwnerOnly } from '../services/owner-only.tsx';
import { SpeechKeys } from '../services/speech-keys.tsx';
import { LocalModels } from '../settings/models.tsx';

const FIELD = 'min-h-11 w-full rounded-control border border-line-strong bg-raised px-3 text-base';
const STEPS = 3;

/** What a new owner is asked once: who hears, who understands, who they are. Each can be skipped. */
export function FirstRun() {
  const words = useStrings().firstRun;
  const navigate = useNavigate();
  const [step, setStep] = useState(0);
  const next = () => (step + 1 < STEPS ? setStep(step + 1) : void navigate({ to: '/live' }));
  return (
    <Page title={words.title} intro={words.intro}>
      <ol aria-hidden className="flex gap-2">
        {Array.from({ length: STEPS }, (_, index) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: the steps have no other identity
            key={index}
            className={`h-1 flex-1 rounded-full ${index <= step ? 'bg-accent' : 'bg-line'}`}
          />
        ))}
      </ol>
      {step === 0 && (
        <Step title={words.hearing} next={next}>
          <LocalModels />
          <OwnerOnly>
            <SpeechKeys />
          </OwnerOnly>
        </Step>
      )}
      {step === 1 && (
        <Step title={words.understanding} next={next}>
          <p className="text-soft">{words.rules}</p>
          <OwnerOnly>
            <LanguageModel />
          </OwnerOnly>
        </Step>
      )}
      {step === 2 && <About next={next} />}
    </Page>
  );
}

function Step({ title, next, children }: { title: string; next: () => void; children: ReactNode }) {
  const words = useStrings().firstRun;
  return (
    <section className="flex flex-col gap-4">
      <h2 className="text-lg">{title}</h2>
      {children}
      <Button look="primary" className="min-h-11 self-start" onClick={next}>
        {words.next}
      </Button>
    </section>
  );
}

function About({ next }: { next: () => void }) {
  const words = useStrings().firstRun;
  const queries = useQueryClient();
  const profile = useQuery(profileQuery).data;
  const save = useMutation({
    mutationFn: async (form: FormData) => {
      const textOf = (name: string) => String(form.get(name)).trim();
      const body = { name: textOf('name'), time_zone: textOf('zone') };
      await dataOf(api.PATCH('/v1/users/profile', { body }));
      const language = { language: textOf('language') };
      await dataOf(api.PATCH('/v1/users/language', { body: language }));
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: profileQuery.queryKey });
      next();
    },
  });
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zones = Intl.supportedValuesOf('timeZone');
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(new FormData(event.currentTarget));
      }}
    >
      <h2 className="text-lg">{words.about}</h2>
      <Labelled label={words.name}>
        <input
          name="name"
          dir="auto"
          maxLength={100}
          required
          autoComplete="name"
          defaultValue={profile?.name ?? ''}
          className={FIELD}
        />
      </Labelled>
      <Labelled label={words.language}>
        <input
          name="language"
          maxLength={35}
          required
          defaultValue={profile?.language ?? navigator.language.slice(0, 2)}
          className={FIELD}
        />
      </Labelled>
      <Labelled label={words.zone}>
        <select name="zone" defaultValue={profile?.time_zone ?? here} className={FIELD}>
          {[...new Set([here, ...zones])].map((zone) => (
            <option key={zone} value={zone}>
              {zone}
            </option>
          ))}
        </select>
      </Labelled>
      {save.isError && (
        <p role="alert" className="text-sm text-loss">
          {save.error.message}
        </p>
      )}
      <div className="flex gap-2">
        <Button type="submit" look="primary" className="min-h-11" disabled={save.isPending}>
          {words.say}
        </Button>
        <Button look="quiet" className="min-h-11" onClick={next}>
          {words.skip}
        </Button>
      </div>
    </form>
  );
}
