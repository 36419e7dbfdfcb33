/**
 * A moment as a word, so that it travels through speech-to-text, store and wire like any other:
 * `process.hrtime` is one clock for all processes of a machine.
 */
const MARK = /zq([0-9]+)qz/;

export function latencyMark(): string {
  // In digits: letters could spell the marks at either end.
  return `zq${process.hrtime.bigint()}qz`;
}

/** The last mark in a text; undefined if there is none. */
export function lastMark(text: string): string | undefined {
  const at = text.lastIndexOf('zq');
  return at < 0 ? undefined : MARK.exec(text.slice(at, at + 30))?.[1];
}

/** Milliseconds since a mark was made. */
export function msSinceMark(mark: string): number {
  return Number(process.hrtime.bigint() - BigInt(mark)) / 1e6;
}
