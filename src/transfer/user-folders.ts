/** First parts of the keys of files that belong to users; `<kind>/<uid>/…`, the uid URI-encoded. */
const KINDS = ['chat-files', 'imports', 'recordings', 'speech-profiles', 'sync-files'] as const;

/** Returns the folders of a user's files in the blob store. */
export function userFolders(uid: string): string[] {
  return KINDS.map((kind) => `${kind}/${encodeURIComponent(uid)}/`);
}

/** Returns the owner of a file by its key; null if it belongs to no user. */
export function ownerOfFile(key: string): string | null {
  const [kind, uid] = key.split('/');
  if (uid === undefined || !KINDS.some((known) => known === kind)) return null;
  return decodeURIComponent(uid);
}
