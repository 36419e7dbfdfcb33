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
  useEffect(() => setText(title), [title]);
  useEffect(() => {
    // It is as high as its text: a textarea does not grow by itself everywhere.
    const element = area.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  });
  const commit = () => {
    const wanted = text.trim();
    if (wanted === '' || wanted === title) setText(title);
    else save(wanted);
  };
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
          if (event.key === 'Escape') setText(title);
          if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
          event.preventDefault();
          commit();
        }}
        onBlur={commit}
        className="block max-h-64 w-full resize-none overflow-y-auto bg-transparent text-xl font-semibold placeholder:text-faint"
      />
    </h1>
  );
}
