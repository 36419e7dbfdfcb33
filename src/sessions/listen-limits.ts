// Bounds of a live session, apart from what its client and its user may choose.

/** How long audio without words may stay unrecorded in the store: after a crash it is heard again. */
export const POSITION_SAVE_MS = 10_000;
/** Old audio that is kept for the provider's next connection to recognise the speakers by. */
export const KEEP_BEHIND_MS = 15_000;
/** Pause before a stream that ended with an error is begun again. */
export const RETRY_STREAM_MS = 1_000;
/** Messages with words that may wait to be written before the client has to wait. */
export const MAX_PENDING_WORDS = 8;
/** Unheard audio at the end of a session that is left to a job rather than waited for. */
export const MAX_TAIL_MS = 5 * 60_000;
/** Longest word that a cut of the audio may have gone through. */
export const CUT_WORD_MS = 2_000;
