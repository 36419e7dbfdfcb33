import { isLoopbackHost } from '../kernel/loopback.ts';
import type { Values } from './values.ts';
import { PINECONE_URL } from './variables.ts';

/** An index of Pinecone, or of a server that speaks its protocol. */
export interface PineconeConfig {
  /** Null: only its host is known. */
  indexName: string | null;
  /** Address of the index itself; null: asked for by its name. */
  host: string | null;
  /** Address of the service that knows the indexes; null: Pinecone's own. */
  baseUrl: string | null;
}

/** Null where the vectors are not there. */
export function readPinecone(values: Values): PineconeConfig | null {
  if (values.SEARCH !== 'pinecone') return null;
  return {
    indexName: values.PINECONE_INDEX_NAME,
    host: values.PINECONE_HOST,
    baseUrl: values.PINECONE_BASE_URL === PINECONE_URL ? null : values.PINECONE_BASE_URL,
  };
}

/** What `SEARCH=pinecone` lacks, or what `PRIVATE` forbids it. */
export function pineconeProblems(values: Values, hasEmbeddings: boolean): string[] {
  const config = readPinecone(values);
  if (config === null) return [];
  const problems: string[] = [];
  const { indexName, host, baseUrl } = config;
  if (indexName === null && host === null) {
    problems.push('SEARCH=pinecone needs PINECONE_INDEX_NAME, or PINECONE_HOST.');
  }
  if (values.PINECONE_API_KEY === null && host === null && baseUrl === null) {
    problems.push('SEARCH=pinecone needs PINECONE_API_KEY.');
  }
  if (!hasEmbeddings) {
    problems.push(
      'SEARCH=pinecone needs an embedding model: set OPENAI_API_KEY or OPENAI_BASE_URL, and leave OPENAI_EMBEDDING_MODEL other than none.',
    );
  }
  // Each address that is asked: the index's own where it is known, and where the name is looked up.
  const asked = [host, ...(indexName === null ? [] : [values.PINECONE_BASE_URL])];
  const leaves = asked.some((url) => url !== null && !isLoopbackHost(new URL(url).hostname));
  if (values.PRIVATE && leaves) {
    problems.push(
      'PRIVATE is set, but SEARCH=pinecone keeps vectors on another machine: set SEARCH=sqlite, or PINECONE_HOST and PINECONE_BASE_URL to this machine.',
    );
  }
  return problems;
}

/** Names that Omi's operators have set, and that do nothing with another engine. */
export function pineconeNotices(values: Values): string[] {
  if (values.SEARCH === 'pinecone') return [];
  return (['PINECONE_API_KEY', 'PINECONE_INDEX_NAME', 'PINECONE_HOST'] as const)
    .filter((name) => values[name] !== null)
    .map((name) => `${name} is set; it has no effect without SEARCH=pinecone.`);
}
