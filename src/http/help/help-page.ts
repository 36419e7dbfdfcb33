import { escapeHtml } from '../shared-page.ts';
import { MAX_QUERY } from './help-documents.ts';
import type { RenderedDocument } from './help-markdown.ts';
import type { HelpGroup, HelpHit } from './help-site.ts';
import { HELP_STYLE } from './help-style.ts';

/** From so many parts on a document has a list of them. */
const LONG = 5;

export interface HelpFrame {
  /** Address of the site with a slash at its end. */
  base: string;
  version: string;
  groups: readonly HelpGroup[];
  title: string;
  /** Name of the page that is shown; null for a page that is not in the navigation. */
  current: string | null;
  query?: string;
}

/** Returns a page of the help around the HTML of its body. */
export function helpPage(frame: HelpFrame, body: string): string {
  const { base, title, query = '' } = frame;
  const home = base.replace(/help\/$/, '');
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} – omi-backend</title><style>${HELP_STYLE}</style></head>
<body><a class="skip" href="#content">Skip to the text</a>
<header><a href="${escapeHtml(base)}">omi-backend help</a><span class="soft">${escapeHtml(frame.version)}</span>
<form action="${escapeHtml(base)}find" role="search"><input type="search" name="q" value="${escapeHtml(query)}" maxlength="${MAX_QUERY}" placeholder="Search the documents" aria-label="Search the documents"><button>Search</button></form>
<span class="links"><a href="${escapeHtml(home)}">Console</a> <a href="${escapeHtml(home)}docs">API</a></span></header>
<div class="frame"><nav aria-label="Documents">${navigation(frame)}</nav>
<main id="content">${body}</main></div></body></html>
`;
}

/** The list stands beside the text on a wide screen; on a phone a tap opens it. The style shows one of them. */
function navigation({ base, groups, current }: HelpFrame): string {
  const lists = groups.map(({ title, pages }) => {
    const items = pages.map(({ name, title: page }) => {
      const mark = name === current ? ' aria-current="page"' : '';
      return `<li><a href="${escapeHtml(base + name)}"${mark}>${escapeHtml(page)}</a></li>`;
    });
    return `<h2>${escapeHtml(title)}</h2><ul>${items.join('')}</ul>`;
  });
  const all = lists.join('');
  return `<div class="beside">${all}</div><details><summary>All documents</summary>${all}</details>`;
}

/** Returns the body of the page of a document: long ones have a list of their parts below the title. */
export function documentBody({ html, contents }: RenderedDocument): string {
  if (contents.length < LONG) return html;
  const items = contents.map(({ title, anchor }) => {
    return `<li><a href="#${escapeHtml(anchor)}">${escapeHtml(title)}</a></li>`;
  });
  const list = `<details class="parts"><summary>On this page</summary><ul>${items.join('')}</ul></details>\n`;
  return html.replace('</h1>\n', (end) => end + list);
}

/** Returns the body of the page of a search. */
export function searchBody(base: string, query: string, hits: readonly HelpHit[]): string {
  const asked = escapeHtml(query);
  if (hits.length === 0) {
    return `<h1>Nothing found</h1><p>No document has “${asked}”. Try fewer words, or look at <a href="${escapeHtml(base)}">all documents</a>.</p>`;
  }
  const items = hits.map(({ address, document, section, excerpt, terms }) => {
    const place =
      section === document ? '' : ` <span class="soft">in ${escapeHtml(document)}</span>`;
    return `<li><a href="${escapeHtml(base + address)}">${escapeHtml(section)}</a>${place}<p>${marked(excerpt, terms)}</p></li>`;
  });
  return `<h1>Found for “${asked}”</h1><ul class="hits">${items.join('')}</ul>`;
}

/** Marks words in a text, which is escaped piece by piece. */
function marked(text: string, terms: readonly string[]): string {
  const wanted = new Set(terms);
  return text
    .split(/([\p{L}\p{N}_]+)/u)
    .map((piece) => {
      const safe = escapeHtml(piece);
      return wanted.has(piece.toLowerCase()) ? `<mark>${safe}</mark>` : safe;
    })
    .join('');
}
