import path from 'node:path';
import { optionalText } from '../../../kernel/variable.ts';
import { describeStore } from '../../store-engine.ts';

export const sqlite = describeStore({
  name: 'sqlite',
  title: 'Document store in SQLite (`STORE=sqlite`)',
  variables: {
    SQLITE_PATH: optionalText({
      description:
        "File of the document store, for several processes on one machine that share it while each has a DATA_DIR of its own. Never on a network file system: SQLite's locks do not hold there.",
      absent: '`store.sqlite` in DATA_DIR',
    }),
  },
  noticed: [],
  traits: { encryptsItself: [], leavesPlain: [] },
  read: ({ SQLITE_PATH: file }, { dataDir }) => ({
    path: file === null ? path.join(dataDir, 'store.sqlite') : path.resolve(file),
  }),
  open: async (settings, options) => {
    const { openSqliteStore } = await import('./sqlite-store.ts');
    return openSqliteStore({ ...options, ...settings });
  },
});
