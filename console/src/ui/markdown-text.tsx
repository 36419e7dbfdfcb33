import type { ReactNode } from 'react';

/**
 * The little Markdown that answers use (bold, lists, headings, line breaks) as elements. Everything
 * else stays text: no HTML, no images, no links are made out of what a model has written.
 */
export function MarkdownText({ text }: { text: string }) {
  const blocks = text.split(/\n{2,}/).filter((block) => block.trim() !== '');
  return (
    <div className="flex flex-col gap-3 text-reading break-words" dir="auto">
      {blocks.map((block, index) => (
        // Blocks of an answer only grow at the end.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <Block key={index} text={block} />
      ))}
    </div>
  );
}

function Block({ text }: { text: string }) {
  const lines = text.split('\n');
  if (lines.every((line) => isItem(line))) {
    return (
      <ul className="flex list-disc flex-col gap-1 ps-5">
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines only grow at the end
          <li key={index}>{inline(line.trimStart().slice(2))}</li>
        ))}
      </ul>
    );
  }
  const heading = /^#{1,4} /.exec(text);
  if (heading && lines.length === 1) {
    return <h3 className="text-base font-semibold">{inline(text.slice(heading[0].length))}</h3>;
  }
  return <p className="whitespace-pre-line">{inline(text)}</p>;
}

function isItem(line: string): boolean {
  const start = line.trimStart();
  return start.startsWith('- ') || start.startsWith('* ') || start.startsWith('• ');
}

/** Splits at `**`: every second piece is bold, unless its end is missing. */
function inline(text: string): ReactNode[] {
  const pieces = text.split('**');
  const isOpen = pieces.length % 2 === 0;
  return pieces.map((piece, index) => {
    const isBold = index % 2 === 1 && !(isOpen && index === pieces.length - 1);
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other identity
    return isBold ? <strong key={index}>{piece}</strong> : piece;
  });
}
