import type { Days } from '../api/days.ts';
import { currentTime } from '../api/server-clock.ts';
import { useStrings } from '../i18n/strings.ts';
import { Chip } from './chip.tsx';
import { isoDay } from './time.ts';

const DAY_MS = 86_400_000;
/** Days that a preset reaches back, today included. */
const DAYS = { today: 1, week: 7, month: 30 } as const;

/** Chips for the usual stretches of time up to today. */
export function DayPresets({ days, set }: { days: Days; set: (days: Days) => void }) {
  const words = useStrings().timeline;
  return (Object.keys(DAYS) as (keyof typeof DAYS)[]).map((name) => {
    const from = isoDay(new Date(currentTime() - (DAYS[name] - 1) * DAY_MS));
    const isOn = days.from === from && days.to === undefined;
    return (
      <Chip
        key={name}
        isOn={isOn}
        turn={() => set({ from: isOn ? undefined : from, to: undefined })}
      >
        {words.presets[name]}
      </Chip>
    );
  });
}

/** The first and the last day, each of which may be left open. */
export function DayFields({ days, set }: { days: Days; set: (days: Days) => void }) {
  const words = useStrings().timeline;
  return (['from', 'to'] as const).map((name) => (
    <label key={name} className="flex items-center gap-1.5 text-xs text-soft">
      {words[name]}
      <input
        type="date"
        value={days[name] ?? ''}
        onChange={({ target }) => set({ ...days, [name]: target.value || undefined })}
        className="tabular min-h-8 min-w-0 rounded border border-line bg-transparent px-1.5 text-xs text-ink"
      />
    </label>
  ));
}
