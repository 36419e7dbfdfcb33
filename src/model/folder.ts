import { z } from 'zod';
import { idFromText } from '../kernel/ids.ts';
import { type Category, categorySchema } from './category.ts';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/** A folder that conversations lie in, at most one each. */
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
  /** Place in the list, ascending. */
  order: z.number().int(),
  isDefault: z.boolean(),
  /** One of those that every user has; it cannot be deleted. */
  isSystem: z.boolean(),
  /** Key of a system folder: which categories go there, see `SYSTEM_FOLDERS`. */
  categoryMapping: z.string().nullable(),
  /** Conversations in it; written in the commit that moves one. */
  conversationCount: z.number().int(),
});
export type Folder = z.infer<typeof folderSchema>;

export const folders = defineCollection({
  name: 'folders',
  scope: 'user',
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

/** The folders that every user has, in their order; `personal` takes what no other does. */
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

/** Id of a user's system folder: always the same, so that it cannot be made twice. */
export function systemFolderId(uid: string, key: string): string {
  return idFromText(`system-folder:${uid}:${key}`);
}

/** Key of the system folder that conversations of a category go to. */
export function systemFolderOf(category: Category): string {
  return SYSTEM_FOLDERS.find(({ categories }) => categories.has(category))?.key ?? 'personal';
}

/** A user's system folders as they are when they are made. */
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
