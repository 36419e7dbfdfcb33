const CARDINALS = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
  'sixteen',
  'seventeen',
  'eighteen',
  'nineteen',
];
const ORDINALS = [
  'zeroth',
  'first',
  'second',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
  'ninth',
  'tenth',
  'eleventh',
  'twelfth',
  'thirteenth',
  'fourteenth',
  'fifteenth',
  'sixteenth',
  'seventeenth',
  'eighteenth',
  'nineteenth',
];
const TENS: Record<string, number> = {
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
  twentieth: 20,
  thirtieth: 30,
};

/** Regular expression source of a cardinal below 100 in words, or up to four digits. */
export const CARDINAL = `(?:\\d{1,4}|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ -](?:${CARDINALS.slice(1, 10).join('|')}))?|${[
  ...CARDINALS.slice(10),
  ...CARDINALS.slice(1, 10),
].join('|')})`;

/** Regular expression source of a day of the month: `5th`, `twenty-third`. */
export const ORDINAL = `(?:\\d{1,2}(?:st|nd|rd|th)|(?:twenty|thirty)[ -](?:${ORDINALS.slice(1, 10).join('|')})|twentieth|thirtieth|${[
  ...ORDINALS.slice(10),
  ...ORDINALS.slice(1, 10),
].join('|')})`;

/** The number that `text` says in digits or words, cardinal or ordinal; null if it says none. */
export function parseNumber(text: string): number | null {
  const plain = text.trim().toLowerCase();
  const digits = /^(\d+)(?:st|nd|rd|th)?$/.exec(plain);
  if (digits) return Number(digits[1]);
  let sum = 0;
  for (const word of plain.split(/[ -]+/)) {
    const tens = TENS[word];
    const unit = Math.max(CARDINALS.indexOf(word), ORDINALS.indexOf(word));
    if (tens !== undefined) sum += tens;
    else if (unit >= 0) sum += unit;
    else return null;
  }
  return sum;
}
