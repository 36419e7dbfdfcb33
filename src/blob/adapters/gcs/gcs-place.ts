/** Which bucket the files of each kind are in. */
export interface GcsBuckets {
  speechProfiles: string;
  recordings: string;
  other: string;
  /** Null: in `other`. */
  chatFiles: string | null;
}

/** Where a key, or a folder of keys, is at Google. */
export interface GcsPlace {
  bucket: string;
  /** Name of the object, or beginning of the names. */
  name: string;
  /** What stands before a name in the key. */
  keyPrefix: string;
}

/**
 * The place of a key: kinds of files that Omi has a bucket for lie there as Omi lays them out
 * (`speech-profiles/{uid}/…` is `{uid}/…` in its bucket), the rest lies in one bucket by its key.
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
