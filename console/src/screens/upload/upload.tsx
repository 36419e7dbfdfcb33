import { Link } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { useRef, useState } from 'react';
import { useStrings } from '../../i18n/strings.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Page } from '../../ui/page.tsx';
import { clockTime } from '../../ui/time.ts';
import { addUploads, removeUpload, type UploadItem, useUploads } from './uploads.ts';

/** Files that become conversations: dropped here or chosen, each with its progress. */
export function UploadScreen() {
  const words = useStrings().upload;
  const items = useUploads();
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setIsOver] = useState(false);
  return (
    <Page title={words.title} intro={words.intro}>
      <section
        aria-label={words.drop}
        onDragOver={(event) => {
          event.preventDefault();
          setIsOver(true);
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setIsOver(false);
          addUploads(event.dataTransfer.files);
        }}
        className={`flex flex-col items-center gap-3 rounded-control border border-dashed px-6 py-12 text-center ${isOver ? 'border-accent bg-accent-soft' : 'border-line-strong'}`}
      >
        <p className="hidden text-soft pointer-fine:block">{words.drop}</p>
        <input
          ref={input}
          type="file"
          multiple
          className="sr-only"
          tabIndex={-1}
          aria-label={words.choose}
          onChange={({ target }) => {
            addUploads(target.files ?? []);
            target.value = '';
          }}
        />
        <Button look="primary" onClick={() => input.current?.click()}>
          {words.choose}
        </Button>
      </section>
      {items.length > 0 && (
        <ul className="flex flex-col divide-y divide-line border-y border-line">
          {items.map((item) => (
            <UploadRow key={item.id} item={item} />
          ))}
        </ul>
      )}
    </Page>
  );
}

function UploadRow({ item: { id, name, state } }: { item: UploadItem }) {
  const words = useStrings().upload;
  const share = shareOf(state);
  const isOver = state.step === 'done' || state.step === 'failed';
  return (
    <li className="flex items-center gap-3 py-3">
      <div className="min-w-0 flex-1">
        <p dir="auto" className="truncate">
          {name}
        </p>
        <p className="text-sm text-soft" role="status">
          <Step state={state} />
        </p>
        {!isOver && (
          <progress
            aria-label={name}
            max={1}
            {...(share === null ? {} : { value: share })}
            className="h-1 w-full accent-(--accent)"
          />
        )}
      </div>
      <IconButton label={isOver ? words.remove : words.stop} onClick={() => removeUpload(id)}>
        <X size={16} aria-hidden />
      </IconButton>
    </li>
  );
}

function shareOf(state: UploadItem['state']): number | null {
  if (state.step === 'sending') return state.share;
  if (state.step === 'hearing' && state.total) return Math.min(1, state.heard / state.total);
  return null;
}

function Step({ state }: { state: UploadItem['state'] }) {
  const { upload: words, state: common } = useStrings();
  if (state.step === 'waiting') return common.loading;
  if (state.step === 'sending') return words.sending(Math.round(state.share * 100));
  if (state.step === 'reading') return words.reading;
  if (state.step === 'hearing') {
    return words.heard(clockTime(state.heard), state.total ? clockTime(state.total) : '…');
  }
  if (state.step === 'failed') return <span className="text-amber">{state.reason}</span>;
  const [first] = state.conversations;
  const isKnown = state.conversations.every(({ status }) => status === 'known');
  const look = 'font-medium text-accent underline underline-offset-4';
  return (
    <>
      {isKnown && `${words.known} · `}
      {state.conversations.length === 1 && first ? (
        <Link to="/timeline/$id" params={{ id: first.id }} search={{}} className={look}>
          {words.open(1)}
        </Link>
      ) : (
        <Link to="/timeline" search={{}} className={look}>
          {words.open(state.conversations.length)}
        </Link>
      )}
    </>
  );
}
