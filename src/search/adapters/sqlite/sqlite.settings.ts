import { describeSearch } from '../../search-engine.ts';

export const sqlite = describeSearch({
  name: 'sqlite',
  title: 'Search index in SQLite (`SEARCH=sqlite`)',
  variables: {},
  noticed: [],
  traits: {},
  read: () => ({}),
  // The vectors stand in the embedded files, beside the words.
  open: async () => null,
});
