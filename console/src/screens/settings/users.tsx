import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { LogOut } from 'lucide-react';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { serverQuery } from '../../api/server.ts';
import type { ServerUser } from '../../api/types.ts';
import { useLocale, useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { LineForm } from '../../ui/line-form.tsx';
import { Group } from '../../ui/page.tsx';
import { QrCode } from '../../ui/qr-code.tsx';
import { CopyText } from '../../ui/secret.tsx';
import { Failed } from '../../ui/states.tsx';
import { exactTime } from '../../ui/time.ts';

const KEY = ['server-users'];

/** Who may use the server, and links that let them in. For the owner alone. */
export function Users() {
  const isOwner = useQuery(serverQuery).data?.is_owner ?? false;
  return isOwner ? <OwnersUsers /> : null;
}

function OwnersUsers() {
  const words = useStrings().users;
  const queries = useQueryClient();
  const [shown, setShown] = useState<{ name: string; url: string } | null>(null);
  const found = useInfiniteQuery({
    queryKey: KEY,
    queryFn: ({ pageParam, signal }) =>
      dataOf(
        api.GET('/v1/server/users', {
          params: { query: pageParam === null ? {} : { cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
  });
  const refresh = () => queries.invalidateQueries({ queryKey: KEY });
  const letIn = useMutation({
    mutationFn: async ({ id, name }: ServerUser) => {
      const params = { path: { id } };
      const { url } = await dataOf(api.POST('/v1/server/users/{id}/sign-in-link', { params }));
      return { name: name ?? id, url };
    },
    onSuccess: setShown,
  });
  const add = useMutation({
    mutationFn: (name: string) => dataOf(api.POST('/v1/server/users', { body: { name } })),
    onSuccess: (user) => letIn.mutate(user),
    onSettled: refresh,
  });
  const revoke = useMutation({
    mutationFn: (id: string) =>
      dataOf(api.POST('/v1/server/users/{id}/revoke', { params: { path: { id } } })),
    onSettled: refresh,
  });
  if (found.isError) return <Failed error={found.error} retry={() => void found.refetch()} />;
  const problem = add.error ?? letIn.error ?? revoke.error;
  return (
    <div className="flex flex-col gap-3">
      <Group title={words.title}>
        {found.data?.pages
          .flatMap(({ users }) => users)
          .map((user) => (
            <UserRow
              key={user.id}
              user={user}
              letIn={() => letIn.mutate(user)}
              revoke={() => revoke.mutate(user.id)}
            />
          ))}
      </Group>
      {found.hasNextPage && (
        <Button look="quiet" className="self-start" onClick={() => void found.fetchNextPage()}>
          {words.more}
        </Button>
      )}
      {shown && (
        <div
          // It stands apart from the row whose button was pressed: the focus goes on here.
          ref={(element) => element?.focus()}
          tabIndex={-1}
          className="flex flex-col gap-3 sm:flex-row"
        >
          <QrCode text={shown.url} label={words.qrCode(shown.name)} />
          <div className="flex min-w-0 flex-1 flex-col gap-2">
            <p dir="auto" className="text-sm break-words text-soft">
              {words.link(shown.name)}
            </p>
            <CopyText text={shown.url} />
          </div>
        </div>
      )}
      <LineForm label={words.add} maxLength={100} add={(name) => add.mutate(name)} />
      {problem && (
        <p role="alert" className="text-sm text-loss">
          {problem.message}
        </p>
      )}
    </div>
  );
}

function UserRow({
  user,
  letIn,
  revoke,
}: {
  user: ServerUser;
  letIn: () => void;
  revoke: () => void;
}) {
  const words = useStrings().users;
  const { lastUsed, neverUsed } = useStrings().settings;
  const locale = useLocale();
  const name = user.name ?? user.id;
  const used = user.last_used_at
    ? lastUsed(exactTime(new Date(user.last_used_at), locale))
    : neverUsed;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 py-2.5">
      <div className="min-w-0 flex-1">
        <p dir="auto" className="truncate">
          {name}
          {user.is_owner && <span className="text-accent"> · {words.owner}</span>}
        </p>
        <p className="text-sm text-faint">
          {words.signIns(user.sign_ins)} · {used}
        </p>
      </div>
      {!user.is_owner && (
        <>
          <Button aria-label={words.linkFor(name)} onClick={letIn}>
            {words.makeLink}
          </Button>
          <ConfirmButton
            label={words.revoke(name)}
            question={words.revokeQuestion}
            icon={<LogOut size={17} aria-hidden />}
            confirm={revoke}
          />
        </>
      )}
    </li>
  );
}
