import { z } from 'zod';

export const FORMAT = 'omi-backend-archive';
/** Raised when an older release could not read what a newer one writes. */
export const FORMAT_VERSION = 1;
export const MANIFEST = 'manifest.json';

/** First entry of an archive: what is in it. Nothing here depends on when it was made. */
export const manifestSchema = z.object({
  format: z.literal(FORMAT),
  version: z.number().int(),
  uid: z.string(),
  /** Documents of each collection. */
  documents: z.record(z.string(), z.number().int()),
  files: z.number().int(),
});
export type Manifest = z.infer<typeof manifestSchema>;

export const documentsEntry = (collection: string): string => `documents/${collection}.jsonl`;
export const FILES_PREFIX = 'files/';
