import type { Folder } from '../model/folder.ts';
import { toIso } from '../model/timestamp.ts';

/** A folder on Omi's wire; counts and places are whole numbers. */
export interface FolderWire {
  id: string;
  name: string;
  description: string | null;
  color: string;
  icon: string;
  created_at: string;
  updated_at: string;
  order: number;
  is_default: boolean;
  is_system: boolean;
  category_mapping: string | null;
  conversation_count: number;
}

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
