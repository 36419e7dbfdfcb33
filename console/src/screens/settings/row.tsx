import type { ReactNode } from 'react';

/** One setting: its name, a hint, and what changes it. */
export function Row({
  label,
  hint,
  children,
}: {
  label: string;
  hint?: string;
  children: ReactNode;
}) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
      <div className="min-w-0 flex-1">
        <p dir="auto" className="break-words">
          {label}
        </p>
        {hint && (
          <p dir="auto" className="line-clamp-2 text-sm break-words text-faint">
            {hint}
          </p>
        )}
      </div>
      {children}
    </li>
  );
}

export function Switch({
  label,
  isOn,
  disabled,
  turn,
}: {
  label: string;
  isOn: boolean;
  disabled: boolean;
  turn: (value: boolean) => void;
}) {
  return (
    <input
      type="checkbox"
      aria-label={label}
      checked={isOn}
      disabled={disabled}
      onChange={({ target }) => turn(target.checked)}
      className="size-5 accent-(--accent) pointer-coarse:size-6"
    />
  );
}
