import { type ReactNode, useState } from 'react';
import { Button, IconButton } from './button.tsx';

/** Deletes what cannot be brought back, so it asks once more; leaving it or Escape takes the question back. */
export function ConfirmButton({
  label,
  question,
  icon,
  confirm,
}: {
  label: string;
  question: string;
  icon: ReactNode;
  confirm: (button: HTMLElement) => void;
}) {
  const [asks, setAsks] = useState(false);
  if (!asks) {
    return (
      <IconButton label={label} onClick={() => setAsks(true)}>
        {icon}
      </IconButton>
    );
  }
  return (
    <Button
      look="loss"
      // The focus goes on in what stands in place of the button.
      autoFocus
      onBlur={() => setAsks(false)}
      onKeyDown={({ key }) => {
        if (key === 'Escape') setAsks(false);
      }}
      onClick={(event) => confirm(event.currentTarget)}
    >
      {question}
    </Button>
  );
}
