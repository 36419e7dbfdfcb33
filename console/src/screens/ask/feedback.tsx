import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Copy, ThumbsDown, ThumbsUp } from 'lucide-react';
import { api, dataOf } from '../../api/client.ts';
import type { ChatMessage } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { IconButton } from '../../ui/button.tsx';
import { say } from '../../ui/notice.ts';

/** What the reader says of an answer. The same thumb again takes it back. */
export function Feedback({ message }: { message: ChatMessage }) {
  const { ask: words, conversation: labels } = useStrings();
  const queries = useQueryClient();
  const rate = useMutation({
    mutationFn: (rating: 1 | -1 | null) =>
      dataOf(
        api.PATCH('/v2/messages/{id}/rating', {
          params: { path: { id: message.id } },
          body: { rating },
        }),
      ),
    onError: (error) => say(error.message),
    onSettled: () => queries.invalidateQueries({ queryKey: ['messages'] }),
  });
  const rating = rate.isPending ? rate.variables : message.rating;
  const thumb = (value: 1 | -1) => (
    <IconButton
      label={value === 1 ? words.good : words.bad}
      aria-pressed={rating === value}
      className={rating === value ? 'text-accent' : 'text-faint'}
      onClick={() => rate.mutate(rating === value ? null : value)}
    >
      {value === 1 ? <ThumbsUp size={15} aria-hidden /> : <ThumbsDown size={15} aria-hidden />}
    </IconButton>
  );
  return (
    <p className="-ms-2 flex">
      {thumb(1)}
      {thumb(-1)}
      <IconButton
        label={words.copyAnswer}
        className="text-faint"
        onClick={async () => {
          await navigator.clipboard.writeText(message.text);
          say(labels.copied);
        }}
      >
        <Copy size={15} aria-hidden />
      </IconButton>
    </p>
  );
}
