import type { ChatMessage } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { MarkdownText } from '../../ui/markdown-text.tsx';
import { useShowPassage } from '../conversation/passage-context.tsx';

type Cited = ChatMessage['memories'][number];

/** An answer with its sources; each citation shows the very words beside it. */
export function Answer({
  text,
  cited,
  status = '',
}: {
  text: string;
  cited: ChatMessage['memories'];
  status?: string;
}) {
  const words = useStrings().ask;
  const show = useShowPassage();
  const open = ({ id, segment_ids }: Cited) =>
    show({ conversationId: id, segmentIds: segment_ids });
  const cite = (number: number) => {
    const source = cited[number - 1];
    return (
      source && (
        <button
          type="button"
          aria-label={words.source(number, source.structured.title)}
          title={source.structured.title}
          onClick={() => open(source)}
          className="tabular rounded px-0.5 align-baseline text-sm font-medium text-accent hover:bg-accent-soft"
        >
          [{number}]
        </button>
      )
    );
  };
  return (
    <div className="flex flex-col gap-3">
      {status && (
        <p role="status" className="animate-pulse text-sm text-faint">
          {status}
        </p>
      )}
      <MarkdownText text={text} cite={cite} />
      {cited.length > 0 && (
        <section aria-label={words.sources} className="border-t border-line pt-2 text-sm">
          <ol className="flex flex-col">
            {cited.map((source, index) => (
              <li key={source.id}>
                <button
                  type="button"
                  onClick={() => open(source)}
                  className="flex min-h-9 w-full items-center gap-2 rounded px-1 text-start text-soft hover:bg-sunk hover:text-ink pointer-coarse:min-h-11"
                >
                  <span className="tabular text-faint">[{index + 1}]</span>
                  <span aria-hidden>{source.structured.emoji}</span>
                  <bdi className="truncate" dir="auto">
                    {source.structured.title}
                  </bdi>
                </button>
              </li>
            ))}
          </ol>
        </section>
      )}
    </div>
  );
}
