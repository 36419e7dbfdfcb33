import { useEffect, useRef, useState } from 'react';
import { uploadChatFile } from '../../api/chats.ts';
import type { ChatFile } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { say } from '../../ui/notice.ts';

/** Files that one question may come with: as many as the server answers one from. */
const MAX_FILES = 9;
const MAX_BYTES = 20 * 1024 * 1024;

/** A file that will be sent with the next question. */
export interface Attachment {
  key: number;
  name: string;
  /** Null while it is uploaded. */
  stored: ChatFile | null;
}

/** The files of the next question; each is uploaded as soon as it is chosen. */
export function useAttachments() {
  const words = useStrings().ask;
  const [files, setFiles] = useState<Attachment[]>([]);
  const uploads = useRef(new Map<number, AbortController>());
  const lastKey = useRef(0);
  useEffect(() => {
    const started = uploads.current;
    return () => {
      for (const upload of started.values()) upload.abort();
    };
  }, []);

  const remove = (key: number) => {
    uploads.current.get(key)?.abort();
    setFiles((old) => old.filter((file) => file.key !== key));
  };
  const upload = async (key: number, file: File) => {
    const controller = new AbortController();
    uploads.current.set(key, controller);
    try {
      const stored = await uploadChatFile(file, controller.signal);
      setFiles((old) => old.map((each) => (each.key === key ? { ...each, stored } : each)));
    } catch (error) {
      remove(key);
      if (!controller.signal.aborted) say(error instanceof Error ? error.message : file.name);
    } finally {
      uploads.current.delete(key);
    }
  };
  const add = (chosen: readonly File[]) => {
    const fitting = chosen.filter(({ size }) => size <= MAX_BYTES);
    const taken = fitting.slice(0, MAX_FILES - files.length);
    if (fitting.length < chosen.length) say(words.fileTooLarge);
    else if (taken.length < fitting.length) say(words.tooManyFiles(MAX_FILES));
    for (const file of taken) {
      lastKey.current += 1;
      const key = lastKey.current;
      setFiles((old) => [...old, { key, name: file.name, stored: null }]);
      void upload(key, file);
    }
  };
  return {
    files,
    add,
    remove,
    clear: () => setFiles([]),
    isUploading: files.some(({ stored }) => stored === null),
  };
}
