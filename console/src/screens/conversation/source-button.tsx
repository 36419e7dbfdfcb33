import { Quote } from 'lucide-react';
import { useStrings } from '../../i18n/strings.ts';
import { IconButton } from '../../ui/button.tsx';
import { useShowPassage } from './passage-context.tsx';

/** Shows the words that something came from. */
export function SourceButton({
  conversationId,
  segmentIds,
  before,
}: {
  conversationId: string;
  segmentIds: readonly string[];
  /** Closes what would lie over the words. */
  before?: () => void;
}) {
  const words = useStrings().conversation;
  const show = useShowPassage();
  return (
    <IconButton
      label={words.showWords}
      data-action="source"
      className="shrink-0 text-faint hover:text-accent"
      onClick={() => {
        before?.();
        show({ conversationId, segmentIds });
      }}
    >
      <Quote size={15} aria-hidden />
    </IconButton>
  );
}
