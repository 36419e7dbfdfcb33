import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { useStrings } from '../i18n/strings.ts';
import { IconButton } from './button.tsx';

/** A text to be copied as a whole: an address, or a key that is shown this once. */
export function CopyText({ text }: { text: string }) {
  const words = useStrings().conversation;
  const { copyText } = useStrings().apps;
  const [isCopied, setIsCopied] = useState(false);
  return (
    <p className="flex min-w-0 items-center gap-2">
      <code className="min-w-0 flex-1 rounded bg-sunk px-2 py-1.5 font-mono text-xs break-all select-all">
        {text}
      </code>
      <IconButton
        label={isCopied ? words.copied : copyText}
        onClick={async () => {
          await navigator.clipboard.writeText(text);
          setIsCopied(true);
          setTimeout(() => setIsCopied(false), 2_000);
        }}
      >
        {isCopied ? <Check size={16} aria-hidden /> : <Copy size={16} aria-hidden />}
      </IconButton>
    </p>
  );
}

/** A key that the server does not show again. */
export function Secret({ text }: { text: string }) {
  const words = useStrings().apps;
  return (
    <div role="status" className="flex flex-col gap-1 rounded-control bg-accent-soft p-3">
      <p className="text-sm">{words.once}</p>
      <CopyText text={text} />
    </div>
  );
}
