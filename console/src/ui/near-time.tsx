import { useLocale } from '../i18n/strings.ts';
import { exactTime, nearTime } from './time.ts';

/** A time as people say it; hovering shows it in full. `at` is ISO 8601. */
export function NearTime({ at, className = '' }: { at: string; className?: string }) {
  const locale = useLocale();
  const date = new Date(at);
  return (
    <time dateTime={at} title={exactTime(date, locale)} className={`tabular ${className}`}>
      {nearTime(date, locale)}
    </time>
  );
}
