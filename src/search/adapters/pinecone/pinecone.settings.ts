import { isLoopbackHost } from '../../../kernel/loopback.ts';
import { optionalText, optionalUrl, secret, url } from '../../../kernel/variable.ts';
import { describeSearch } from '../../search-engine.ts';

const PINECONE_URL = 'https://api.pinecone.io';
/** Dimensions of the vectors of Omi's embedding model. */
const DIMENSION = 3072;

export const pinecone = describeSearch({
  name: 'pinecone',
  title: 'Vectors at Pinecone (`SEARCH=pinecone`)',
  variables: {
    PINECONE_API_KEY: secret({
      description: "Pinecone's key. Not needed for a server of your own.",
      absent: 'Pinecone is not used',
    }),
    PINECONE_INDEX_NAME: optionalText({
      description: 'Name of the index; it must have 3,072 dimensions and measure by cosine.',
      absent: 'PINECONE_HOST must be set',
    }),
    PINECONE_HOST: optionalUrl({
      description: 'Address of the index itself.',
      absent: 'asked for by PINECONE_INDEX_NAME',
      schemes: ['https', 'http'],
    }),
    PINECONE_BASE_URL: url({
      description: 'Address of the service that knows the indexes.',
      fallback: PINECONE_URL,
      schemes: ['https', 'http'],
    }),
  },
  noticed: ['PINECONE_API_KEY', 'PINECONE_INDEX_NAME', 'PINECONE_HOST'],
  traits: {},
  read: (values, { isPrivate, hasEmbeddingModel }, problems) => {
    const {
      PINECONE_INDEX_NAME: indexName,
      PINECONE_HOST: host,
      PINECONE_API_KEY: apiKey,
    } = values;
    const baseUrl = values.PINECONE_BASE_URL === PINECONE_URL ? null : values.PINECONE_BASE_URL;
    if (indexName === null && host === null) {
      problems.push('SEARCH=pinecone needs PINECONE_INDEX_NAME, or PINECONE_HOST.');
    }
    if (apiKey === null && host === null && baseUrl === null) {
      problems.push('SEARCH=pinecone needs PINECONE_API_KEY.');
    }
    if (!hasEmbeddingModel) {
      problems.push(
        'SEARCH=pinecone needs an embedding model: set OPENAI_API_KEY or OPENAI_BASE_URL, and leave OPENAI_EMBEDDING_MODEL other than none.',
      );
    }
    // Every address that is asked: the index's own if it is known, and where its name is looked up.
    const asked = [host, ...(indexName === null ? [] : [values.PINECONE_BASE_URL])];
    const leaves = asked.some((at) => at !== null && !isLoopbackHost(new URL(at).hostname));
    if (isPrivate && leaves) {
      problems.push(
        'PRIVATE is set, but SEARCH=pinecone keeps vectors on another machine: set SEARCH=sqlite, or PINECONE_HOST and PINECONE_BASE_URL to this machine.',
      );
    }
    return { apiKey, indexName, host, baseUrl };
  },
  open: async ({ apiKey, ...settings }, { logger }) => {
    const { openPineconeVectors } = await import('./pinecone-vectors.ts');
    const dimension = DIMENSION;
    return openPineconeVectors(
      { ...settings, apiKey: apiKey?.reveal() ?? null, dimension },
      logger,
    );
  },
});
