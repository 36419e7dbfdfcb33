/** What the samples or packets of a device's file are, as its name says. */
export interface DeviceCodec {
  encoding: 'opus' | 'aac' | 'lc3' | 'pcm16' | 'pcm8' | 'mulaw' | 'alaw';
  /** Hertz. */
  sampleRate: number;
  channels: number;
}

/** What the name of a device's file tells. */
export interface DeviceFileName {
  codec: DeviceCodec;
  /** Wall time of the first sample, epoch milliseconds. */
  startedAt: number;
  /** Where the conversation comes from. */
  source: 'omi' | 'limitless';
}

/** Nobody's device has recorded anything before this. */
const EARLIEST_MS = Date.UTC(2024, 0, 1);
/** How far the clock of a device may be ahead of this one, milliseconds. */
const MAX_AHEAD_MS = 300_000;
/** A larger number counts milliseconds. */
const MAX_SECONDS = 1e10;
const LONGEST_NAME = 255;
const LOWEST_RATE = 4_000;
const HIGHEST_RATE = 192_000;
const CODED_RATE = 16_000;

const ENCODINGS: Readonly<Record<string, DeviceCodec['encoding']>> = {
  opus: 'opus',
  aac: 'aac',
  lc3: 'lc3',
  pcm: 'pcm16',
  pcm16: 'pcm16',
  linear16: 'pcm16',
  s16le: 'pcm16',
  pcm8: 'pcm8',
  u8: 'pcm8',
  mulaw: 'mulaw',
  ulaw: 'mulaw',
  mulaw8: 'mulaw',
  mulaw16: 'mulaw',
  pcmu: 'mulaw',
  alaw: 'alaw',
  pcma: 'alaw',
};

/** Returns the last part of a path that a client gave as a name, at most 255 characters of it. */
export function baseName(name: string): string {
  return (name.split(/[\\/]/u).at(-1) ?? '').slice(-LONGEST_NAME);
}

/**
 * Reads `audio_<device>_<codec>_<rate>_<channels>_fs<samples>_<time>.bin`, the name that Omi's app gives to
 * what a device has stored. Parts may be missing or stand elsewhere; only the time at the end must be there.
 * Without a known codec it is Opus, as for Omi's server.
 *
 * @param now epoch milliseconds
 * @returns the reason in words if it is no such name
 */
export function parseDeviceFileName(
  name: string,
  now: number,
): { ok: true; file: DeviceFileName } | { ok: false; reason: string } {
  const shown = `Invalid file format ${name}`;
  if (!/\.bin$/iu.test(name)) {
    return { ok: false, reason: `${shown}: the name must end with .bin.` };
  }
  const parts = name.slice(0, -4).split('_');
  if (parts.length < 2) return { ok: false, reason: `${shown}, missing timestamp` };
  const text = /^[^.]*/u.exec(parts.at(-1) ?? '')?.[0] ?? '';
  const number = /^\d{1,16}$/u.test(text) ? Number(text) : Number.NaN;
  const startedAt = number > MAX_SECONDS ? number : number * 1000;
  if (Number.isNaN(startedAt)) return { ok: false, reason: `${shown}, invalid timestamp` };
  if (startedAt < EARLIEST_MS || startedAt > now + MAX_AHEAD_MS) {
    const when = startedAt < EARLIEST_MS ? 'before 2024' : 'in the future';
    const reason = `${shown}, invalid timestamp: it lies ${when}. Set the clock of the device.`;
    return { ok: false, reason };
  }
  const lower = parts.map((part) => part.toLowerCase());
  const source = name.toLowerCase().includes('limitless') ? 'limitless' : 'omi';
  return { ok: true, file: { codec: codecOf(lower.slice(0, -1)), startedAt, source } };
}

function codecOf(parts: readonly string[]): DeviceCodec {
  const at = parts.findLastIndex((part) => Object.hasOwn(ENCODINGS, part));
  const name = parts[at] ?? 'opus';
  const encoding = ENCODINGS[name] ?? 'opus';
  const rest = parts.slice(at + 1);
  const [rate, channels] = rest.filter((part) => /^\d{1,6}$/u.test(part)).map(Number);
  return {
    encoding,
    sampleRate: rateOf(encoding, name, rate),
    channels: channels !== undefined && channels >= 1 && channels <= 8 ? channels : 1,
  };
}

function rateOf(encoding: string, name: string, rate: number | undefined): number {
  // Opus, AAC and LC3 of these devices are decoded to 16 kHz whatever their name says.
  if (encoding in { opus: 0, aac: 0, lc3: 0 }) return CODED_RATE;
  if (rate !== undefined && rate >= LOWEST_RATE && rate <= HIGHEST_RATE) return rate;
  return /8$/u.test(name) ? 8_000 : 16_000;
}
