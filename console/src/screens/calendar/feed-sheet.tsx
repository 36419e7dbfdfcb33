import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { useLocale, useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';
import { say } from '../../ui/notice.ts';
import { Secret } from '../../ui/secret.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { exactTime } from '../../ui/time.ts';

const KEY = ['calendar-feed'];

/** The secret address by which other calendar programs read this calendar. */
export function FeedSheet({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const words = useStrings().calendar;
  const locale = useLocale();
  const queries = useQueryClient();
  const feed = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => dataOf(api.GET('/v1/users/calendar-feed', { signal })),
    enabled: isOpen,
  });
  const refresh = () => queries.invalidateQueries({ queryKey: KEY });
  const make = useMutation({
    mutationFn: () => dataOf(api.POST('/v1/users/calendar-feed')),
    onError: (error) => say(error.message),
    onSettled: refresh,
  });
  const end = useMutation({
    mutationFn: () => dataOf(api.DELETE('/v1/users/calendar-feed')),
    onSuccess: () => {
      make.reset();
      say(words.feedEnded);
    },
    onError: (error) => say(error.message),
    onSettled: refresh,
  });
  const since = feed.data?.created_at ?? null;
  return (
    <Sheet title={words.subscribe} isOpen={isOpen} close={close}>
      <p className="text-soft">{words.feed}</p>
      {since !== null && (
        <p className="text-sm text-soft">{words.feedSince(exactTime(new Date(since), locale))}</p>
      )}
      {make.data && <Secret text={make.data.url} />}
      <div className="flex flex-wrap gap-2">
        <Button look="primary" disabled={make.isPending} onClick={() => make.mutate()}>
          {since === null ? words.feedMake : words.feedNew}
        </Button>
        {since !== null && (
          <Button look="loss" disabled={end.isPending} onClick={() => end.mutate()}>
            {words.feedEnd}
          </Button>
        )}
      </div>
    </Sheet>
  );
}
