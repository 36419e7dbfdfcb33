import { z } from 'zod';
import type { Folder } from '../model/conversations/folder.ts';
import { toIso } from '../model/timestamp.ts';

/** A folder on Omi's wire; counts and places are whole numbers. */
export const folderSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    color: z.string(),
    icon: z.string(),
    created_at: z.string(),
    updated_at: z.string(),
    order: z.number(),
    is_default: z.boolean(),
    is_system: z.boolean(),
    category_mapping: z.string().nullable(),
    conversation_count: z.number(),
  })
  .meta({ id: 'Folder' });
export type FolderWire = z.output<typeof folderSchema>;

export function folderToWire(folder: Folder): FolderWire {
  return {
    id: folder.id,
    name: folder.name,
    description: folder.description,
    color: folder.color,
    icon: folder.icon,
    created_at: toIso(folder.createdAt),
    updated_at: toIso(folder.updatedAt),
    order: folder.order,
    is_default: folder.isDefault,
    is_system: folder.isSystem,
    category_mapping: folder.categoryMapping,
    conversation_count: folder.conversationCount,
  };
}
