/** The colour of a folder as a dot; an empty ring if there is none. */
export function FolderDot({ colour }: { colour: string | null }) {
  return (
    <svg viewBox="0 0 10 10" aria-hidden="true" className="size-2.5 shrink-0">
      <circle
        cx="5"
        cy="5"
        r="4"
        fill={colour ?? 'none'}
        stroke={colour ?? 'currentColor'}
        strokeWidth="1.5"
      />
    </svg>
  );
}
