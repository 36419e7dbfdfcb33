import type { ButtonHTMLAttributes, ComponentProps, ReactNode } from 'react';

const LOOKS = {
  primary: 'bg-accent text-accent-ink hover:opacity-90',
  plain: 'border border-line-strong text-ink hover:bg-sunk',
  quiet: 'text-soft hover:text-ink hover:bg-sunk',
  loss: 'text-loss hover:bg-loss-soft',
} as const;

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: keyof typeof LOOKS;
  icon?: ReactNode;
}

/** A button; on touch screens at least 44 px high. */
export function Button({ look = 'plain', icon, className = '', children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={`inline-flex min-h-9 items-center gap-2 rounded-control px-3 text-sm font-medium transition-colors disabled:opacity-50 pointer-coarse:min-h-11 [&>svg]:shrink-0 ${LOOKS[look]} ${className}`}
      {...rest}
    >
      {icon}
      {children}
    </button>
  );
}

/** How a button or link looks that is an icon. */
export const ICON_LOOK =
  'inline-flex size-9 items-center justify-center rounded-control text-soft transition-colors hover:bg-sunk hover:text-ink disabled:opacity-40 pointer-coarse:size-11';

/** A button that is an icon; `label` is what a screen reader says and what hovering shows. */
export function IconButton({
  label,
  children,
  className = '',
  ...rest
}: ComponentProps<'button'> & { label: string }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={`${ICON_LOOK} ${className}`}
      {...rest}
    >
      {children}
    </button>
  );
}
