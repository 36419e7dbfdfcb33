import { useEffect, useRef, useState } from 'react';

/** True if the browser makes a field as high as its text. */
const GROWS_BY_ITSELF = CSS.supports('field-sizing', 'content');

/**
 * A text that is edited in place and is as high as its words. Leaving it saves, Escape takes it back.
 * Enter saves too; in a text of several lines it is Ctrl+Enter.
 */
export function TextArea({
  text,
  label,
  maxLength,
  hasLines = false,
  autoFocus = false,
  save,
  leave,
  className,
}: {
  text: string;
  label: string;
  maxLength: number;
  hasLines?: boolean;
  autoFocus?: boolean;
  save: (text: string) => void;
  /** Called when the editing has ended, saved or not. */
  leave?: (how: 'saved' | 'taken back') => void;
  className: string;
}) {
  const [draft, setDraft] = useState(text);
  const area = useRef<HTMLTextAreaElement>(null);
  const hasEnded = useRef(false);
  useEffect(() => setDraft(text), [text]);
  useEffect(() => {
    const element = area.current;
    if (!element || GROWS_BY_ITSELF) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  });
  useEffect(() => {
    if (autoFocus) area.current?.focus();
  }, [autoFocus]);
  const end = (how: 'saved' | 'taken back') => {
    if (leave && hasEnded.current) return;
    hasEnded.current = true;
    const wanted = draft.trim();
    if (how === 'taken back' || wanted === '' || wanted === text) setDraft(text);
    else save(wanted);
    leave?.(how);
  };
  return (
    <textarea
      ref={area}
      rows={1}
      dir="auto"
      value={draft}
      aria-label={label}
      placeholder={label}
      maxLength={maxLength}
      onChange={({ target }) =>
        setDraft(hasLines ? target.value : target.value.replaceAll('\n', ' '))
      }
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          // The key is used up, if the field goes away by it.
          if (leave) event.stopPropagation();
          end('taken back');
        }
        if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
        if (hasLines && !event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        end('saved');
      }}
      onBlur={() => end('saved')}
      className={`field-sizing-content block w-full resize-none overflow-y-auto placeholder:text-faint ${className}`}
    />
  );
}
