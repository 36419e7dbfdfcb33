/** The bucket of each kind of files. */
export interface GcsBuckets {
  speechProfiles: string;
  recordings: string;
  other: string;
  /** Null: in `other`. */
  chatFiles: string | null;
}

/** The place of a key, or of a folder of keys, at Google. */
export interface GcsPlace {
  bucket: string;
  /** Name of the object, or prefix of the names. */
  name: string;
  /** The prefix of a name in the key. */
  keyPrefix: string;
}

/**
 * Returns the place of a key. Files for which Omi has a bucket are there under Omi's names
 * (`speech-profiles/{uid}/…` is `{uid}/…` in its bucket); all others are in one bucket under their key.
 */
export function gcsPlace(buckets: GcsBuckets, key: string): GcsPlace {
  const own: Readonly<Record<string, string | null>> = {
    'speech-profiles': buckets.speechProfiles,
    recordings: buckets.recordings,
    'chat-files': buckets.chatFiles,
  };
  const slash = key.indexOf('/');
  const kind = slash < 0 ? '' : key.slice(0, slash);
  const bucket = Object.hasOwn(own, kind) ? own[kind] : null;
  if (!bucket) return { bucket: buckets.other, name: key, keyPrefix: '' };
  return { bucket, name: key.slice(slash + 1), keyPrefix: `${kind}/` };
}
