import { describeCache } from '../../cache-engine.ts';

export const inProcess = describeCache({
  name: 'in-process',
  title: 'Cache in the process (`CACHE=in-process`)',
  variables: {},
  noticed: [],
  traits: {},
  read: () => ({}),
  open: async (_settings, { clock }) => {
    const { openInProcessCache } = await import('./in-process-cache.ts');
    return openInProcessCache({ clock });
  },
});
