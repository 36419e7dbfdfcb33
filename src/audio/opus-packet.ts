/** What the framing of an Opus packet says, without decoding it. */
export interface OpusPacket {
  valid: true;
  /** Length of all its frames together, milliseconds (2.5 to 120). */
  durationMs: number;
  frameCount: number;
  stereo: boolean;
  mode: 'silk' | 'hybrid' | 'celt';
}

/** Bytes that cannot be an Opus packet; `rule` is the requirement of RFC 6716 §3.4 they break. */
export interface OpusFault {
  valid: false;
  rule: 'R1' | 'R2' | 'R3' | 'R4' | 'R5' | 'R6' | 'R7';
  reason: string;
}

/** RFC 6716 §3.1: frame lengths in ms, by configuration number. */
const SILK_FRAME_MS = [10, 20, 40, 60];
const HYBRID_FRAME_MS = [10, 20];
const CELT_FRAME_MS = [2.5, 5, 10, 20];
const MAX_FRAME_BYTES = 1275;
const MAX_PACKET_MS = 120;

/**
 * Parses and validates an Opus packet by the framing rules R1 to R7 of RFC 6716 §3.4. Framing is
 * all that can be told without decoding: random bytes often pass.
 */
export function parseOpusPacket(packet: Uint8Array): OpusPacket | OpusFault {
  const toc = packet[0];
  if (toc === undefined) return fault('R1', 'the packet is empty');
  const config = toc >> 3;
  const frameMs = frameDurationMs(config);
  const frames = frameLayout(packet, toc & 3, frameMs);
  if (!Array.isArray(frames)) return frames;
  return {
    valid: true,
    durationMs: frameMs * frames.length,
    frameCount: frames.length,
    stereo: (toc & 4) !== 0,
    mode: config < 12 ? 'silk' : config < 16 ? 'hybrid' : 'celt',
  };
}

/** Length of a valid packet's audio in milliseconds, null if it is not a valid packet. */
export function opusPacketDurationMs(packet: Uint8Array): number | null {
  const toc = packet[0];
  // Most packets are one frame. They are asked for several times each, so nothing is allocated for them.
  if (toc !== undefined && (toc & 3) === 0) {
    return packet.length - 1 <= MAX_FRAME_BYTES ? frameDurationMs(toc >> 3) : null;
  }
  const parsed = parseOpusPacket(packet);
  return parsed.valid ? parsed.durationMs : null;
}

function frameDurationMs(config: number): number {
  if (config < 12) return SILK_FRAME_MS[config & 3] ?? 0;
  if (config < 16) return HYBRID_FRAME_MS[config & 1] ?? 0;
  return CELT_FRAME_MS[config & 3] ?? 0;
}

/** Sizes of the frames in bytes, by the frame count code of the TOC byte (§3.2). */
function frameLayout(packet: Uint8Array, code: number, frameMs: number): number[] | OpusFault {
  const body = packet.length - 1;
  switch (code) {
    case 0:
      return checkSizes([body]);
    case 1:
      if (body % 2 !== 0) return fault('R3', 'two equal frames in an odd number of bytes');
      return checkSizes([body / 2, body / 2]);
    case 2: {
      const first = readFrameLength(packet, 1);
      if (first === null) return fault('R4', 'the length of the first frame is cut off');
      const second = body - first.bytes - first.length;
      if (second < 0) return fault('R4', 'the first frame is longer than the packet');
      return checkSizes([first.length, second]);
    }
    default:
      return manyFrames(packet, frameMs);
  }
}

/** Code 3 (§3.2.5): a frame count byte, optional padding, then equal or individual sizes. */
function manyFrames(packet: Uint8Array, frameMs: number): number[] | OpusFault {
  const header = packet[1];
  if (header === undefined) return fault('R7', 'the frame count is cut off');
  const count = header & 0x3f;
  if (count === 0) return fault('R5', 'the packet holds no frame');
  if (count * frameMs > MAX_PACKET_MS) return fault('R5', 'the packet is longer than 120 ms');
  const variable = (header & 0x80) !== 0;
  const broken = variable ? 'R7' : 'R6';
  let at = 2;
  let padding = 0;
  if ((header & 0x40) !== 0) {
    let length = 255;
    while (length === 255) {
      const byte = packet[at];
      if (byte === undefined) return fault(broken, 'the padding length is cut off');
      length = byte;
      padding += byte === 255 ? 254 : byte;
      at += 1;
    }
  }
  const sizes: number[] = [];
  let used = 0;
  if (variable) {
    for (let i = 0; i < count - 1; i += 1) {
      const size = readFrameLength(packet, at);
      if (size === null) return fault('R7', 'the frame lengths are cut off');
      sizes.push(size.length);
      used += size.length;
      at += size.bytes;
    }
    const last = packet.length - at - padding - used;
    if (last < 0) return fault('R7', 'the frames are longer than the packet');
    sizes.push(last);
    return checkSizes(sizes);
  }
  const rest = packet.length - at - padding;
  if (rest < 0) return fault('R6', 'the padding is longer than the packet');
  if (rest % count !== 0) return fault('R6', 'equal frames do not divide the packet');
  return checkSizes(new Array<number>(count).fill(rest / count));
}

/** §3.2.1: one byte below 252, otherwise two. */
function readFrameLength(packet: Uint8Array, at: number): { length: number; bytes: number } | null {
  const first = packet[at];
  if (first === undefined) return null;
  if (first < 252) return { length: first, bytes: 1 };
  const second = packet[at + 1];
  return second === undefined ? null : { length: second * 4 + first, bytes: 2 };
}

function checkSizes(sizes: number[]): number[] | OpusFault {
  return sizes.some((size) => size > MAX_FRAME_BYTES)
    ? fault('R2', 'a frame is longer than 1275 bytes')
    : sizes;
}

function fault(rule: OpusFault['rule'], reason: string): OpusFault {
  return { valid: false, rule, reason };
}
