import { isLoopbackHost } from '../../../kernel/loopback.ts';
import { optionalText, optionalUrl } from '../../../kernel/variable.ts';
import { describeBlobs } from '../../blob-engine.ts';

export const gcs = describeBlobs({
  name: 'gcs',
  title: 'Google Cloud Storage (`BLOBS=gcs`)',
  variables: {
    GCS_BASE_URL: optionalUrl({
      description:
        'Address of a server that speaks the protocol of Google Cloud Storage, asked without signing in.',
      absent: "Google's",
      schemes: ['https', 'http'],
    }),
    BUCKET_SPEECH_PROFILES: optionalText({
      description: 'Bucket of voice recordings: `{uid}/speech_profile.wav` and the like.',
      absent: 'BLOBS=gcs needs it',
    }),
    BUCKET_MEMORIES_RECORDINGS: optionalText({
      description: "Bucket of conversations' recordings: `{uid}/{conversation}/…`.",
      absent: 'BLOBS=gcs needs it',
    }),
    BUCKET_PRIVATE_CLOUD_SYNC: optionalText({
      description: 'Bucket of everything else, the shipped audio log among it.',
      absent: 'BLOBS=gcs needs it',
    }),
    BUCKET_CHAT_FILES: optionalText({
      description: "Bucket of the chat's files: `{uid}/{name}`.",
      absent: 'they are in BUCKET_PRIVATE_CLOUD_SYNC',
    }),
  },
  noticed: [],
  traits: { isShared: true },
  read: (values, { isPrivate, serviceAccountJson }, problems) => {
    const { GCS_BASE_URL: baseUrl } = values;
    if (isPrivate && !isLoopbackHost(baseUrl === null ? '' : new URL(baseUrl).hostname)) {
      problems.push('PRIVATE is set, but BLOBS=gcs is on another machine; use BLOBS=disk.');
    }
    const buckets = readBuckets(values, problems);
    return buckets && { baseUrl, buckets, serviceAccountJson };
  },
  open: async ({ serviceAccountJson, ...settings }) => {
    const { openGcsBlobStore } = await import('./gcs-blob-store.ts');
    return openGcsBlobStore({
      ...settings,
      serviceAccountJson: serviceAccountJson?.reveal() ?? null,
    });
  },
});

function readBuckets(
  values: Readonly<
    Record<
      | 'BUCKET_SPEECH_PROFILES'
      | 'BUCKET_MEMORIES_RECORDINGS'
      | 'BUCKET_PRIVATE_CLOUD_SYNC'
      | 'BUCKET_CHAT_FILES',
      string | null
    >
  >,
  problems: string[],
) {
  const {
    BUCKET_SPEECH_PROFILES: speechProfiles,
    BUCKET_MEMORIES_RECORDINGS: recordings,
    BUCKET_PRIVATE_CLOUD_SYNC: other,
    BUCKET_CHAT_FILES: chatFiles,
  } = values;
  if (speechProfiles === null || recordings === null || other === null) {
    const missing = Object.entries(values).filter(
      ([name, bucket]) =>
        name.startsWith('BUCKET_') && name !== 'BUCKET_CHAT_FILES' && bucket === null,
    );
    problems.push(`BLOBS=gcs needs ${missing.map(([name]) => name).join(', ')}.`);
    return null;
  }
  const named = [speechProfiles, recordings, other, chatFiles].filter((bucket) => bucket !== null);
  if (new Set(named).size < named.length) {
    problems.push(
      'Each bucket of BLOBS=gcs must be another one: files of one kind would hide another.',
    );
  }
  return { speechProfiles, recordings, other, chatFiles };
}
