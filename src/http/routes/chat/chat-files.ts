import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type ChatFiles, MAX_FILE_BYTES } from '../../../chat/files/chat-files.ts';
import type { ChatFile } from '../../../model/chat/chat-file.ts';
import { chatFileSchema, chatFileToWire } from '../../../wire/chat-file-wire.ts';
import type { FileLinks } from '../../file-links.ts';
import { acceptUploads, missingFile, readUploadedFiles } from '../../uploaded-file.ts';

const MAX_FILES = 10;
/** Reading a few long PDFs takes its time. */
const UPLOAD_TIMEOUT_MS = 300_000;

/** Files that can be asked about. */
export function chatFileRoutes(deps: {
  chatFiles: ChatFiles;
  links: FileLinks;
}): FastifyPluginAsyncZod {
  const { chatFiles: files, links } = deps;

  const add = async (request: FastifyRequest) => {
    const { uid } = request;
    const added: ChatFile[] = [];
    try {
      const limits = { maxBytes: MAX_FILE_BYTES, maxFiles: MAX_FILES };
      for await (const { name, bytes } of readUploadedFiles(request, 'files', limits)) {
        added.push(await files.add(uid, name, bytes));
      }
    } catch (error) {
      // All of them or none: the client has no ids to remove the first ones by.
      for (const file of added) await files.delete(uid, file);
      throw error;
    }
    if (added.length === 0) throw missingFile('files');
    return await Promise.all(
      added.map(async (file) =>
        chatFileToWire(file, file.kind === 'image' ? await links.urlOf(file.blobKey, request) : ''),
      ),
    );
  };

  return async (app) => {
    await acceptUploads(app);
    for (const version of ['v2', 'v1']) {
      app.post(
        `/${version}/files`,
        {
          bodyLimit: MAX_FILES * MAX_FILE_BYTES,
          handlerTimeout: UPLOAD_TIMEOUT_MS,
          config: { form: { files: 'files' } },
          schema: {
            tags: ['chat'],
            response: { 200: z.array(chatFileSchema) },
            summary: 'Upload files for a chat',
            description:
              'Field `files` of a form, up to ten times: images, PDF, text and Markdown can be asked about; office documents are kept, and `unread_reason` says that they cannot be read.',
            consumes: ['multipart/form-data'],
          },
        },
        add,
      );
    }
  };
}
