import { readdirSync, readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildHttpApp } from '../../../src/http/app.ts';
import { readHelpDocuments } from '../../../src/http/help/help-documents.ts';
import { renderDocument } from '../../../src/http/help/help-markdown.ts';
import { HelpSite } from '../../../src/http/help/help-site.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';

const ROOT = new URL('../../../', import.meta.url);

let app: FastifyInstance;
beforeAll(async () => {
  app = appAt(null);
  await app.ready();
});
afterAll(() => app.close());

function appAt(publicUrl: string | null): FastifyInstance {
  return buildHttpApp({
    ...{ logger: silentLogger, userApiKeys: null, corsOrigins: [], health: async () => ({}) },
    ...{ verifier: { verify: async () => null } as never, routes: [], version: '9.9.9', publicUrl },
  });
}

const get = (url: string) => app.inject({ url, headers: { accept: 'text/html' } });

function rendered(text: string): string {
  const document = { path: 'docs/a.md', name: 'a', title: 'A', text };
  return renderDocument(document, { pageOf: (path) => (path === 'docs/b.md' ? '/help/b' : null) })
    .html;
}

describe('/help', () => {
  it('shows each document without signing in, in a page that runs nothing', async () => {
    const page = await get('/help/updating');
    expect([page.statusCode, page.headers['content-type']]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    expect(page.body).toContain('<h1 id="updating">Updating</h1>');
    expect(page.body).not.toMatch(/<script|javascript:|\son\w+=/i);
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; img-src 'self'; form-action 'self'/,
    );
    expect(page.body).not.toMatch(/(?:src|action)="(?:https?:)?\/\//);
  });

  it('lists every document of the folder in its navigation', async () => {
    const { body } = await get('/help');
    const names = readdirSync(new URL('docs', ROOT)).filter((name) => /^[a-z].*\.md$/.test(name));
    const missing = names.filter((name) => !body.includes(`href="/help/${name.slice(0, -3)}"`));
    expect(missing).toEqual([]);
  });

  it('has no link that leads nowhere, in any document', async () => {
    const broken: string[] = [];
    const anchors = new Map<string, string>();
    const pageOf = async (address: string) => {
      const known = anchors.get(address);
      if (known !== undefined) return known;
      const page = await get(address);
      anchors.set(address, page.statusCode === 200 ? page.body : '');
      return anchors.get(address) ?? '';
    };
    for (const { name } of await readHelpDocuments(ROOT.pathname)) {
      const from = `/help/${name}`;
      const { body } = await get(from);
      for (const [, href = ''] of body.matchAll(/<(?:a|img) (?:href|src)="([^"]*)"/g)) {
        if (/^https:/.test(href)) continue;
        const [path = '', anchor = ''] = href.split('#');
        const target = await pageOf(path === '' ? from : path);
        if (target === '' || (anchor !== '' && !target.includes(` id="${anchor}"`))) {
          broken.push(`${from}: ${href}`);
        }
      }
    }
    expect(broken).toEqual([]);
  });

  it.each([
    ['going back to an older version', 'updating#going-back'],
    ['port in use', 'troubleshooting#it-does-not-start'],
    ['STT_DAILY_MINUTES_PER_USER', 'faq'],
    ['certificat', 'self-hosting#one-server-behind-tls'],
    ['encrpytion', 'encryption'],
  ])('finds %s', async (query, address) => {
    const page = await get(`/help/find?q=${encodeURIComponent(query)}`);
    expect(page.body).toContain(`href="/help/${address}`);
    expect(page.body).toContain('<mark>');
  });

  it('says that it found nothing, and shows a query as it is', async () => {
    const page = await get(`/help/find?q=${encodeURIComponent('<b>"qqxzy')}`);
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('Nothing found');
    expect(page.body).not.toContain('<b>"');
    const long = await get(`/help/find?q=${'zzkq '.repeat(5_000)}`);
    expect(long.statusCode).toBe(200);
  });

  it('leads an empty search to the list', async () => {
    const page = await get('/help/find?q=');
    expect([page.statusCode, page.headers.location]).toEqual([303, '/help/']);
  });

  it.each([
    '/help/nothing',
    '/help/..%2fpackage.json',
    '/help/images/x.png',
    '/help/images/..%2f..%2fpackage.json',
  ])('has no page %s', async (url) => {
    const page = await get(url);
    expect(page.statusCode).toBe(404);
    expect(page.body).not.toContain('"dependencies"');
  });

  it('lists the parts of a long document, and none of a short one', async () => {
    const { body } = await get('/help/configuration');
    expect(body).toMatch(
      /<\/h1>\n<details class="parts"><summary>On this page.*href="#server">Server</,
    );
    expect((await get('/help/recordings')).body).not.toContain('class="parts"');
  });

  it('shows the description of a picture that the package lacks', async () => {
    const documents = [
      {
        path: 'docs/a.md',
        name: 'a',
        title: 'A',
        text: '![Two](images/b.png) ![One](images/a.png)',
      },
    ];
    const html = new HelpSite(documents, ['a.png'], '/help/').page('a')?.html;
    expect(html).toBe('<p>Two <img src="/help/images/a.png" alt="One" loading="lazy"></p>\n');
  });

  it('works below a path', async () => {
    const below = appAt('https://example.com/omi');
    const page = await below.inject('/help/updating');
    expect(page.body).toContain('href="/omi/help/moving"');
    expect(page.body).toContain('<a href="/omi/">Console</a> <a href="/omi/docs">API</a>');
    await below.close();
  });
});

describe('a document', () => {
  it('shows HTML as text and leaves out links that could do something else', () => {
    expect(rendered('<script>alert(1)</script>')).toContain('&#60;script&#62;');
    expect(rendered('[a](javascript:alert(1))')).toBe('<p>a</p>\n');
    expect(rendered('[a](JaVaScRiPt:alert(1)) ![b](data:image/png;base64,AA)')).toBe(
      '<p>a b</p>\n',
    );
    expect(rendered('![x](https://tracker.example/a.png)')).toBe('<p>x</p>\n');
  });

  it('shows a picture that is written as HTML, without its other attributes', () => {
    const picture = (src: string) => `<img align="right" onerror="x()" src="${src}" alt="A page">`;
    expect(rendered(picture('b.md'))).toBe(
      '<p><img src="/help/b" alt="A page" loading="lazy"></p>\n',
    );
    expect(rendered(picture('https://tracker.example/a.png'))).toBe('<p>A page</p>\n');
    expect(rendered(`${picture('b.md')}<script>x()</script>`)).not.toContain('<script');
  });

  it('leaves out comments', () => {
    expect(rendered('<!-- Generated; do not edit. -->\n\nText')).toBe('<p>Text</p>\n');
    expect(rendered(`<!--${'-'.repeat(50_000)}\n\nText`)).toContain('&#60;!--');
    expect(rendered('<!-- a --> <b>x</b> <!-- b -->')).toBe(' &#60;b&#62;x&#60;/b&#62; ');
  });

  it('leads to other pages, to its own parts and to the web', () => {
    expect(rendered('[a](b.md#c)')).toContain('href="/help/b#c"');
    expect(rendered('[a](#c)')).toContain('href="#c"');
    expect(rendered('[a](../src/x.ts)')).toBe('<p>a</p>\n');
    expect(rendered('[a](https://nodejs.org)')).toContain('href="https://nodejs.org"');
  });

  it('numbers headings of one name', () => {
    expect(rendered('## A `b`\n\n## A b')).toBe(
      '<h2 id="a-b">A <code>b</code></h2>\n<h2 id="a-b-1">A b</h2>\n',
    );
  });
});

describe('the index of documents', () => {
  it('names each document once', () => {
    const index = readFileSync(new URL('docs/README.md', ROOT), 'utf8');
    const targets = [...index.matchAll(/^\| \[[^\]]+\]\(([^)]+)\)/gm)].map(([, target]) => target);
    expect(new Set(targets).size).toBe(targets.length);
  });
});
