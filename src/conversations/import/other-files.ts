import type { TextFile } from './transcript-format.ts';

interface Kind {
  /** What the file is, for the sentence "It is …". */
  is: string;
  matches: (file: TextFile) => boolean;
}

/** Extensions of files in which a conversation may be written down. */
const SPOKEN = ['', 'txt', 'text', 'md', 'markdown', 'vtt', 'srt', 'sbv', 'json', 'transcript'];
const README =
  /^(?:read[-_ ]?me|change[-_ ]?log|licen[cs]e|copying|contributing|contributors|authors|install(?:ing)?|security|code[-_ ]of[-_ ]conduct|notice|makefile|dockerfile|todo)(?:[-_.][\w-]{1,20})?$/iu;
const MARKUP = /^\s{0,200}<(?:!doctype|\?xml|html|head|body|tt|transcript|svg)[\s>]/iu;
const MAIL_FIELD = /^(?:From|Return-Path|Received|Delivered-To|Message-ID): ?\S/imu;
const MAIL_PROOF = /^(?:Subject|MIME-Version|Message-ID): ?\S/imu;
const HEADING = /^#{1,6}\s\S/u;
const FENCE = /^\s{0,3}(?:```|~~~)/u;
const TABLE_ROW = /^\s{0,3}\|.{0,400}\|\s{0,3}$/u;

/** Files that hold no conversation whatever their lines look like. */
const OTHERS: readonly Kind[] = [
  { is: 'a calendar file', matches: begins(/^\s{0,200}BEGIN:VCALENDAR/iu) },
  { is: 'a contact file', matches: begins(/^\s{0,200}BEGIN:VCARD/iu) },
  { is: 'an RTF document; save it as text', matches: begins(/^\s{0,200}\{\\rtf/u) },
  { is: 'an HTML or XML document; export it as text', matches: begins(MARKUP) },
  { is: 'a program', matches: begins(/^#!\s{0,5}\//u) },
  {
    is: 'an e-mail; import it with --source email',
    matches: ({ text, extension }) =>
      extension === 'eml' ||
      (MAIL_FIELD.test(text.slice(0, 600)) && MAIL_PROOF.test(text.slice(0, 4_000))),
  },
];

/** Files that hold no conversation unless people speak in them. */
const DOCUMENTS: readonly Kind[] = [
  { is: 'a file about a project', matches: ({ name }) => README.test(name) },
  { is: 'a Markdown document', matches: isDocument },
];

/** What a file is that is no transcript, for a sentence that begins with "It is"; null if it may be one. */
export function otherKind(file: TextFile): string | null {
  return OTHERS.find(({ matches }) => matches(file))?.is ?? null;
}

/** The same of a file in which no speaker was found. */
export function documentKind(file: TextFile): string | null {
  const found = DOCUMENTS.find(({ matches }) => matches(file));
  if (found) return found.is;
  return SPOKEN.includes(file.extension) ? null : `a .${file.extension} file`;
}

function begins(pattern: RegExp): (file: TextFile) => boolean {
  return ({ text }) => pattern.test(text.slice(0, 400));
}

/** Headings, code or tables of Markdown, as notes of a talk have not more than one of. */
function isDocument({ lines }: TextFile): boolean {
  return [HEADING, FENCE, TABLE_ROW].some(
    (pattern) => lines.filter((line) => pattern.test(line)).length >= 2,
  );
}
