/** A setting that is one of several. */
export function Choice({
  label,
  value,
  options,
  choose,
}: {
  label: string;
  value: string;
  options: [string, string][];
  choose: (value: string) => void;
}) {
  return (
    <select
      // What was loaded, or put back after a failure, is shown.
      key={value}
      aria-label={label}
      defaultValue={value}
      onChange={({ target }) => choose(target.value)}
      className="min-h-10 max-w-44 rounded-control border border-line bg-raised px-2 text-base sm:max-w-60"
    >
      {options.map(([id, name]) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}
