import type { ReactNode } from 'react';

/** A filter that is on or off. */
export function Chip({
  isOn,
  turn,
  children,
}: {
  isOn: boolean;
  turn: () => void;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      onClick={turn}
      className="min-h-8 rounded-full border border-line px-2.5 text-xs whitespace-nowrap text-soft hover:text-ink aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent pointer-coarse:min-h-9"
    >
      {children}
    </button>
  );
}
