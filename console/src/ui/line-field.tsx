import { useEffect, useState } from 'react';

/** A text of one line that is edited in place: Enter or leaving it saves, Escape takes it back. */
export function LineField({
  text,
  label,
  maxLength,
  canBeEmpty = false,
  save,
  className,
}: {
  text: string;
  label: string;
  maxLength: number;
  canBeEmpty?: boolean;
  save: (text: string) => void;
  className: string;
}) {
  const [draft, setDraft] = useState(text);
  useEffect(() => setDraft(text), [text]);
  const commit = () => {
    const wanted = draft.trim();
    if ((wanted === '' && !canBeEmpty) || wanted === text) setDraft(text);
    else save(wanted);
  };
  return (
    <input
      value={draft}
      dir="auto"
      maxLength={maxLength}
      aria-label={label}
      data-row
      onChange={({ target }) => setDraft(target.value)}
      onKeyDown={({ key, nativeEvent }) => {
        if (key === 'Enter' && !nativeEvent.isComposing) commit();
        else if (key === 'Escape') setDraft(text);
      }}
      onBlur={commit}
      className={className}
    />
  );
}
