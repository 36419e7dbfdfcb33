import { useLocale } from '../i18n/strings.ts';
import { isoDay, nearDay, nearTime } from './time.ts';

/** The minute of a day that stands for the whole day. */
const LAST_MINUTE = { hours: 23, minutes: 59 };

interface DayFieldProps {
  label: string;
  /** What stands there without a day. */
  none: string;
  /** ISO 8601; null without a day. */
  at: string | null;
  /** The new time, ISO 8601: the same time of day, or the end of the day if there was none. */
  save: (at: string | null) => void;
  className?: string;
}

/** A day as people say it; while it has the focus, the browser's own field for a date. */
export function DayField({ label, none, at, save, className = '' }: DayFieldProps) {
  const locale = useLocale();
  const date = at === null ? null : new Date(at);
  const change = (day: string) => {
    if (day === '') return save(null);
    const changed = new Date(`${day}T00:00:00`);
    changed.setHours(
      date?.getHours() ?? LAST_MINUTE.hours,
      date?.getMinutes() ?? LAST_MINUTE.minutes,
    );
    save(changed.toISOString());
  };
  return (
    <label className={`group relative inline-flex min-h-7 items-center text-sm ${className}`}>
      <span className="sr-only">{label}</span>
      <span aria-hidden className="tabular group-focus-within:invisible group-hover:underline">
        {date ? sayDay(date, locale) : none}
      </span>
      <input
        type="date"
        value={date ? isoDay(date) : ''}
        onClick={({ currentTarget }) => openPicker(currentTarget)}
        onChange={({ target }) => change(target.value)}
        className="tabular absolute inset-y-0 start-0 w-full min-w-32 cursor-pointer bg-paper opacity-0 focus:opacity-100"
      />
    </label>
  );
}

function sayDay(date: Date, locale: string): string {
  const isWholeDay =
    date.getHours() === LAST_MINUTE.hours && date.getMinutes() === LAST_MINUTE.minutes;
  return isWholeDay ? nearDay(date, locale) : nearTime(date, locale);
}

/** Opens the calendar of the field; a browser that refuses leaves the field to be typed in. */
function openPicker(field: HTMLInputElement): void {
  try {
    field.showPicker();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}
