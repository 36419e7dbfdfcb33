import { parentPort, workerData } from 'node:worker_threads';
import { DamagedIndexError, OpenIndexes } from './open-indexes.ts';
import type {
  WorkerOperation,
  WorkerOperations,
  WorkerRequest,
  WorkerResponse,
  WorkerSettings,
} from './worker-protocol.ts';

const port = parentPort;
if (port === null) throw new Error('The search worker runs in a worker thread only.');
const indexes = new OpenIndexes(workerData as WorkerSettings);

type Handlers = {
  [K in WorkerOperation]: (...args: WorkerOperations[K]['args']) => WorkerOperations[K]['answer'];
};

const handlers: Handlers = {
  words: (uid, request) => indexes.use(uid, (index) => index.words(request)),
  quotes: (uid, query, hits) => indexes.use(uid, (index) => index.quotes(query, hits)),
  conversationsOf: (uid, speaker, limit) =>
    indexes.use(uid, (index) => index.conversationsOf(speaker, limit)),
  nearest: (uid, request, vector) => indexes.use(uid, (index) => index.nearest(request, vector)),
  apply: (uid, updates, watermark, atLeast) =>
    indexes.use(uid, (index) => ({ applied: index.apply(updates, watermark, atLeast) })),
  watermark: (uid) => indexes.use(uid, (index) => index.watermark()),
  deleteUser: (uid) => {
    indexes.deleteUser(uid);
    return null;
  },
  pending: (uid, limit) => indexes.use(uid, (index) => index.pending(limit)),
  matched: (uid, request, matches) => indexes.use(uid, (index) => index.matched(request, matches)),
  gone: (uid, limit) => indexes.use(uid, (index) => index.gone(limit)),
  forget: (uid, keys) => {
    indexes.use(uid, (index) => index.forget(keys));
    return null;
  },
  markEmbedded: (uid, documents) => {
    indexes.use(uid, (index) => index.markEmbedded(documents));
    return null;
  },
  storeVectors: (uid, vectors) => {
    indexes.use(uid, (index) => index.storeVectors(vectors));
    return null;
  },
  check: () => null,
  close: () => {
    indexes.closeAll();
    return null;
  },
};

port.on('message', (request: WorkerRequest) => {
  port.postMessage(answer(request));
  if (request.operation === 'close') port.close();
});

function answer({ id, operation, args }: WorkerRequest): WorkerResponse {
  try {
    const handler = handlers[operation] as (...args: readonly unknown[]) => unknown;
    return { id, ok: true, answer: handler(...args) };
  } catch (error) {
    // SQLite's messages name tables and syntax, never what was bound.
    const message = error instanceof Error ? error.message : String(error);
    const code =
      error instanceof Error && 'code' in error && typeof error.code === 'string'
        ? error.code
        : null;
    return { id, ok: false, damaged: error instanceof DamagedIndexError, code, message };
  }
}
