import type { Spread } from './statistics.ts';

/** One figure of the run. */
export interface Row {
  name: string;
  unit: 'ms' | '×' | 'MiB' | 'cores' | 's' | 'KiB' | '%';
  value: Spread;
  /** The largest median that is good enough; null for a figure without a goal. */
  goal: number | null;
}

/** What a part of the benchmark has found: figures for people and everything measured, for machines. */
export interface Part {
  name: string;
  rows: Row[];
  raw: unknown;
}

export function isMet(row: Row): boolean | null {
  return row.goal === null ? null : row.value.median <= row.goal;
}

export function printPart(part: Part): void {
  console.log(`\n${part.name}`);
  const width = Math.max(...part.rows.map((row) => row.name.length)) + 2;
  for (const row of part.rows) {
    const met = isMet(row);
    const goal = met === null ? '' : `  goal ≤ ${row.goal} ${row.unit}: ${met ? 'met' : 'MISSED'}`;
    const { median, min, max } = row.value;
    console.log(
      `  ${row.name.padEnd(width)}${format(median).padStart(9)} ${row.unit.padEnd(6)}` +
        `${format(min)} – ${format(max)}`.padEnd(20) +
        goal,
    );
  }
}

function format(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
}
