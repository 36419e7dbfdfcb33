import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { CalendarPlus, ChevronLeft, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { type CalendarItem, calendarQuery } from '../../api/calendar.ts';
import { currentTime } from '../../api/server-clock.ts';
import { useLocale, useStrings } from '../../i18n/strings.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { Failed } from '../../ui/states.tsx';
import { dateRange, dayOf, isoDay, monthLabel } from '../../ui/time.ts';
import { useIsWide } from '../../ui/use-wide.ts';
import { Agenda } from './agenda.tsx';
import { daysShown, firstWeekday, readDay, spanOf, step, VIEWS, type View } from './days.ts';
import { FeedSheet } from './feed-sheet.tsx';
import { MonthGrid } from './month-grid.tsx';

/** Events that were found in what was said and tasks that are due, by month or week. */
export function Calendar() {
  const words = useStrings().calendar;
  const locale = useLocale();
  const { view = 'month', day: given } = useSearch({ from: '/signed-in/calendar' });
  const navigate = useNavigate({ from: '/calendar' });
  const isWide = useIsWide();
  const [isSubscribing, setIsSubscribing] = useState(false);
  const day = readDay(given) ?? new Date(dayOf(new Date(currentTime())));
  const days = daysShown(view, day, firstWeekday(locale));
  const span = spanOf(days);
  const found = useQuery(calendarQuery(span));
  const go = (change: { view?: View; day?: Date }) =>
    void navigate({
      to: '.',
      search: { view: change.view ?? view, day: isoDay(change.day ?? day) },
      replace: true,
    });
  const byDay = groupByDay(found.data ?? []);
  const title =
    view === 'month'
      ? monthLabel(day, locale)
      : dateRange(span.from, new Date(span.to.getTime() - 1), locale);
  const open = (chosen: Date) => go({ day: chosen, ...(isWide ? { view: 'week' } : {}) });
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto flex max-w-6xl flex-col gap-4 px-5 pt-6 pb-24 md:px-8">
        <header className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <h1 className="text-xl" aria-live="polite">
            {title}
          </h1>
          <div className="flex items-center">
            <IconButton
              label={words.previous[view]}
              onClick={() => go({ day: step(view, day, -1) })}
            >
              <ChevronLeft size={19} aria-hidden className="rtl:rotate-180" />
            </IconButton>
            <Button look="quiet" onClick={() => go({ day: new Date(currentTime()) })}>
              {words.today}
            </Button>
            <IconButton label={words.next[view]} onClick={() => go({ day: step(view, day, 1) })}>
              <ChevronRight size={19} aria-hidden className="rtl:rotate-180" />
            </IconButton>
          </div>
          <div className="ms-auto flex items-center gap-1.5">
            {VIEWS.map((name) => (
              <Chip key={name} isOn={view === name} turn={() => go({ view: name })}>
                {words.views[name]}
              </Chip>
            ))}
            <IconButton
              label={words.subscribe}
              aria-haspopup="dialog"
              onClick={() => setIsSubscribing(true)}
            >
              <CalendarPlus size={18} aria-hidden />
            </IconButton>
          </div>
        </header>
        {found.isError ? (
          <Failed error={found.error} retry={() => void found.refetch()} />
        ) : (
          <div aria-busy={found.isPending} className="flex flex-col gap-6">
            {view === 'month' && (
              <MonthGrid days={days} day={day} byDay={byDay} isWide={isWide} open={open} />
            )}
            {view === 'week' && (
              <Agenda days={days} byDay={byDay} isLoading={found.isPending} showsEmptyDays />
            )}
            {view === 'month' && !isWide && (
              <Agenda days={[day]} byDay={byDay} isLoading={found.isPending} showsEmptyDays />
            )}
          </div>
        )}
      </div>
      <FeedSheet isOpen={isSubscribing} close={() => setIsSubscribing(false)} />
    </div>
  );
}

/** What stands on each day, by the day's midnight. */
function groupByDay(items: readonly CalendarItem[]): ReadonlyMap<number, CalendarItem[]> {
  const byDay = new Map<number, CalendarItem[]>();
  for (const item of items) {
    const day = dayOf(item.at);
    const own = byDay.get(day) ?? [];
    own.push(item);
    byDay.set(day, own);
  }
  return byDay;
}
