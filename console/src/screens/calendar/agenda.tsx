import type { CalendarItem } from '../../api/calendar.ts';
import { currentTime } from '../../api/server-clock.ts';
import { useLocale, useStrings } from '../../i18n/strings.ts';
import { Skeleton } from '../../ui/states.tsx';
import { dayOf, exactDay } from '../../ui/time.ts';
import { ItemButton } from './item-button.tsx';

/** What stands on days, one day after the other. */
export function Agenda({
  days,
  byDay,
  isLoading,
  showsEmptyDays,
}: {
  days: readonly Date[];
  byDay: ReadonlyMap<number, CalendarItem[]>;
  isLoading: boolean;
  showsEmptyDays: boolean;
}) {
  const words = useStrings().calendar;
  const locale = useLocale();
  if (isLoading) return <Skeleton rows={days.length} className="h-10" />;
  return days.map((day) => {
    const items = byDay.get(dayOf(day)) ?? [];
    if (items.length === 0 && !showsEmptyDays) return null;
    const isToday = dayOf(day) === dayOf(new Date(currentTime()));
    return (
      <section key={day.getTime()} className="flex flex-col gap-x-6 lg:flex-row">
        <h2
          className={`shrink-0 pb-1 text-sm font-semibold lg:w-56 lg:pt-2 ${isToday ? 'text-accent' : 'text-soft'}`}
        >
          {exactDay(day, locale)}
        </h2>
        <ul className="flex min-w-0 flex-1 flex-col divide-y divide-line border-t border-line">
          {items.map((item) => (
            <li key={item.key} className="py-0.5">
              <ItemButton item={item} />
            </li>
          ))}
          {items.length === 0 && <li className="px-2 py-2 text-sm text-faint">{words.nothing}</li>}
        </ul>
      </section>
    );
  });
}
