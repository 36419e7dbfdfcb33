import { ArrowUp, LoaderCircle, Mic, Paperclip, Square, X } from 'lucide-react';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { useStrings } from '../../i18n/strings.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { type Attachment, useAttachments } from './use-attachments.ts';
import { useVoiceQuestion, type VoiceState } from './use-voice-question.ts';

const ROUND = 'size-11 shrink-0 justify-center rounded-full p-0';
/** What the server reads, or keeps. */
const ACCEPTED =
  '.pdf,.txt,.md,.csv,.json,.jpg,.jpeg,.png,.gif,.webp,.doc,.docx,.ppt,.pptx,.xls,.xlsx';

/** Where a question is written or spoken, with the files that come with it. */
export function AskBox({
  field,
  isBusy,
  ask,
  stop,
}: {
  field: RefObject<HTMLTextAreaElement | null>;
  isBusy: boolean;
  ask: (text: string, fileIds: string[]) => void;
  stop: () => void;
}) {
  const words = useStrings().ask;
  const [text, setText] = useState('');
  const attached = useAttachments();
  const send = (question: string) => {
    ask(
      question,
      attached.files.flatMap(({ stored }) => (stored ? [stored.id] : [])),
    );
    attached.clear();
  };
  const voice = useVoiceQuestion(send);
  const canSend = text.trim() !== '' && !isBusy && !attached.isUploading;
  const submit = () => {
    if (!canSend) return;
    setText('');
    send(text.trim());
  };
  return (
    <form
      className="mx-auto flex w-full max-w-(--width-reading) flex-col gap-2 px-5 pt-1 pb-4 md:px-8"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        attached.add([...event.dataTransfer.files]);
      }}
    >
      <Files files={attached.files} remove={attached.remove} />
      {voice.state ? (
        <Recording state={voice.state} finish={voice.finish} cancel={voice.cancel} />
      ) : (
        <div className="flex items-end gap-1">
          <AttachButton add={attached.add} />
          <textarea
            ref={field}
            rows={1}
            dir="auto"
            value={text}
            maxLength={10_000}
            placeholder={words.short}
            aria-label={words.placeholder}
            onChange={(event) => setText(event.target.value)}
            onPaste={({ clipboardData }) => {
              if (clipboardData.files.length > 0) attached.add([...clipboardData.files]);
            }}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
              event.preventDefault();
              submit();
            }}
            className="field-sizing-content max-h-48 min-h-11 min-w-0 flex-1 resize-none rounded-2xl border border-line-strong bg-raised px-4 py-2 text-base placeholder:text-faint"
          />
          {isBusy ? (
            <Button look="plain" onClick={stop} aria-label={words.stop} className={`${ROUND} ms-1`}>
              <Square size={16} className="fill-current" aria-hidden />
            </Button>
          ) : (
            <>
              <IconButton
                label={words.speak}
                className="size-11 shrink-0"
                onClick={() => void voice.start()}
              >
                <Mic size={20} aria-hidden />
              </IconButton>
              <Button
                type="submit"
                look="primary"
                aria-label={words.send}
                disabled={!canSend}
                className={ROUND}
              >
                <ArrowUp size={20} aria-hidden />
              </Button>
            </>
          )}
        </div>
      )}
    </form>
  );
}

function AttachButton({ add }: { add: (files: readonly File[]) => void }) {
  const words = useStrings().ask;
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={ACCEPTED}
        onChange={({ target }) => {
          add([...(target.files ?? [])]);
          target.value = '';
        }}
      />
      <IconButton
        label={words.attach}
        className="-ms-3 size-11 shrink-0"
        onClick={() => input.current?.click()}
      >
        <Paperclip size={20} aria-hidden />
      </IconButton>
    </>
  );
}

/** The files of the next question, with what cannot be read of them. */
function Files({ files, remove }: { files: readonly Attachment[]; remove: (key: number) => void }) {
  const words = useStrings().ask;
  if (files.length === 0) return null;
  return (
    <ul aria-label={words.files} className="flex flex-wrap gap-1.5">
      {files.map(({ key, name, stored }) => (
        <li
          key={key}
          className="flex max-w-full min-w-0 items-center gap-1.5 rounded-control border border-line bg-raised ps-2.5 text-sm"
        >
          {stored === null && (
            <LoaderCircle
              size={14}
              className="shrink-0 animate-spin text-faint"
              aria-label={words.uploading}
            />
          )}
          <span className="min-w-0">
            <bdi dir="auto" className="block truncate">
              {name}
            </bdi>
            {stored?.unread_reason && (
              <span className="block text-xs text-attention">{stored.unread_reason}</span>
            )}
          </span>
          <IconButton label={words.removeFile(name)} onClick={() => remove(key)}>
            <X size={15} aria-hidden />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}

/** Stands in the place of the field while a question is spoken and understood. */
function Recording({
  state,
  finish,
  cancel,
}: {
  state: NonNullable<VoiceState>;
  finish: () => void;
  cancel: () => void;
}) {
  const { ask: words, state: labels } = useStrings();
  return (
    <div className="flex min-h-11 items-center gap-3 rounded-2xl border border-line-strong bg-raised ps-4 pe-1">
      <p role="status" className="min-w-0 flex-1 truncate">
        {state.is === 'recording' ? words.listening : words.understanding}
      </p>
      {state.is === 'recording' && <Seconds since={state.since} />}
      <Button look="quiet" onClick={cancel}>
        {labels.cancel}
      </Button>
      {state.is === 'recording' && (
        <Button look="primary" autoFocus onClick={finish}>
          {words.send}
        </Button>
      )}
    </div>
  );
}

function Seconds({ since }: { since: number }) {
  const [now, setNow] = useState(since);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.floor((now - since) / 1000));
  return (
    <span aria-hidden className="tabular text-sm text-soft">
      {Math.floor(seconds / 60)}:{String(seconds % 60).padStart(2, '0')}
    </span>
  );
}
