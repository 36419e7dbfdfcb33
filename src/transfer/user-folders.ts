/** First parts of the keys of files that belong to users; `<kind>/<uid>/…`, the uid URI-encoded. */
const KINDS = ['chat-files', 'recordings', 'speech-profiles'] as const;

/** The folders of the blob store in which a user's files are. */
export function userFolders(uid: string): string[] {
  return KINDS.map((kind) => `${kind}/${encodeURIComponent(uid)}/`);
}

/** Whose file a key names; null where it belongs to no user, or is in no form of theirs. */
export function ownerOfFile(key: string): string | null {
  const [kind, uid] = key.split('/');
  if (uid === undefined || !KINDS.some((known) => known === kind)) return null;
  return decodeURIComponent(uid);
}
