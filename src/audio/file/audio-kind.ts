/** Containers that are known, by the name that a person has for them. */
export type AudioKind = 'WAV' | 'MP3' | 'MP4' | 'WebM' | 'Ogg' | 'FLAC' | 'AAC';

/** Sound and film that people have and that is not read, by its first bytes. */
export type UnreadKind = 'AIFF' | 'CAF' | 'WMA' | 'AMR' | 'MIDI' | 'AVI';

interface Signature {
  kind: AudioKind | UnreadKind;
  matches: (head: Buffer) => boolean;
}

const SIGNATURES: readonly Signature[] = [
  { kind: 'AVI', matches: (head) => starts(head, 'RIFF') && has(head, 8, 'AVI ') },
  {
    kind: 'WAV',
    matches: (head) => ['RIFF', 'RIFX', 'RF64', 'BW64'].some((tag) => starts(head, tag)),
  },
  { kind: 'Ogg', matches: (head) => starts(head, 'OggS') },
  { kind: 'FLAC', matches: (head) => starts(head, 'fLaC') },
  { kind: 'WebM', matches: (head) => starts(head, '\u001a\u0045\u00df\u00a3') },
  { kind: 'MP4', matches: isMp4 },
  { kind: 'AIFF', matches: (head) => starts(head, 'FORM') && has(head, 8, 'AIF') },
  { kind: 'CAF', matches: (head) => starts(head, 'caff') },
  { kind: 'WMA', matches: (head) => starts(head, '\u0030\u0026\u00b2\u0075\u008e\u0066') },
  { kind: 'AMR', matches: (head) => starts(head, '#!AMR') },
  { kind: 'MIDI', matches: (head) => starts(head, 'MThd') },
  { kind: 'MP3', matches: (head) => starts(head, 'ID3') || isMpegFrame(head) },
  { kind: 'AAC', matches: (head) => starts(head, 'ADIF') || isAdtsFrame(head) },
];
const UNREAD: readonly string[] = [
  'AIFF',
  'CAF',
  'WMA',
  'AMR',
  'MIDI',
  'AVI',
] satisfies UnreadKind[];
const EXTENSIONS: Readonly<Record<string, AudioKind>> = {
  wav: 'WAV',
  wave: 'WAV',
  mp3: 'MP3',
  mp4: 'MP4',
  m4a: 'MP4',
  m4b: 'MP4',
  mov: 'MP4',
  '3gp': 'MP4',
  webm: 'WebM',
  mka: 'WebM',
  mkv: 'WebM',
  ogg: 'Ogg',
  oga: 'Ogg',
  opus: 'Ogg',
  flac: 'FLAC',
  aac: 'AAC',
};

/** Bytes of a file's beginning that tell its kind. */
export const HEAD_BYTES = 16;

/** What kind of sound a file holds by its first bytes; null if it is none that is known. */
export function audioKind(start: Uint8Array): AudioKind | UnreadKind | null {
  const head = Buffer.from(start.subarray(0, HEAD_BYTES));
  return SIGNATURES.find(({ matches }) => matches(head))?.kind ?? null;
}

/** What kind of sound a file should hold by its name; null if the name tells none. */
export function audioKindOfName(name: string): AudioKind | null {
  const extension = /\.(?<extension>[a-z0-9]{2,5})$/iu.exec(name)?.groups?.extension;
  return EXTENSIONS[extension?.toLowerCase() ?? ''] ?? null;
}

/** True for a kind that is only recognised. */
export function isUnread(kind: AudioKind | UnreadKind): kind is UnreadKind {
  return UNREAD.includes(kind);
}

function starts(head: Buffer, tag: string): boolean {
  return has(head, 0, tag);
}

function has(head: Buffer, at: number, tag: string): boolean {
  return head.subarray(at, at + tag.length).toString('latin1') === tag;
}

/** A box that an MP4 or QuickTime file may begin with (ISO/IEC 14496-12). */
function isMp4(head: Buffer): boolean {
  const isBox = ['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip'].some((type) => has(head, 4, type));
  // Its size comes first: text has letters there.
  return isBox && (head[0] ?? 0) < 0x20;
}

/**
 * The sync word of an MPEG audio frame of layer II or III, with a bit rate and a sample rate that exist.
 * Layer I is not in use, and would be the byte order mark of UTF-16.
 */
function isMpegFrame(head: Buffer): boolean {
  const [b0 = 0, b1 = 0, b2 = 0] = head;
  if (b0 !== 0xff || (b1 & 0xe0) !== 0xe0) return false;
  const version = (b1 >> 3) & 3;
  const layer = (b1 >> 1) & 3;
  return (
    version !== 1 &&
    (layer === 1 || layer === 2) &&
    b2 >> 4 !== 15 &&
    b2 >> 4 !== 0 &&
    ((b2 >> 2) & 3) !== 3
  );
}

/** Twelve bits of sync, then two layer bits that are always zero. */
function isAdtsFrame(head: Buffer): boolean {
  const [b0 = 0, b1 = 0] = head;
  return b0 === 0xff && (b1 & 0xf6) === 0xf0;
}
