/** A line under the words that moves with the sound; it stands still when nothing listens. */
export function LevelLine({
  level,
  isListening,
  label,
}: {
  level: number;
  isListening: boolean;
  label: string;
}) {
  // Loudness is heard logarithmically: -60 dB is the left end, 0 dB the right one.
  const decibels = level > 0 ? 20 * Math.log10(level) : -60;
  const share = isListening ? Math.max(0, Math.min(1, (decibels + 60) / 60)) : 0;
  return (
    // biome-ignore lint/a11y/useSemanticElements: the look of <meter> cannot be changed everywhere
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
      className="h-0.5 w-full max-w-sm overflow-hidden rounded-full bg-line"
    >
      <div
        className="h-full origin-center bg-accent transition-transform duration-100"
        style={{ transform: `scaleX(${share})` }}
      />
    </div>
  );
}
