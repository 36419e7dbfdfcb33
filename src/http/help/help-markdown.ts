import { Marked, type Tokens } from 'marked';
import { escapeHtml } from '../shared-page.ts';
import type { HelpDocument } from './help-documents.ts';
import { linkTarget } from './help-documents.ts';

const COMMENT = /<!--(?:[^-]|-(?!->))*-->\n?/g;
/** A picture as HTML, which can have a width. */
const PICTURE = /^<img\b[^<>]*>$/;

/** A part of a document from one heading to the next, for the search. */
export interface HelpSection {
  title: string;
  anchor: string;
  text: string;
}

export interface RenderedDocument {
  html: string;
  sections: HelpSection[];
  /** The headings of the second level. */
  contents: { title: string; anchor: string }[];
}

export interface HelpAddresses {
  /** Address of the page of a document, or of a picture; null if the site has no such thing. */
  pageOf(path: string): string | null;
}

/**
 * Returns the page of a document, and its sections. HTML in the Markdown is shown as text, without comments; only a
 * picture is shown as such. Links lead to pages of the site, to parts of the page, or to addresses of the web; any other is shown as text.
 */
export function renderDocument(document: HelpDocument, addresses: HelpAddresses): RenderedDocument {
  const sections: HelpSection[] = [];
  const contents: RenderedDocument['contents'] = [];
  const anchors = new Anchors();
  const marked = new Marked({ gfm: true, async: false });
  marked.use({
    renderer: {
      heading({ tokens, depth, text }) {
        const anchor = anchors.take(plainText(text));
        const title = plainText(text);
        sections.push({ title, anchor, text: '' });
        if (depth === 2) contents.push({ title, anchor });
        const inner = this.parser.parseInline(tokens);
        return `<h${depth} id="${escapeHtml(anchor)}">${inner}</h${depth}>\n`;
      },
      html({ text, block }) {
        const picture = pictureIn(text);
        if (picture === null) return escapeHtml(text.replaceAll(COMMENT, ''));
        const image = imageHtml(picture, document.path, addresses);
        return block ? `<p>${image}</p>\n` : image;
      },
      link({ href, tokens }) {
        const inner = this.parser.parseInline(tokens);
        const address = addressOf(href, document.path, addresses);
        return address === null ? inner : `<a href="${escapeHtml(address)}">${inner}</a>`;
      },
      image: (picture) => imageHtml(picture, document.path, addresses),
      table(token) {
        return `<div class="wide" tabindex="0">${tableHtml(token, (cell) => this.parser.parseInline(cell.tokens))}</div>\n`;
      },
    },
  });
  const tokens = marked.lexer(document.text);
  const html = marked.parser(tokens);
  addTexts(sections, tokens);
  return { html, sections, contents };
}

/** Puts the source of what follows each heading into its section. */
function addTexts(sections: HelpSection[], tokens: readonly { type: string; raw: string }[]): void {
  let at = -1;
  for (const { type, raw } of tokens) {
    if (type === 'heading') at += 1;
    const section = sections[at];
    if (section && type !== 'heading') section.text += plainText(pictureIn(raw)?.text ?? raw);
  }
}

/** Returns address and description of a picture that is written as HTML, null if the HTML is anything else. */
function pictureIn(html: string): { href: string; text: string } | null {
  const tag = html.trim();
  if (!PICTURE.test(tag)) return null;
  const attribute = (name: string) => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
  return { href: attribute('src'), text: attribute('alt') };
}

/** Returns a picture of the site; its description if the site lacks it. */
function imageHtml(
  { href, text }: { href: string; text: string },
  from: string,
  addresses: HelpAddresses,
): string {
  const target = linkTarget(href, from);
  const address = target === null ? null : addresses.pageOf(target.path);
  if (address === null) return escapeHtml(text);
  return `<img src="${escapeHtml(address)}" alt="${escapeHtml(text)}" loading="lazy">`;
}

function tableHtml(
  { header, rows }: Tokens.Table,
  cellHtml: (cell: Tokens.TableCell) => string,
): string {
  const head = header.map((cell) => `<th>${cellHtml(cell)}</th>`).join('');
  const body = rows.map((row) => {
    return `<tr>${row.map((cell) => `<td>${cellHtml(cell)}</td>`).join('')}</tr>`;
  });
  return `<table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table>`;
}

function addressOf(href: string, from: string, addresses: HelpAddresses): string | null {
  const target = linkTarget(href, from);
  if (target === null) return /^https?:\/\//i.test(href) ? href : null;
  const anchor = target.anchor === '' ? '' : `#${target.anchor}`;
  if (target.path === from) return anchor;
  const address = addresses.pageOf(target.path);
  return address === null ? null : address + anchor;
}

/** Returns text without the signs of Markdown. */
function plainText(markdown: string): string {
  return markdown
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[`*]|^[|\s:-]+$/gm, '')
    .replaceAll('|', ' ');
}

/** Names of headings as GitHub makes them; a repeated one gets a number. */
class Anchors {
  readonly #taken = new Map<string, number>();

  take(title: string): string {
    const name = title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    const times = this.#taken.get(name) ?? 0;
    this.#taken.set(name, times + 1);
    return times === 0 ? name : `${name}-${times}`;
  }
}
