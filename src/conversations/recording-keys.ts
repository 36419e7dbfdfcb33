/** First part of the keys of recordings in the blob store. */
const FOLDER = 'recordings';

/** Everything that is recorded of a user. */
export function recordingsFolder(uid: string): string {
  return `${FOLDER}/${encodeURIComponent(uid)}/`;
}

export function conversationFolder(uid: string, conversationId: string): string {
  return `${recordingsFolder(uid)}${encodeURIComponent(conversationId)}/`;
}
