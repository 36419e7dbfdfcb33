import type { CalendarItem } from '../../api/calendar.ts';
import { currentTime } from '../../api/server-clock.ts';
import { useLocale, useStrings } from '../../i18n/strings.ts';
import { dayName, dayOf, exactDay } from '../../ui/time.ts';
import { ItemButton } from './item-button.tsx';

/** Things that a cell of the month shows; the rest is a number that opens the week. */
const SHOWN = 3;

/** The weeks of a month as a table. A narrow one has dots, and the things of the chosen day below it. */
export function MonthGrid({
  days,
  day,
  byDay,
  isWide,
  open,
}: {
  days: readonly Date[];
  day: Date;
  byDay: ReadonlyMap<number, CalendarItem[]>;
  isWide: boolean;
  open: (day: Date) => void;
}) {
  const locale = useLocale();
  const weeks = Array.from({ length: days.length / 7 }, (_, week) =>
    days.slice(week * 7, week * 7 + 7),
  );
  return (
    <table className="w-full table-fixed border-collapse">
      <thead>
        <tr>
          {days.slice(0, 7).map((date) => (
            <th
              key={date.getDay()}
              scope="col"
              className="pb-1 text-center text-xs font-semibold text-faint lg:text-start lg:ps-2"
            >
              {dayName(date, locale)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week) => (
          <tr key={week[0]?.getTime()}>
            {week.map((date) => (
              <td
                key={date.getTime()}
                className={`border border-line p-0 align-top ${date.getMonth() === day.getMonth() ? '' : 'bg-sunk'}`}
              >
                <DayCell
                  date={date}
                  isChosen={!isWide && dayOf(date) === dayOf(day)}
                  items={byDay.get(dayOf(date)) ?? []}
                  isWide={isWide}
                  open={() => open(date)}
                />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function DayCell({
  date,
  isChosen,
  items,
  isWide,
  open,
}: {
  date: Date;
  isChosen: boolean;
  items: readonly CalendarItem[];
  isWide: boolean;
  open: () => void;
}) {
  const words = useStrings().calendar;
  const locale = useLocale();
  const isToday = dayOf(date) === dayOf(new Date(currentTime()));
  const number = (
    <span
      className={`tabular inline-flex size-6 items-center justify-center rounded-full text-xs ${isToday ? 'bg-accent font-semibold text-accent-ink' : 'text-soft'}`}
    >
      {date.getDate()}
    </span>
  );
  const label = `${exactDay(date, locale)}, ${words.count(items.length)}`;
  if (!isWide) {
    return (
      <button
        type="button"
        aria-label={label}
        aria-pressed={isChosen}
        aria-current={isToday ? 'date' : undefined}
        onClick={open}
        className="flex h-12 w-full flex-col items-center justify-center gap-0.5 aria-pressed:bg-accent-soft"
      >
        {number}
        <span aria-hidden className="flex h-1.5 gap-0.5">
          {items.slice(0, SHOWN).map((item) => (
            <span
              key={item.key}
              className={`size-1.5 rounded-full ${item.kind === 'event' ? 'bg-accent' : 'bg-amber'}`}
            />
          ))}
        </span>
      </button>
    );
  }
  return (
    <div className="flex h-28 flex-col gap-0.5 p-1">
      <button
        type="button"
        aria-label={label}
        aria-current={isToday ? 'date' : undefined}
        onClick={open}
        className="self-start rounded-full hover:bg-accent-soft"
      >
        {number}
      </button>
      {items.slice(0, SHOWN).map((item) => (
        <ItemButton key={item.key} item={item} isShort />
      ))}
      {items.length > SHOWN && (
        <button
          type="button"
          onClick={open}
          className="self-start rounded px-1 text-xs text-soft hover:text-ink"
        >
          {words.further(items.length - SHOWN)}
        </button>
      )}
    </div>
  );
}
