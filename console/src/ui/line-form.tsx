import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Button } from './button.tsx';

/** One line that adds something; it is empty again once `add` was called. */
export function LineForm({
  label,
  maxLength = 500,
  add,
}: {
  label: string;
  maxLength?: number;
  add: (text: string) => void;
}) {
  const [text, setText] = useState('');
  return (
    <form
      className="flex gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        const wanted = text.trim();
        if (wanted === '') return;
        add(wanted);
        setText('');
      }}
    >
      <input
        value={text}
        dir="auto"
        maxLength={maxLength}
        aria-label={label}
        placeholder={label}
        onChange={(event) => setText(event.target.value)}
        className="min-h-11 min-w-0 flex-1 rounded-control border border-line bg-raised px-3 text-base placeholder:text-faint"
      />
      <Button
        type="submit"
        aria-label={label}
        disabled={text.trim() === ''}
        className="size-11 justify-center p-0"
      >
        <Plus size={18} aria-hidden />
      </Button>
    </form>
  );
}
