/** How people of one language promise, ask and tell of themselves. Sources of regular expressions, any case. */
export interface SpeechFrames {
  /** A promise of the speaker, up to what is to be done. */
  readonly promise: string;
  /** A request to the listener, up to what is to be done. */
  readonly request: string;
  /** Where the verb in its plain form stands in what is to be done. */
  readonly verbAt: 'first' | 'last';
  /** A verb in its plain form, as a whole word. */
  readonly plainVerb: string;
  /** Plain verbs that are nothing to tick off. */
  readonly noDeeds: string;
  /** What ends the clause of a task, a fact or an appointment. */
  readonly clauseEnd: string;
  /** Words before a time that go with it: "until", "at". */
  readonly beforeTime: string;
  /** Words of the listener and of manners inside a task: "me", "please", "still". */
  readonly idle: string;
  /** What makes a sentence no claim: denial, condition, hearsay, the past. */
  readonly spoiled: string;
  /** What refuses a request, at the beginning of an answer. */
  readonly refusal: string;
  readonly appointment: string;
  /** What may follow an appointment, as it is written: "with the dentist". */
  readonly appointmentWith: string;
  /** What takes an appointment back. */
  readonly cancelled: string;
  /** What the user says of themselves, and the third person of its beginning. */
  readonly facts: readonly (readonly [said: string, third: string])[];
  /** Words for times that figures say better, in order: what is said, and how it is read. */
  readonly times: readonly (readonly [said: string, read: string])[];
}

/** Returns rewritings of the hours one to twelve between two pieces of a regular expression. */
export function hourWords(
  words: string,
  before: string,
  after: string,
  read: string,
): [string, string][] {
  return words
    .split(' ')
    .map((word, at): [string, string] => [
      `(${before})${word}(?!\\p{L})${after}`,
      read.replace('#', String(at + 1)),
    ]);
}
