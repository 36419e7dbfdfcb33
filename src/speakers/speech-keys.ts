/** First part of the keys; Omi has a bucket of its own for these, laid out the same. */
const FOLDER = 'speech-profiles';

/** Everything that is kept of the voices around a user. */
export function userFolder(uid: string): string {
  return `${FOLDER}/${encodeURIComponent(uid)}/`;
}

export function profileKey(uid: string): string {
  return `${userFolder(uid)}speech_profile.wav`;
}

/** The user's own voice, from segments that were assigned to the user. */
export function additionalFolder(uid: string): string {
  return `${userFolder(uid)}additional_profile_recordings/`;
}

export function personFolder(uid: string, personId: string): string {
  return `${userFolder(uid)}people_profiles/${encodeURIComponent(personId)}/`;
}

/** Which segment a sample was cut from. It is in the sample's name, so that it can be unlearned. */
export interface SampleOrigin {
  conversationId: string;
  segmentId: string;
}

const ORIGIN = /^([\w-]{1,37})_([\w-]{1,37})\.wav$/;

/** The file name of a sample, undefined if the ids cannot be part of one. */
export function sampleName({ conversationId, segmentId }: SampleOrigin): string | undefined {
  const name = `${conversationId}_${segmentId}.wav`;
  return ORIGIN.test(name) ? name : undefined;
}
