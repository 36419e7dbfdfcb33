import { flattenText } from './imported-transcript.ts';

/** Headings, quotations and list items. */
const PREFIX = /^\s{0,20}(?:(?:#{1,6}|>{1,3}|[-*+•–—])\s{1,5}){0,3}/u;
/** Emphasis, code or the text of a link, as they stand around names and times. */
const EMPHASIS = /(?<mark>\*\*\*|\*\*|__|\*|_|`)(?=[^\s*_`])(?<inner>[^*_`\n]{1,80})\k<mark>/gu;
const LINK = /\[(?<text>[^[\]\n]{1,80})\]\([^()\s]{0,200}\)/gu;
/** How much of a line can belong to a speaker's label. */
const HEAD = 160;

/**
 * A line with single spaces, and without the Markdown at its beginning: `**Anna:** Hello` becomes
 * `Anna: Hello`. Of the rest of a line nothing is taken off.
 */
export function cleanLine(line: string): string {
  const bare = line.slice(PREFIX.exec(line)?.[0].length ?? 0);
  const head = bare.slice(0, HEAD).replace(LINK, '$<text>').replace(EMPHASIS, '$<inner>');
  return flattenText(head + bare.slice(HEAD));
}
