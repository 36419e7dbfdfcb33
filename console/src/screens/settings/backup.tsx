import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, apiUrl, dataOf } from '../../api/client.ts';
import { serverQuery } from '../../api/server.ts';
import type { ServerBackup } from '../../api/types.ts';
import { useLocale, useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { Group } from '../../ui/page.tsx';
import { exactTime } from '../../ui/time.ts';
import { Row } from './row.tsx';

const KEY = ['server-backup'];
/** While a backup runs its progress is asked for this often, milliseconds. */
const WATCH_MS = 1_000;
const MEGABYTE = 1_000_000;

/** A backup of the whole server: made in the background, then downloaded. For the owner alone. */
export function Backup() {
  const isOwner = useQuery(serverQuery).data?.is_owner ?? false;
  return isOwner ? <OwnersBackup /> : null;
}

function OwnersBackup() {
  const words = useStrings().backup;
  const locale = useLocale();
  const queries = useQueryClient();
  const found = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => dataOf(api.GET('/v1/server/backup', { signal })),
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? WATCH_MS : false),
  });
  const act = useMutation({
    mutationFn: async (what: 'make' | 'remove') => {
      if (what === 'make') await dataOf(api.POST('/v1/server/backup'));
      else await dataOf(api.DELETE('/v1/server/backup'));
    },
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  });
  const backup = found.data;
  const problem = found.error?.message ?? act.error?.message ?? backup?.error;
  const isRunning = backup?.state === 'running';
  const isDone = backup?.state === 'done';
  const made =
    isDone && backup.made_at && backup.expires_at
      ? words.made(
          exactTime(new Date(backup.made_at), locale),
          exactTime(new Date(backup.expires_at), locale),
        )
      : words.hint;
  return (
    <Group title={words.title}>
      <Row label={words.whole} hint={backup?.supported === false ? words.elsewhere : made}>
        {isDone && (
          <LinkButton href={apiUrl('/v1/server/backup/file')} download={backup.file_name ?? ''}>
            {words.download(Math.max(1, Math.round((backup.size_bytes ?? 0) / MEGABYTE)))}
          </LinkButton>
        )}
        {(isDone || isRunning || backup?.supported) && (
          // One button throughout, never disabled: else it would lose the focus.
          <Button
            look={isDone || isRunning ? 'quiet' : 'plain'}
            aria-disabled={act.isPending}
            onClick={() => {
              if (!act.isPending) act.mutate(isDone || isRunning ? 'remove' : 'make');
            }}
          >
            {isRunning ? words.stop : isDone ? words.remove : words.make}
          </Button>
        )}
        {isRunning && <Progress backup={backup} />}
        {problem && (
          <p role="alert" className="basis-full text-sm text-loss">
            {words.failed}: {problem}
          </p>
        )}
      </Row>
    </Group>
  );
}

function Progress({ backup }: { backup: ServerBackup }) {
  const words = useStrings().backup;
  const { done_files: done, total_files: total } = backup;
  return (
    <div className="basis-full">
      <progress
        aria-label={words.title}
        max={1}
        value={total > 0 ? done / total : 0}
        className="h-1 w-full accent-(--accent)"
      />
      <p className="tabular text-sm text-soft">{words.progress(done, total)}</p>
    </div>
  );
}
