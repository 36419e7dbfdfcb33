import { useEffect, useRef, useState } from 'react';

/** A heading that can be edited in place: Enter or leaving it saves, Escape takes it back. */
export function EditableTitle({
  title,
  placeholder,
  save,
}: {
  title: string;
  placeholder: string;
  save: (title: string) => void;
}) {
  const [text, setText] = useState(title);
  const area = useRef<HTMLTextAreaElement>(null);
  const cancelled = useRef(false);
  useEffect(() => setText(title), [title]);
  useEffect(() => {
    // It is as high as its text: a textarea does not grow by itself everywhere.
    const element = area.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  });
  return (
    <h1 id="conversation-title">
      <textarea
        ref={area}
        rows={1}
        dir="auto"
        value={text}
        aria-label={placeholder}
        placeholder={placeholder}
        maxLength={5_000}
        onChange={(event) => setText(event.target.value.replaceAll('\n', ' '))}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur();
          if (event.key !== 'Escape') return;
          cancelled.current = true;
          event.currentTarget.blur();
        }}
        onBlur={() => {
          const wanted = text.trim();
          if (cancelled.current || wanted === '' || wanted === title) setText(title);
          else save(wanted);
          cancelled.current = false;
        }}
        className="block max-h-64 w-full resize-none overflow-y-auto bg-transparent text-xl font-semibold placeholder:text-faint"
      />
    </h1>
  );
}
