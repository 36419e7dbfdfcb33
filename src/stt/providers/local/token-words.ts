/** A piece of a word as a model gives it. */
export interface TimedToken {
  /** A leading space (or `▁`) begins a word. */
  piece: string;
  startMs: number;
}

/** A word with its times, before it gets its place in a sentence. */
export interface TimedWord {
  text: string;
  startMs: number;
  endMs: number;
}

/**
 * How long the last piece of a word lasts, milliseconds: models give the times at which
 * pieces begin, not those at which words end. Measured on synthetic speech with known ends, a letter takes some 55 ms.
 */
const PIECE_MS = 130;
const LETTER_MS = 45;
const MAX_PIECE_MS = 450;
/** A script without spaces is cut into words at pauses and at this length. */
const MAX_UNSPACED = 12;
const UNSPACED_GAP_MS = 400;

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

interface Growing {
  bytes: Buffer[];
  text: string;
  startMs: number;
  /** Of the last piece. */
  pieceMs: number;
  pieceLetters: number;
}

/**
 * Joins pieces to words. A word ends when the next begins, or when its last piece must be over,
 * whichever is earlier.
 *
 * @param marksContinuation pieces that go on end in `@@` (Paraformer), instead of leading spaces
 * @param endMs end of the audio: no word goes beyond
 */
export function tokensToWords(
  tokens: readonly TimedToken[],
  marksContinuation: boolean,
  endMs: number,
): TimedWord[] {
  const words: Growing[] = [];
  let begins = true;
  for (const { piece, startMs } of tokens) {
    const isMarked = /^[ ▁]/.test(piece);
    const isContinued = marksContinuation && piece.endsWith('@@');
    const text = isContinued ? piece.slice(0, -2) : piece.replace(/^[ ▁]+/, '');
    const last = words.at(-1);
    if (begins || isMarked || last === undefined || isNewPhrase(last, text, startMs)) {
      // A piece that is only a space says that the next one begins a word.
      begins = text === '';
      if (!begins) words.push(newWord(text, startMs));
    } else if (text !== '') {
      extend(last, text, startMs);
      begins = false;
    }
    if (marksContinuation && text !== '') begins = !isContinued && !UNSPACED.test(text);
  }
  return words.map((word, i) => ({
    text: word.text,
    startMs: Math.min(word.startMs, endMs),
    endMs: Math.min(endOf(word), words[i + 1]?.startMs ?? endMs, endMs),
  }));
}

function newWord(text: string, startMs: number): Growing {
  const word = { bytes: [], text: '', startMs, pieceMs: startMs, pieceLetters: 0 };
  extend(word, text, startMs);
  return word;
}

function extend(word: Growing, text: string, startMs: number): void {
  const byte = /^<0x([0-9A-F]{2})>$/.exec(text)?.[1];
  word.pieceMs = startMs;
  word.pieceLetters = [...text].length;
  if (byte === undefined) {
    word.text += text;
    return;
  }
  // Byte-level models spell rare letters as their bytes in UTF-8, one piece each.
  word.bytes.push(Buffer.from([Number.parseInt(byte, 16)]));
  const decoded = Buffer.concat(word.bytes).toString('utf8');
  if (decoded.includes('\u{FFFD}')) return;
  word.text += decoded;
  word.bytes = [];
}

function isNewPhrase(last: Growing, text: string, startMs: number): boolean {
  if (!UNSPACED.test(text) || !UNSPACED.test(last.text)) return false;
  return last.text.length >= MAX_UNSPACED || startMs - last.pieceMs >= UNSPACED_GAP_MS;
}

function endOf({ pieceMs, pieceLetters }: Growing): number {
  return pieceMs + Math.min(MAX_PIECE_MS, PIECE_MS + LETTER_MS * pieceLetters);
}

/** Spreads the words of a text over a stretch of audio by their length, for a model without times. */
export function spreadWords(text: string, startMs: number, endMs: number): TimedWord[] {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const letters = words.reduce((sum, word) => sum + word.length + 1, 0);
  const msPerLetter = letters === 0 ? 0 : (endMs - startMs) / letters;
  let at = startMs;
  return words.map((word) => {
    const begins = at;
    at += (word.length + 1) * msPerLetter;
    return { text: word, startMs: begins, endMs: at };
  });
}
