import { useStrings } from '../../i18n/strings.ts';

export const FIELD =
  'min-h-11 w-full min-w-0 rounded-control border border-line-strong bg-raised px-3 text-base placeholder:text-faint';

/** A field for a key, which is never shown again. */
export function SecretField({
  label,
  value,
  placeholder,
  change,
}: {
  label: string;
  value: string;
  placeholder: string;
  change: (value: string) => void;
}) {
  return (
    <input
      type="password"
      autoComplete="off"
      spellCheck={false}
      maxLength={1_000}
      aria-label={label}
      placeholder={placeholder}
      value={value}
      onChange={({ target }) => change(target.value)}
      className={FIELD}
    />
  );
}

/** What a check has refused, and a way to save all the same if nobody could be asked. */
export function SaveProblem({
  error,
  saveUnchecked,
}: {
  error: Error & { status?: number };
  saveUnchecked: () => void;
}) {
  const words = useStrings().services;
  return (
    <div role="alert" className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-loss">
      <p className="min-w-0 break-words">{error.message}</p>
      {error.status === UNCHECKED && (
        <button
          type="button"
          onClick={saveUnchecked}
          className="min-h-9 text-ink underline underline-offset-4 pointer-coarse:min-h-11"
        >
          {words.saveUnchecked}
        </button>
      )}
    </div>
  );
}

/** The status of a refusal that says nothing about the key. */
const UNCHECKED = 503;
