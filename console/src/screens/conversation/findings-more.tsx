import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { memoriesOfQuery } from '../../api/queries.ts';
import type { Conversation } from '../../api/types.ts';
import { useLocale, useStrings } from '../../i18n/strings.ts';
import { timeOfDay } from '../../ui/time.ts';
import { Claim, Section } from './claim.tsx';
import type { Evidence } from './source-mark.tsx';

/** What was learned about the user from a conversation. */
export function LearnedMemories({
  conversation,
  evidence,
}: {
  conversation: Conversation;
  evidence: Evidence;
}) {
  const words = useStrings().conversation;
  const own = useQuery(memoriesOfQuery(conversation.id)).data;
  if (!own || own.length === 0) return null;
  return (
    <Section title={words.memories}>
      {own.map((memory) => (
        <Claim key={memory.id} segmentIds={memory.segment_ids} evidence={evidence}>
          <Link
            to="/memories"
            dir="auto"
            className="break-words decoration-line-strong underline-offset-4 hover:underline"
          >
            {memory.content}
          </Link>
        </Claim>
      ))}
    </Section>
  );
}

/** The photos that were taken during a conversation, each with what is seen on it. */
export function Photos({ conversation }: { conversation: Conversation }) {
  const words = useStrings().photos;
  const locale = useLocale();
  const photos = conversation.photos.filter(({ discarded, base64 }) => !discarded && base64 !== '');
  if (photos.length === 0) return null;
  return (
    <section>
      <h2 className="mb-2 text-sm font-semibold text-soft">{words.title}</h2>
      <ul className="flex snap-x gap-3 overflow-x-auto pb-2">
        {photos.map((photo) => {
          const time = timeOfDay(new Date(photo.created_at), locale);
          return (
            <li key={photo.id} className="w-44 shrink-0 snap-start">
              <figure>
                <img
                  src={`data:image/jpeg;base64,${photo.base64}`}
                  alt={photo.description || `${words.untitled}, ${time}`}
                  loading="lazy"
                  className="aspect-4/3 w-full rounded-control border border-line object-cover"
                />
                <figcaption className="mt-1 text-sm text-soft">
                  <span className="tabular text-xs text-faint">{time}</span>{' '}
                  <span dir="auto" className="line-clamp-3 break-words">
                    {photo.description}
                  </span>
                </figcaption>
              </figure>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
