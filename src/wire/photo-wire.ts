import type { ConversationPhoto } from '../model/conversation-photo.ts';
import { toIso } from '../model/timestamp.ts';

/** A photo of a conversation on Omi's wire. */
export interface PhotoWire {
  id: string;
  base64: string;
  description: string | null;
  created_at: string;
  discarded: boolean;
  data_protection_level: string;
}

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
