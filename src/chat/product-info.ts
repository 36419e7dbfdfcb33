import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { matchedTerms, questionTerms } from './question-terms.ts';

/** A part of a document, from one heading to the next. */
export interface ProductSection {
  /** `docs/configuration.md: Language model`. */
  source: string;
  text: string;
}

/** A document of the product: its path in the repository, and its Markdown. */
export interface ProductDocument {
  path: string;
  text: string;
}

const SECTIONS = 3;
const MAX_SECTION = 3_000;

/** The README and the documents in `docs` of the package at `root`, as far as they are there. */
export async function readProductDocuments(root: string): Promise<ProductDocument[]> {
  const paths = ['README.md', ...(await list(root)).map((name) => `docs/${name}`)];
  const found = await Promise.all(
    paths.map(async (name) => {
      const text = await readFile(path.join(root, name), 'utf8').catch(ifAbsent(''));
      return { path: name, text };
    }),
  );
  return found.filter(({ text }) => text !== '');
}

async function list(root: string): Promise<string[]> {
  const names = await readdir(path.join(root, 'docs')).catch(ifAbsent<string[]>([]));
  return names.filter((name) => name.endsWith('.md')).sort();
}

/** An image that was built without the documents has none to tell of. */
function ifAbsent<T>(nothing: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return nothing;
    throw error;
  };
}

/** Finds what the product's own documents say; they are read when they are first asked for. */
export class ProductInfo {
  readonly #load: () => Promise<ProductDocument[]>;
  #sections: Promise<ProductSection[]> | undefined;

  constructor(load: () => Promise<ProductDocument[]>) {
    this.#load = load;
  }

  /** The sections that share most words with a question, best first. */
  async find(question: string): Promise<ProductSection[]> {
    this.#sections ??= this.#load().then((documents) => documents.flatMap(sectionsOf));
    const terms = questionTerms(question);
    const scored = (await this.#sections).map((section) => ({
      section,
      // A heading says what a section is about.
      score: matchedTerms(section.text, terms).size + matchedTerms(section.source, terms).size,
    }));
    return scored
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score)
      .slice(0, SECTIONS)
      .map(({ section }) => section);
  }
}

function sectionsOf({ path, text }: ProductDocument): ProductSection[] {
  return text.split(/^(?=#{1,3} )/m).flatMap((part) => {
    const [heading = '', ...body] = part.split('\n');
    const content = body.join('\n').trim().slice(0, MAX_SECTION);
    if (content === '') return [];
    return [{ source: `${path}: ${heading.replace(/^#+\s*/, '')}`, text: content }];
  });
}
