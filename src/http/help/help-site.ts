import MiniSearch from 'minisearch';
import {
  type HelpDocument,
  INDEX_PATH,
  imageName,
  MAX_QUERY,
  readHelpDocuments,
  readImageNames,
} from './help-documents.ts';
import { type RenderedDocument, renderDocument } from './help-markdown.ts';

const MAX_HITS = 20;
const EXCERPT = 220;

export interface HelpPage extends RenderedDocument {
  document: HelpDocument;
}

export interface HelpHit {
  /** `updating#going-back`, relative to the site. */
  address: string;
  document: string;
  section: string;
  excerpt: string;
  /** Words of the section that match. */
  terms: string[];
}

/** A group of the navigation. */
export interface HelpGroup {
  title: string;
  pages: { name: string; title: string }[];
}

/** Every document as a page, and a search over their sections. */
export class HelpSite {
  readonly groups: HelpGroup[];
  readonly #pages: Map<string, HelpPage>;
  readonly #search = new MiniSearch<{ id: string; title: string; text: string; document: string }>({
    fields: ['title', 'document', 'text'],
    storeFields: ['title', 'text', 'document'],
    searchOptions: { prefix: true, fuzzy: 0.15, boost: { title: 4, document: 2 } },
  });

  /**
   * @param images names of the pictures that are there; of others the page has the description
   * @param base address of the site with a slash at its end: `/help/`
   */
  constructor(documents: readonly HelpDocument[], images: readonly string[], base: string) {
    const byPath = new Map(documents.map((document) => [document.path, document]));
    const pageOf = (path: string): string | null => {
      const document = byPath.get(path) ?? byPath.get(`${path.replace(/\/$/, '')}/README.md`);
      if (document) return base + document.name;
      const image = imageName(path);
      return image !== null && images.includes(image) ? `${base}images/${image}` : null;
    };
    this.#pages = new Map(
      documents.map((document) => [
        document.name,
        { document, ...renderDocument(document, { pageOf }) },
      ]),
    );
    this.groups = groupsOf(byPath.get(INDEX_PATH)?.text ?? '', byPath);
    for (const { document, sections } of this.#pages.values()) {
      this.#search.addAll(
        sections.map(({ title, anchor, text }) => ({
          ...{ id: `${document.name}#${anchor}`, title, text, document: document.title },
        })),
      );
    }
  }

  page(name: string): HelpPage | undefined {
    return this.#pages.get(name);
  }

  /** Returns the sections that match best; a section has to match every word if any does. */
  search(query: string): HelpHit[] {
    const words = query.slice(0, MAX_QUERY);
    const strict = this.#search.search(words, { combineWith: 'AND' });
    const found = strict.length > 0 ? strict : this.#search.search(words);
    return found.slice(0, MAX_HITS).map(({ id, title, text, document, terms }) => ({
      address: String(id),
      document: String(document),
      section: String(title),
      excerpt: excerptOf(String(text), terms),
      terms,
    }));
  }
}

/** Reads and renders all documents. */
export async function openHelpSite(root: string, base: string): Promise<HelpSite> {
  const [documents, images] = await Promise.all([readHelpDocuments(root), readImageNames(root)]);
  return new HelpSite(documents, images, base);
}

/** Returns the groups of the index: a heading of the second level, and the links below it. */
function groupsOf(index: string, documents: ReadonlyMap<string, HelpDocument>): HelpGroup[] {
  return index
    .split(/^## /m)
    .slice(1)
    .map((part) => ({
      title: part.split('\n')[0] ?? '',
      pages: [...part.matchAll(/^\| \[([^\]]+)\]\(([^)]+)\)/gm)].flatMap(
        ([, title = '', href = '']) => {
          const path = href.startsWith('../') ? href.slice(3) : `docs/${href}`;
          const document = documents.get(path) ?? documents.get(`${path}/README.md`);
          return document ? [{ name: document.name, title }] : [];
        },
      ),
    }))
    .filter(({ pages }) => pages.length > 0);
}

/** Returns the part of a text around the first word that matches. */
function excerptOf(text: string, terms: readonly string[]): string {
  const plain = text.replace(/\s+/g, ' ').trim();
  const lower = plain.toLowerCase();
  const places = terms.map((term) => lower.indexOf(term)).filter((place) => place >= 0);
  const from = Math.max(0, Math.min(...places, plain.length) - EXCERPT / 3);
  const begin = places.length === 0 || from === 0 ? 0 : plain.indexOf(' ', from) + 1;
  const cut = plain.slice(begin, begin + EXCERPT);
  return `${begin > 0 ? '… ' : ''}${cut}${begin + EXCERPT < plain.length ? ' …' : ''}`;
}
