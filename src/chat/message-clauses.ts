const LEAD =
  /^(?:(?:hey|hi|hello|ok|okay|so|and|then|also|now|yes|yeah|sure|great|thanks|thank you|please|just|could you|can you|would you|will you|i want you to|i'd like you to|i would like you to|i need you to|let's|let us|go ahead and|bitte|kannst du|s'il te plaît|peux-tu|por favor|puedes)\b[\s,:!.]*)+/iu;
/** Marks that open a quotation, with the marks that close it. */
const CLOSING_MARKS: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['“', '”'],
  ['„', '“”'],
  ['«', '»'],
]);
const OPENING_MARK = /["“„«]/gu;
/** The clauses of a message without their polite beginnings, quotations blanked. Linear in its length. */
export function clausesOf(message: string): string[] {
  const own = message
    .split(/[\n\r\u2028\u2029]/u)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('>'))
    .join('\n');
  return (
    blankQuotations(own)
      // One space at most in a row: no pattern below meets a run of them.
      .replace(/[^\S\n]+/gu, ' ')
      .replace(/ ?\n[ \n]*/g, '\n')
      .split(
        /(?<=[.!?;])\s|\n|, (?=(?:and|then|please)\b)| (?=and (?:then |also |please )?(?:add|create|remind|mark|remember|complete|set|rename|reschedule|postpone|move|push|change|update|tick|check|finish|reopen|turn|switch|note|save)\b)/iu,
      )
      .map((clause) => clause.trim().replace(LEAD, '').trim())
      .filter((clause) => clause !== '')
  );
}

/** Replaces each quotation by an ellipsis; a mark that nothing closes quotes nothing. */
function blankQuotations(text: string): string {
  const lastClosing = new Map(
    [...CLOSING_MARKS].map(([opening, closing]) => [
      opening,
      Math.max(...[...closing].map((mark) => text.lastIndexOf(mark))),
    ]),
  );
  let blanked = '';
  let from = 0;
  for (const { 0: opening, index } of text.matchAll(OPENING_MARK)) {
    // Inside of the quotation before it, or never closed.
    if (index < from || (lastClosing.get(opening) ?? -1) <= index) continue;
    const closing = CLOSING_MARKS.get(opening) ?? '';
    let to = index + 1;
    while (!closing.includes(text.charAt(to))) to += 1;
    blanked += `${text.slice(from, index)} … `;
    from = to + 1;
  }
  return blanked + text.slice(from);
}
