import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { localModelsQuery } from '../../api/local-models.ts';
import type { Conversation, Segment } from '../../api/types.ts';
import { useLocale, useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Failed, Skeleton } from '../../ui/states.tsx';
import { exactTime } from '../../ui/time.ts';

/** How often a running transcription is asked for, milliseconds: no event tells of it. */
const POLL_MS = 2_000;

/** Transcribes a conversation again, and shows earlier transcripts beside the one of now. */
export function VersionsSheet({
  conversation,
  isOpen,
  close,
}: {
  conversation: Conversation;
  isOpen: boolean;
  close: () => void;
}) {
  const words = useStrings().versions;
  return (
    <Sheet title={words.title} isOpen={isOpen} close={close}>
      {isOpen && <Versions conversation={conversation} />}
    </Sheet>
  );
}

function Versions({ conversation }: { conversation: Conversation }) {
  const words = useStrings().versions;
  const locale = useLocale();
  const queries = useQueryClient();
  const [shown, setShown] = useState<string | null>(null);
  const key = ['transcript-versions', conversation.id];
  const found = useQuery({
    queryKey: key,
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/v1/conversations/{id}/transcript-versions', {
          params: { path: { id: conversation.id } },
          signal,
        }),
      ),
    refetchInterval: ({ state }) =>
      state.data?.retranscription.state === 'running' ? POLL_MS : false,
  });
  const again = useMutation({
    mutationFn: (model: string) =>
      dataOf(
        api.POST('/v1/conversations/{id}/retranscribe', {
          params: { path: { id: conversation.id } },
          body: model === '' ? {} : { model },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  });
  if (found.isPending) return <Skeleton rows={3} className="h-9" />;
  if (found.isError) return <Failed error={found.error} retry={() => void found.refetch()} />;
  const { retranscription, versions } = found.data;
  const isRunning = retranscription.state === 'running' || again.isPending;
  return (
    <>
      {conversation.audio_files.length === 0 ? (
        <p className="text-soft">{words.noAudio}</p>
      ) : (
        <Again isRunning={isRunning} start={(model) => again.mutate(model)} />
      )}
      {isRunning && (
        <p role="status" className="animate-pulse text-sm text-accent">
          {words.running}
        </p>
      )}
      {(again.error ?? (retranscription.state === 'failed' ? retranscription : null)) && (
        <p role="alert" className="text-sm text-amber">
          {words.failed(again.error?.message ?? retranscription.error ?? '')}
        </p>
      )}
      <section className="flex flex-col gap-1">
        <h3 className="text-sm font-semibold text-soft">{words.versions}</h3>
        {versions.length === 0 && <p className="text-faint">{words.none}</p>}
        <ul className="flex flex-col divide-y divide-line">
          {versions.map((version) => (
            <li key={version.id} className="py-2">
              <div className="flex items-center gap-2">
                <span className="min-w-0 flex-1">
                  {words.of(
                    exactTime(new Date(version.replaced_at), locale),
                    version.segment_count,
                  )}
                  <span className="block text-sm text-faint">
                    {version.stt_providers.join(', ')}
                  </span>
                </span>
                <Button
                  aria-expanded={shown === version.id}
                  onClick={() => setShown(shown === version.id ? null : version.id)}
                >
                  {words.compare}
                </Button>
              </div>
              {shown === version.id && <Comparison conversation={conversation} id={version.id} />}
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

function Again({ isRunning, start }: { isRunning: boolean; start: (model: string) => void }) {
  const words = useStrings().versions;
  const [model, setModel] = useState('');
  const models = useQuery(localModelsQuery);
  const installed = models.data?.models.filter(
    ({ task, installed: isThere }) => isThere && task.endsWith('-speech'),
  );
  return (
    <form
      className="flex items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        start(model);
      }}
    >
      <label className="flex min-w-0 flex-1 flex-col gap-1 text-sm font-medium">
        {words.by}
        <select
          value={model}
          onChange={({ target }) => setModel(target.value)}
          className="min-h-10 min-w-0 rounded-control border border-line bg-raised px-2 text-base font-normal"
        >
          <option value="">{words.anyModel}</option>
          {installed?.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <Button type="submit" look="primary" disabled={isRunning} className="min-h-10">
        {words.start}
      </Button>
    </form>
  );
}

/** An earlier transcript beside that of now. */
function Comparison({ conversation, id }: { conversation: Conversation; id: string }) {
  const words = useStrings().versions;
  const found = useQuery({
    queryKey: ['transcript-version', conversation.id, id],
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/v1/conversations/{id}/transcript-versions/{version_id}', {
          params: { path: { id: conversation.id, version_id: id } },
          signal,
        }),
      ),
  });
  if (found.isPending) return <Skeleton rows={3} className="h-9" />;
  if (found.isError) return <Failed error={found.error} retry={() => void found.refetch()} />;
  return (
    <div className="grid grid-cols-2 gap-3 pt-2 text-sm">
      <Column title={words.before} segments={found.data.transcript_segments} />
      <Column title={words.now} segments={conversation.transcript_segments} />
    </div>
  );
}

function Column({ title, segments }: { title: string; segments: readonly Segment[] }) {
  return (
    <div className="min-w-0">
      <h4 className="font-semibold text-faint">{title}</h4>
      <ol className="flex max-h-80 flex-col gap-2 overflow-y-auto">
        {segments.map(({ id, text }) => (
          <li key={id} dir="auto" className="break-words">
            {text}
          </li>
        ))}
      </ol>
    </div>
  );
}
