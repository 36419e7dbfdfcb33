/** What a client is told where no provider can be reached. */
export const UNREACHABLE_TEXT =
  'Speech recognition is not reachable. Your audio is kept and will be transcribed later.';

/** @param renewsAt when audio is transcribed again, epoch milliseconds */
export function budgetText(renewsAt: number): string {
  const until = `${new Date(renewsAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `The transcription budget of the day is used up. Your audio is kept and will be transcribed after ${until}.`;
}

export function unservedText(language: string): string {
  return `No configured speech recognition knows the language ${language}; English is listened for.`;
}

/** What a client is told if older audio of its user was deleted. */
export const AUDIO_DELETED_TEXT =
  'Your share of the audio log is used up: your oldest audio that was not transcribed yet is deleted to make room.';

/** What a client is told if its audio cannot be kept any more. */
export const SHARE_USED_UP_TEXT =
  'Your share of the audio log is used up by audio that was not transcribed yet, so that no more of it can be kept.';
