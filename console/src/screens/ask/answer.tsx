import { Link } from '@tanstack/react-router';
import type { ChatMessage } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { MarkdownText } from '../../ui/markdown-text.tsx';

/** An answer with its sources; each citation opens the very words. */
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
  return (
    <div className="flex flex-col gap-3">
      {status && (
        <p role="status" className="animate-pulse text-sm text-faint">
          {status}
        </p>
      )}
      <MarkdownText text={text} />
      {cited.length > 0 && (
        <section aria-label={words.sources} className="border-t border-line pt-2 text-sm">
          <ol className="flex flex-col">
            {cited.map((conversation, index) => (
              <li key={conversation.id}>
                <Link
                  to="/timeline/$id"
                  params={{ id: conversation.id }}
                  search={{ segment: conversation.segment_ids[0] }}
                  className="flex min-h-9 items-center gap-2 rounded px-1 text-soft hover:bg-sunk hover:text-ink"
                >
                  <span className="tabular text-faint">[{index + 1}]</span>
                  <span aria-hidden>{conversation.structured.emoji}</span>
                  <bdi className="truncate" dir="auto">
                    {conversation.structured.title}
                  </bdi>
                </Link>
              </li>
            ))}
          </ol>
        </section>
      )}
    </div>
  );
}
