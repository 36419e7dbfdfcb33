import { z } from 'zod';

export const FORMAT = 'omi-backend-archive';
/** Increased when older releases cannot read what a newer one writes. */
export const FORMAT_VERSION = 1;
export const MANIFEST = 'manifest.json';

/** First entry of an archive: its contents. Nothing in it depends on the time of the export. */
export const manifestSchema = z.object({
  format: z.literal(FORMAT),
  version: z.number().int(),
  uid: z.string(),
  /** Number of documents in each collection. */
  documents: z.record(z.string(), z.number().int()),
  files: z.number().int(),
});
export type Manifest = z.infer<typeof manifestSchema>;

export const documentsEntry = (collection: string): string => `documents/${collection}.jsonl`;
export const FILES_PREFIX = 'files/';
