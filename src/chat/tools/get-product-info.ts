import { z } from 'zod';
import type { ProductInfo } from '../product-info.ts';
import { defineTool } from './chat-tool.ts';

/** What the product's own documents say of it. */
export function getProductInfoTool({ product }: { product: ProductInfo }) {
  return defineTool({
    name: 'get_omi_product_info_tool',
    scope: 'product.read',
    description: 'Looks up how this server itself works: features, settings, privacy, errors.',
    status: 'Looking up product info',
    writes: [],
    schema: z.object({ query: z.string().min(1).max(1000) }),
    run: async (_context, { query }) => {
      const found = await product.find(query);
      if (found.length === 0) return 'The documents say nothing about that.';
      return found.map(({ source, text }) => `From ${source}:\n${text}`).join('\n\n');
    },
  });
}
