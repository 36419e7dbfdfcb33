import { z } from 'zod';
import { idFromText } from '../../kernel/ids.ts';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';
import { type Category, categorySchema } from './category.ts';

/** A folder of conversations; each conversation is in at most one. */
export const folderSchema = z.object({
  id: z.string(),
  /** 1 to 100 characters. */
  name: z.string(),
  /** At most 500 characters. */
  description: z.string().nullable(),
  /** CSS colour, such as `#6B7280`. */
  color: z.string(),
  /** An emoji. */
  icon: z.string(),
  createdAt: timestamp,
  updatedAt: timestamp,
  /** Position in the list, ascending. */
  order: z.number().int(),
  isDefault: z.boolean(),
  /** True for a folder that every user has; it cannot be deleted. */
  isSystem: z.boolean(),
  /** Key of a system folder, see `SYSTEM_FOLDERS`. */
  categoryMapping: z.string().nullable(),
  /** Number of conversations in it; written in the commit that moves one. */
  conversationCount: z.number().int(),
});
export type Folder = z.infer<typeof folderSchema>;

export const folders = defineCollection({
  name: 'folders',
  scope: 'user',
  announced: { kind: 'folder' },
  schema: folderSchema,
  queries: { byOrder: { filters: {}, orderBy: 'order', direction: 'asc' } },
});

export const DEFAULT_FOLDER_COLOR = '#6B7280';
export const DEFAULT_FOLDER_ICON = '📁';

const system = (name: string, icon: string, color: string, categories: readonly string[]) => ({
  key: name.toLowerCase(),
  name,
  icon,
  color,
  categories: new Set<Category>(categories.map((name) => categorySchema.parse(name))),
});

/** The folders that every user has, in order; `personal` is for all categories that no other has. */
export const SYSTEM_FOLDERS = [
  system(
    'Work',
    '💼',
    '#3B82F6',
    'work business entrepreneurship technology finance economics legal education science architecture design'.split(
      ' ',
    ),
  ),
  system('Personal', '👤', '#10B981', []),
  system(
    'Social',
    '👥',
    '#8B5CF6',
    'social entertainment music politics news weather environment real'.split(' '),
  ),
] as const;

/** Returns the id of a user's system folder; always the same, so that it cannot be created twice. */
export function systemFolderId(uid: string, key: string): string {
  return idFromText(`system-folder:${uid}:${key}`);
}

/** Returns the key of the system folder for a category. */
export function systemFolderOf(category: Category): string {
  return SYSTEM_FOLDERS.find(({ categories }) => categories.has(category))?.key ?? 'personal';
}

/** Returns a user's new system folders. */
export function makeSystemFolders(uid: string, now: number): Folder[] {
  return SYSTEM_FOLDERS.map(({ key, name, icon, color }, order) => ({
    id: systemFolderId(uid, key),
    name,
    description: null,
    color,
    icon,
    createdAt: now,
    updatedAt: now,
    order,
    isDefault: false,
    isSystem: true,
    categoryMapping: key,
    conversationCount: 0,
  }));
}
