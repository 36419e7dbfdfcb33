import { AppError } from '../../../kernel/errors.ts';
import { optionalText } from '../../../kernel/variable.ts';
import { conversations, transcriptChunks } from '../../../model/conversation.ts';
import { conversationPhotos } from '../../../model/conversation-photo.ts';
import { memories } from '../../../model/memory.ts';
import { messages } from '../../../model/message.ts';
import { people } from '../../../model/person.ts';
import { describeStore } from '../../store-engine.ts';

export const firestore = describeStore({
  name: 'firestore',
  title: 'Document store in Firestore (`STORE=firestore`)',
  variables: {
    FIRESTORE_DATABASE: optionalText({
      description: 'Name of the database.',
      absent: 'the one called (default)',
    }),
  },
  noticed: [],
  traits: {
    // In Omi's form, so that both programs read what the other has encrypted.
    encryptsItself: [transcriptChunks, conversationPhotos, memories, messages].map(
      ({ name }) => name,
    ),
    // Omi's backend knows no encrypted form of their fields.
    leavesPlain: [conversations, people].map(({ name }) => name),
  },
  read: ({ FIRESTORE_DATABASE: databaseId }, { googleProjectId, serviceAccountJson }) => ({
    projectId: googleProjectId,
    databaseId,
    serviceAccountJson,
  }),
  open: async ({ serviceAccountJson, ...settings }, options) => {
    const { openFirestoreStore } = await importFirestore();
    return openFirestoreStore({
      ...options,
      ...settings,
      serviceAccountJson: serviceAccountJson?.reveal() ?? null,
    });
  },
});

/** The client is an optional package: small installations do without. */
async function importFirestore() {
  try {
    return await import('./firestore-store.ts');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new AppError(
      'not-configured',
      'STORE=firestore needs the npm package @google-cloud/firestore: npm install @google-cloud/firestore@8',
      { cause: error },
    );
  }
}
