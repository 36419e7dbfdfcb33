interface Signature {
  /** What the file is, for a sentence that begins with "It is". */
  is: string;
  /** Its first bytes, as Latin-1. */
  start: string;
}

/** Files that people take for text or try instead of it, by their first bytes. */
const SIGNATURES: readonly Signature[] = [
  { is: 'a PDF document', start: '%PDF' },
  { is: 'a ZIP archive or a document of Word, Excel or OpenOffice', start: 'PK\u0003\u0004' },
  { is: 'an old document of Word or Excel', start: '\u00d0\u00cf\u0011\u00e0' },
  { is: 'a compressed file', start: '\u001f\u008b' },
  { is: 'a PNG image', start: '\u0089PNG' },
  { is: 'a JPEG image', start: '\u00ff\u00d8\u00ff' },
  { is: 'a GIF image', start: 'GIF8' },
  { is: 'an SQLite database', start: 'SQLite format 3' },
];

/** What a file in no text format is, for a sentence that begins with "It is"; null for all others. */
export function binaryKind(bytes: Uint8Array): string | null {
  const start = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  return SIGNATURES.find((signature) => start.startsWith(signature.start))?.is ?? null;
}
