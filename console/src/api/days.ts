/** Days from and to which something is shown, as date fields have them. */
export interface Days {
  from?: string | undefined;
  to?: string | undefined;
}

/** Days as instants: from midnight to the last millisecond, in local time. */
export function instantsOf({ from, to }: Days): { start_date?: string; end_date?: string } {
  return {
    ...(from ? { start_date: new Date(`${from}T00:00:00`).toISOString() } : {}),
    ...(to ? { end_date: new Date(`${to}T23:59:59.999`).toISOString() } : {}),
  };
}
