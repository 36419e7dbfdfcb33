import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../src/kernel/logger.ts';
import { openPineconeVectors } from '../../src/search/adapters/pinecone/pinecone-vectors.ts';
import {
  openSqliteSearchIndex,
  SqliteSearchIndex,
} from '../../src/search/adapters/sqlite/sqlite-search-index.ts';
import type { SearchEmbeddings, SearchIndex } from '../../src/search/search-index.ts';
import { PineconeSimulator } from '../simulators/pinecone-simulator.ts';
import { HashedEmbeddings } from './hashed-embeddings.ts';
import { type SearchIndexSubject, SYNONYMS, searchIndexSuite } from './search-index-suite.ts';

function sqliteSubject(embeddings: SearchEmbeddings | null): SearchIndexSubject {
  const directory = mkdtempSync(join(tmpdir(), 'search-index-'));
  return {
    meaning: embeddings !== null,
    open: () =>
      openSqliteSearchIndex({
        vectors: null,
        directory,
        embeddings,
        logger: silentLogger,
        maxOpen: 2,
      }),
    settle: async (index: SearchIndex) => {
      if (index instanceof SqliteSearchIndex) await index.embedded();
    },
    dispose: async () => rmSync(directory, { recursive: true }),
  };
}

searchIndexSuite('sqlite, words only', () => sqliteSubject(null));
searchIndexSuite('sqlite, words and meaning', () =>
  sqliteSubject(new HashedEmbeddings('hashed', 32, SYNONYMS)),
);

/** Words in the embedded files, vectors at the simulator, through the official client. */
function pineconeSubject(): SearchIndexSubject {
  const directory = mkdtempSync(join(tmpdir(), 'search-index-'));
  const dimension = 32;
  let simulator: PineconeSimulator | undefined;
  return {
    meaning: true,
    open: async () => {
      simulator ??= await PineconeSimulator.start({ dimension });
      const settings = {
        apiKey: 'pinecone-key',
        indexName: 'memories',
        host: null,
        baseUrl: simulator.baseUrl,
        dimension,
      };
      return openSqliteSearchIndex({
        directory,
        embeddings: new HashedEmbeddings('hashed', dimension, SYNONYMS),
        vectors: await openPineconeVectors(settings, silentLogger),
        logger: silentLogger,
        maxOpen: 2,
      });
    },
    settle: async (index: SearchIndex) => {
      if (index instanceof SqliteSearchIndex) await index.embedded();
    },
    dispose: async () => {
      await simulator?.close();
      rmSync(directory, { recursive: true });
    },
  };
}

searchIndexSuite('pinecone', pineconeSubject);
