import { z } from 'zod';
import { defineTool } from '../tool.ts';

/** What the product's own documents say of it. */
export const getProductInfoTool = defineTool({
  name: 'get_omi_product_info',
  chat: {
    scope: 'product.read',
    description: 'Looks up how this server itself works: features, settings, privacy, errors.',
    status: 'Looking up product info',
    writes: [],
    keepsToScope: true,
    schema: z.object({ query: z.string().min(1).max(1000) }),
    run: async ({ product }, _context, { query }) => {
      const found = await product.find(query);
      if (found.length === 0) return 'The documents say nothing about that.';
      return found.map(({ source, text }) => `From ${source}:\n${text}`).join('\n\n');
    },
  },
});
