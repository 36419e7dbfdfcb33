/** First parts of the keys of files that belong to users; `<kind>/<uid>/…`, the uid URI-encoded. */
const KINDS = ['chat-files', 'recordings', 'speech-profiles'] as const;

/** The folders of the blob store in which a user's files are. */
export function userFolders(uid: string): string[] {
  return KINDS.map((kind) => `${kind}/${encodeURIComponent(uid)}/`);
}
