import { z } from 'zod';
import type { ConversationPhoto } from '../model/conversations/conversation-photo.ts';
import { toIso } from '../model/timestamp.ts';

/** A photo of a conversation on Omi's wire. */
export const photoSchema = z
  .object({
    id: z.string(),
    base64: z.string(),
    description: z.string().nullable(),
    created_at: z.string(),
    discarded: z.boolean(),
    data_protection_level: z.string(),
  })
  .meta({ id: 'Photo' });
export type PhotoWire = z.output<typeof photoSchema>;

export function photoToWire(photo: ConversationPhoto): PhotoWire {
  return {
    id: photo.id,
    base64: photo.base64,
    description: photo.description,
    created_at: toIso(photo.createdAt),
    discarded: photo.discarded,
    data_protection_level: photo.dataProtectionLevel,
  };
}
