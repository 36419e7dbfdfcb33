import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { imageName, MAX_QUERY, PACKAGE_FOLDER } from './help-documents.ts';
import { documentBody, type HelpFrame, helpPage, searchBody } from './help-page.ts';
import type { HelpSite } from './help-site.ts';
import { HELP_HEADERS } from './help-style.ts';

const IMAGE_TYPES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.jpg': 'image/jpeg',
};

export interface HelpOptions {
  version: string;
  /** The path that the server is reached under, with a slash at both ends. */
  basePath: string;
  /** Folder of the package; absent: the one that runs. */
  root?: string;
}

/** Serves the documents as a site at `/help`, without sign-in. Pages are rendered when first asked for. */
export function addHelp(app: FastifyInstance, options: HelpOptions): void {
  const { version, root = PACKAGE_FOLDER } = options;
  const base = `${encodeURI(options.basePath)}help/`;
  let loaded: Promise<HelpSite> | undefined;
  const load = (): Promise<HelpSite> => {
    loaded ??= import('./help-site.ts').then(({ openHelpSite }) => openHelpSite(root, base));
    return loaded;
  };
  const send = (reply: FastifyReply, code: number, frame: Partial<HelpFrame>, body: string) =>
    load().then(({ groups }) =>
      reply
        .code(code)
        .headers(HELP_HEADERS)
        .send(helpPage({ title: 'Help', current: null, ...frame, base, version, groups }, body)),
    );
  const schema = { hide: true };

  app.get<{ Querystring: { q?: unknown } }>('/help/find', { schema }, async (request, reply) => {
    const { q } = request.query;
    const query = typeof q === 'string' ? q.slice(0, MAX_QUERY).trim() : '';
    if (query === '') return reply.redirect(base, 303);
    const hits = (await load()).search(query);
    return send(reply, 200, { title: query, query }, searchBody(base, query, hits));
  });

  app.get<{ Params: { name: string } }>(
    '/help/images/:name',
    { schema },
    async (request, reply) => {
      const name = imageName(`docs/images/${request.params.name}`);
      const bytes = name === null ? null : await readImage(join(root, 'docs', 'images', name));
      if (bytes === null) return sendMissing(reply);
      return reply
        .type(IMAGE_TYPES[extname(name ?? '')] ?? 'application/octet-stream')
        .header('cache-control', 'public, max-age=3600')
        .send(bytes);
    },
  );

  app.get<{ Params: { '*'?: string } }>('/help/*', { schema }, (request, reply) =>
    sendPage(reply, (request.params['*'] ?? '').replace(/\/$/, '')),
  );
  app.get('/help', { schema }, (_request, reply) => sendPage(reply, ''));

  async function sendPage(reply: FastifyReply, name: string) {
    const page = (await load()).page(name);
    if (page === undefined) return sendMissing(reply);
    return send(reply, 200, { title: page.document.title, current: name }, documentBody(page));
  }

  function sendMissing(reply: FastifyReply) {
    const body = `<h1>There is no such page</h1><p>See <a href="${base}">all documents</a>, or search.</p>`;
    return send(reply, 404, { title: 'Not found' }, body);
  }
}

async function readImage(path: string): Promise<Buffer | null> {
  return readFile(path).catch(() => null);
}
