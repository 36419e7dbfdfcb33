import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import type { Memory } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { NearTime } from '../../ui/near-time.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Failed, Skeleton } from '../../ui/states.tsx';
import { SourceButton } from '../conversation/source-button.tsx';

/** What was known before about the same thing, the newest first. */
export function MemoryHistory({ memory, close }: { memory: Memory | null; close: () => void }) {
  const words = useStrings().memories;
  return (
    <Sheet title={words.history} isOpen={memory !== null} close={close}>
      {memory && <Versions id={memory.id} close={close} />}
    </Sheet>
  );
}

function Versions({ id, close }: { id: string; close: () => void }) {
  const words = useStrings().memories;
  const found = useQuery({
    queryKey: ['memory-history', id],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/v3/memories/{id}/history', { params: { path: { id } }, signal })),
  });
  if (found.isPending) return <Skeleton rows={2} className="h-10" />;
  if (found.isError) return <Failed error={found.error} retry={() => void found.refetch()} />;
  return (
    <>
      {found.data.length === 1 && <p className="text-soft">{words.noHistory}</p>}
      <ol className="flex flex-col divide-y divide-line">
        {found.data.map((version) => (
          <li key={version.id} className="flex items-start gap-2 py-2">
            <div className="min-w-0 flex-1">
              <p
                dir="auto"
                className={`break-words ${version.replaced_by ? 'text-soft line-through' : ''}`}
              >
                {version.content}
              </p>
              <NearTime
                at={version.valid_from ?? version.created_at}
                className="text-sm text-faint"
              />
            </div>
            {version.conversation_id && (
              <SourceButton
                conversationId={version.conversation_id}
                segmentIds={version.segment_ids}
                before={close}
              />
            )}
          </li>
        ))}
      </ol>
    </>
  );
}
