import { dayOrTime } from '../record-arguments.ts';

/** Arguments of the time that a list of conversations is of. */
export const recordDates = {
  start_date: dayOrTime('Begin of the time'),
  end_date: dayOrTime('End of the time, that day included'),
};
