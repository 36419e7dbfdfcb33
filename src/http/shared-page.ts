import { createHash } from 'node:crypto';

const STYLE =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}' +
  'h1{font-size:1.25rem}li{margin:.5rem 0}p,li{white-space:pre-wrap;overflow-wrap:anywhere}small{color:#666}' +
  '@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}small{color:#999}}';
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Headers of a page that runs nothing and loads nothing. */
export const SHARED_PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  // Readable with the link only; search engines must not list it.
  'x-robots-tag': 'noindex, nofollow',
};

/** A page with shared content; all texts come from users and are escaped. */
export function sharedPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body>
<h1>${escapeHtml(title)}</h1>
${body}
</body>
</html>
`;
}

/** A text as it may stand in a page, in an element or an attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
