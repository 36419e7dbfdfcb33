import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { type LocalModel, localModelsQuery } from '../../api/local-models.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';
import { Group } from '../../ui/page.tsx';
import { Failed } from '../../ui/states.tsx';
import { clockTime } from '../../ui/time.ts';
import { Row } from './row.tsx';

type Download = NonNullable<LocalModel['download']>;

/** While a download runs the list is asked for this often, milliseconds. */
const WATCH_MS = 1_000;
const MEGABYTE = 1_000_000;

/** The models of the server: what is there, what fits, and downloads with their progress. */
export function LocalModels() {
  const words = useStrings().models;
  const [showsAll, setShowsAll] = useState(false);
  const found = useQuery({
    ...localModelsQuery,
    refetchInterval: ({ state }) =>
      state.data?.models.some(({ download }) => download?.state === 'running') ? WATCH_MS : false,
  });
  if (found.isError) return <Failed error={found.error} retry={() => void found.refetch()} />;
  const models = found.data?.models ?? [];
  const isShown = (model: LocalModel) =>
    showsAll || model.installed || model.recommended || model.download?.state === 'running';
  const shown = models.filter(isShown);
  const hidden = models.length - shown.length;
  return (
    <div className="flex flex-col gap-2">
      <Group title={words.title}>
        {shown.map((model) => (
          <ModelRow key={model.id} model={model} />
        ))}
      </Group>
      {hidden > 0 && (
        <Button look="quiet" className="self-start" onClick={() => setShowsAll(true)}>
          {words.others(hidden)}
        </Button>
      )}
    </div>
  );
}

function ModelRow({ model }: { model: LocalModel }) {
  const words = useStrings().models;
  const queries = useQueryClient();
  const params = { path: { id: model.id } };
  const act = useMutation({
    mutationFn: async (what: 'pull' | 'stop' | 'remove') => {
      if (what === 'pull') await dataOf(api.POST('/v1/local-models/{id}/pull', { params }));
      else if (what === 'stop') {
        await dataOf(api.DELETE('/v1/local-models/{id}/pull', { params }));
      } else await dataOf(api.DELETE('/v1/local-models/{id}', { params }));
    },
    onSettled: () => queries.invalidateQueries({ queryKey: localModelsQuery.queryKey }),
  });
  const { download } = model;
  const isRunning = download?.state === 'running';
  const facts = [
    model.installed ? words.installed : model.recommended && words.recommended,
    model.size_bytes !== null && words.size(Math.round(model.size_bytes / MEGABYTE)),
    model.languages.slice(0, 8).join(', '),
  ];
  const problem = act.error?.message ?? (download?.state === 'failed' ? download.error : null);
  const what = isRunning ? 'stop' : model.installed ? 'remove' : 'pull';
  const label = { stop: words.stop, remove: words.remove, pull: words.get }[what];
  return (
    <Row label={model.title} hint={facts.filter(Boolean).join(' · ')}>
      <Button
        look={what === 'remove' ? 'quiet' : 'plain'}
        aria-label={`${label}: ${model.title}`}
        disabled={act.isPending}
        onClick={() => act.mutate(what)}
      >
        {label}
      </Button>
      {isRunning && download && <Progress title={model.title} download={download} />}
      {problem && (
        <p role="alert" className="basis-full text-sm text-amber">
          {words.failed}: {problem}
        </p>
      )}
    </Row>
  );
}

function Progress({ title, download }: { title: string; download: Download }) {
  const words = useStrings().models;
  const { done_bytes: done, total_bytes: total, bytes_per_second: speed } = download;
  const share = total ? done / total : 0;
  return (
    <div className="basis-full">
      <progress aria-label={title} max={1} value={share} className="h-1 w-full accent-(--accent)" />
      <p className="tabular text-sm text-soft">
        {words.progress(
          Math.round(share * 100),
          speed === null ? '' : words.speed((speed / MEGABYTE).toFixed(1)),
          download.seconds_left === null ? '' : words.left(clockTime(download.seconds_left)),
        )}
      </p>
    </div>
  );
}
