import { Link } from '@tanstack/react-router';
import { Quote } from 'lucide-react';
import { useStrings } from '../i18n/strings.ts';

/** Leads to the words that something came from. */
export function SourceLink({
  conversationId,
  segmentIds,
}: {
  conversationId: string;
  segmentIds: readonly string[];
}) {
  const words = useStrings().tasks;
  return (
    <Link
      to="/timeline/$id"
      params={{ id: conversationId }}
      search={{ segment: segmentIds[0] }}
      aria-label={words.source}
      title={words.source}
      className="inline-flex size-9 shrink-0 items-center justify-center rounded-control text-faint hover:bg-sunk hover:text-accent pointer-coarse:size-11"
    >
      <Quote size={15} aria-hidden />
    </Link>
  );
}
