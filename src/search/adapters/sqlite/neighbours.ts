/** Which window of which conversation something is; null where it is none. */
export interface WindowPlace {
  of: string;
  n: number;
}

/** The place of a window by its id, `<conversation id>:<n>`. */
export function windowPlace(id: string): WindowPlace | null {
  const colon = id.lastIndexOf(':');
  const n = Number(id.slice(colon + 1));
  return colon >= 0 && Number.isInteger(n) ? { of: id.slice(0, colon), n } : null;
}

/**
 * What the windows around each one score: half of those before and after it, a quarter of those
 * next to them; `absent` for a window that was not found. 0 for what is no window.
 */
export function neighbourScores<T extends { window: WindowPlace | null; score: number }>(
  rows: readonly T[],
  absent: number,
): Map<T, number> {
  const scores = new Map(
    rows.flatMap(({ window, score }) => (window ? [[`${window.of}:${window.n}`, score]] : [])),
  );
  return new Map(
    rows.map((row) => {
      const { window } = row;
      if (!window) return [row, 0];
      const at = (step: number) => scores.get(`${window.of}:${window.n + step}`) ?? absent;
      return [row, (at(-1) + at(1)) / 2 + (at(-2) + at(2)) / 4];
    }),
  );
}
