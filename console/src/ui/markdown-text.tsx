import { Fragment, type ReactNode } from 'react';

/** Draws the citation `[n]`; null if there is none of that number. */
export type Cite = (number: number) => ReactNode;

/**
 * The little Markdown that answers use (bold, lists, headings, line breaks) as elements. Everything
 * else stays text: no HTML, no images, no links are made out of what a model has written.
 */
export function MarkdownText({ text, cite }: { text: string; cite?: Cite }) {
  const blocks = text.split(/\n{2,}/).filter((block) => block.trim() !== '');
  return (
    <div className="flex flex-col gap-3 text-reading break-words" dir="auto">
      {blocks.map((block, index) => (
        // Blocks of an answer only grow at the end.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <Block key={index} text={block} cite={cite} />
      ))}
    </div>
  );
}

function Block({ text, cite }: { text: string; cite: Cite | undefined }) {
  const lines = text.split('\n');
  if (lines.every((line) => isItem(line))) {
    return (
      <ul className="flex list-disc flex-col gap-1 ps-5">
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines only grow at the end
          <li key={index}>{inline(line.trimStart().slice(2), cite)}</li>
        ))}
      </ul>
    );
  }
  const heading = /^#{1,4} /.exec(text);
  if (heading && lines.length === 1) {
    return (
      <h3 className="text-base font-semibold">{inline(text.slice(heading[0].length), cite)}</h3>
    );
  }
  return <p className="whitespace-pre-line">{inline(text, cite)}</p>;
}

function isItem(line: string): boolean {
  const start = line.trimStart();
  return start.startsWith('- ') || start.startsWith('* ') || start.startsWith('• ');
}

/** Splits at `**`: every second piece is bold, unless its end is missing. */
function inline(text: string, cite: Cite | undefined): ReactNode[] {
  const pieces = text.split('**');
  const isOpen = pieces.length % 2 === 0;
  return pieces.map((piece, index) => {
    const isBold = index % 2 === 1 && !(isOpen && index === pieces.length - 1);
    const content = withCitations(piece, cite);
    const Kind = isBold ? 'strong' : Fragment;
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other identity
    return <Kind key={index}>{content}</Kind>;
  });
}

/** Puts what `cite` draws in the place of `[1]`, `[2]` …; what it does not know stays text. */
function withCitations(text: string, cite: Cite | undefined): ReactNode {
  if (!cite) return text;
  return text.split(/\[(\d{1,3})\]/).map((piece, index) =>
    index % 2 === 0 ? (
      piece
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other identity
      <Fragment key={index}>{cite(Number(piece)) ?? `[${piece}]`}</Fragment>
    ),
  );
}
