import { isAppError } from '../kernel/errors.ts';
import {
  type EditableParts,
  type MirroredConversation,
  mirrorFileName,
  type ReadFile,
  readMirrorFile,
  writeMirrorFile,
} from './mirror-file.ts';
import { type MirrorEntry, MirrorFolder } from './mirror-folder.ts';

/** The side of the server: what there is, and the edits that a file can make. */
export interface MirrorSource {
  /** Every conversation that is shown, in any order. */
  conversations(): AsyncIterable<MirroredConversation>;
  setTitle(id: string, title: string): Promise<void>;
  setNotes(id: string, notes: string): Promise<void>;
  editTask(id: string, edit: { description?: string; completed?: boolean }): Promise<void>;
  /** Returns the id of the new task. */
  addTask(conversationId: string, description: string, isDone: boolean): Promise<string>;
}

/** What a run has done, for people. */
export interface MirrorReport {
  written: number;
  /** Edits of files that went to the server. */
  edits: number;
  removed: number;
}

/**
 * Brings a folder of Markdown files and the conversations of a user to the same state. What changed in
 * a file since the last run goes to the server; everything else comes from the server. If both
 * sides changed the same part, the file wins: its edit was made by hand.
 *
 * @throws AppError `conflict` if the folder is another mirror's
 */
export async function syncMarkdown(
  folder: string,
  owner: string,
  source: MirrorSource,
): Promise<MirrorReport> {
  return await MirrorFolder.use(folder, owner, async (opened) => {
    const report = { written: 0, edits: 0, removed: 0 };
    const files = await opened.find();
    const shown = new Set<string>();
    for await (const conversation of source.conversations()) {
      shown.add(conversation.id);
      await syncOne(opened, conversation, files.get(conversation.id), source, report);
    }
    for (const [id, { file, text }] of opened.entries) {
      if (shown.has(id)) continue;
      // An edited file of a deleted conversation is the only copy of the edit: it stays.
      const found = files.get(id);
      if (file !== null && found?.text === text) {
        await opened.remove(found.file);
        report.removed += 1;
      }
      opened.entries.delete(id);
    }
    return report;
  });
}

async function syncOne(
  folder: MirrorFolder,
  conversation: MirroredConversation,
  found: { file: string; text: string } | undefined,
  source: MirrorSource,
  report: MirrorReport,
): Promise<void> {
  const { id } = conversation;
  const entry = folder.entries.get(id);
  if (entry && !found) {
    // The user has deleted the file: it does not come back, and the conversation stays.
    folder.entries.set(id, { ...entry, file: null });
    return;
  }
  const read = found ? readMirrorFile(found.text) : null;
  if (found && read && entry && found.text !== entry.text) {
    report.edits += await sendEdits(conversation, read, entry, source);
  }
  const text = writeMirrorFile(conversation, read);
  const file = found?.file ?? (await folder.freeName(mirrorFileName(conversation)));
  if (found?.text !== text) {
    await folder.write(file, text);
    report.written += 1;
  }
  folder.entries.set(id, { file, base: partsOf(conversation), text });
}

/** Sends what the file has changed, and puts it into `conversation`. Returns how many edits there were. */
async function sendEdits(
  conversation: MirroredConversation,
  read: ReadFile,
  { base }: MirrorEntry,
  source: MirrorSource,
): Promise<number> {
  const { id } = conversation;
  let edits = 0;
  if (read.title !== '' && read.title !== base.title) {
    await source.setTitle(id, read.title);
    conversation.title = read.title;
    edits += 1;
  }
  if (read.notes !== base.notes.trim()) {
    await source.setNotes(id, read.notes);
    conversation.notes = read.notes;
    edits += 1;
  }
  const before = new Map(base.tasks.map((task) => [task.id, task]));
  for (const { id: taskId, description, isDone } of read.tasks) {
    if (taskId === null) {
      const added = await source.addTask(id, description, isDone);
      conversation.tasks.push({ id: added, description, isDone });
      edits += 1;
      continue;
    }
    const known = before.get(taskId);
    const current = conversation.tasks.find((task) => task.id === taskId);
    // An id that the conversation does not have is none to edit by.
    if (!known || !current) continue;
    const edit = {
      ...(description === known.description ? {} : { description }),
      ...(isDone === known.isDone ? {} : { completed: isDone }),
    };
    if (Object.keys(edit).length === 0) continue;
    if (!(await canEdit(source, taskId, edit))) continue;
    current.description = edit.description ?? current.description;
    current.isDone = edit.completed ?? current.isDone;
    edits += 1;
  }
  return edits;
}

/** False if the task was deleted in between. */
async function canEdit(
  source: MirrorSource,
  id: string,
  edit: { description?: string; completed?: boolean },
): Promise<boolean> {
  try {
    await source.editTask(id, edit);
    return true;
  } catch (error) {
    if (isAppError(error, 'not-found')) return false;
    throw error;
  }
}

function partsOf({ title, notes, tasks }: EditableParts): MirrorEntry['base'] {
  return {
    title,
    notes,
    tasks: tasks.flatMap(({ id, description, isDone }) =>
      id === null ? [] : [{ id, description: description.replace(/\s+/g, ' ').trim(), isDone }],
    ),
  };
}
