import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import type { Conversation } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Sheet } from '../../ui/sheet.tsx';
import { SheetActions } from '../../ui/sheet-actions.tsx';
import { Failed, Skeleton } from '../../ui/states.tsx';

/** Writes a conversation up again with the prompt of a summary app that the reader chooses. */
export function SummarySheet({
  conversation,
  isOpen,
  close,
  refresh,
}: {
  conversation: Conversation;
  isOpen: boolean;
  close: () => void;
  refresh: () => Promise<unknown>;
}) {
  const words = useStrings().summaries;
  return (
    <Sheet title={words.title} isOpen={isOpen} close={close}>
      {isOpen && <Choice id={conversation.id} close={close} refresh={refresh} />}
    </Sheet>
  );
}

function Choice({
  id,
  close,
  refresh,
}: {
  id: string;
  close: () => void;
  refresh: () => Promise<unknown>;
}) {
  const words = useStrings().summaries;
  const [chosen, setChosen] = useState<string>();
  const found = useQuery({
    queryKey: ['suggested-apps', id],
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/v1/conversations/{id}/suggested-apps', { params: { path: { id } }, signal }),
      ),
  });
  const write = useMutation({
    mutationFn: async (app_id: string) => {
      const params = { path: { id }, query: { app_id } };
      const written = await dataOf(api.POST('/v1/conversations/{id}/reprocess', { params }));
      // A model that does not answer is no error: the conversation is as it was.
      if (!written.apps_results.some((result) => result.app_id === app_id)) {
        throw new Error(words.failed);
      }
    },
    onSuccess: close,
    onSettled: refresh,
  });
  if (found.isPending) return <Skeleton rows={3} className="h-9" />;
  if (found.isError) return <Failed error={found.error} retry={() => void found.refetch()} />;
  const apps = found.data.suggested_apps;
  return (
    <>
      <p className="text-soft">{apps.length === 0 ? words.none : words.hint}</p>
      <fieldset className="flex max-h-80 flex-col gap-2 overflow-y-auto">
        <legend className="sr-only">{words.title}</legend>
        {apps.map((app) => (
          <label key={app.id} className="flex items-start gap-3 pointer-coarse:min-h-11">
            <input
              type="radio"
              name="summary-app"
              checked={chosen === app.id}
              onChange={() => setChosen(app.id)}
              className="mt-1.5 size-4 shrink-0 accent-(--accent)"
            />
            <span className="min-w-0">
              <bdi dir="auto" className="block">
                {app.name}
              </bdi>
              <bdi dir="auto" className="block text-sm text-soft">
                {app.description}
              </bdi>
            </span>
          </label>
        ))}
      </fieldset>
      <SheetActions
        failure={write.isError ? write.error.message : null}
        label={write.isPending ? words.writing : words.write}
        disabled={chosen === undefined || write.isPending}
        act={() => chosen && write.mutate(chosen)}
        close={close}
      />
    </>
  );
}
