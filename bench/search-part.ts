import type { Part, Row } from './report.ts';
import { benchSearch } from './search.ts';

const GOAL_P95_MS = 50;

/** Word search of one user as rows of the report. */
export async function searchPart(): Promise<Part> {
  const { rows } = await benchSearch();
  const single = (name: string, unit: Row['unit'], value: number, goal: number | null): Row => ({
    name,
    unit,
    value: { median: value, min: value, max: value },
    goal,
  });
  return {
    name: 'Word search among the transcript windows of one user',
    rows: rows.flatMap((row) => {
      const windows = `${row.windows.toLocaleString('en')} windows`;
      return [
        single(`${windows}: p50`, 'ms', row.search.p50Ms, null),
        single(`${windows}: p95`, 'ms', row.search.p95Ms, GOAL_P95_MS),
        single(`${windows}: p50 against a bare FTS5 query`, '×', row.ratioP50, null),
        single(`${windows}: p95 against a bare FTS5 query`, '×', row.ratioP95, null),
      ];
    }),
    raw: rows,
  };
}
