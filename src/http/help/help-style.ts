import { createHash } from 'node:crypto';

/** The style of all pages of the help: light and dark, wide and on a phone. */
export const HELP_STYLE = `
:root{color-scheme:light dark;--text:#1f2328;--soft:#59636e;--back:#fff;--side:#f6f8fa;--line:#d1d9e0;--link:#0757b8;--mark:#fff1a8}
@media(prefers-color-scheme:dark){:root{--text:#e3e8ee;--soft:#9aa7b4;--back:#14181d;--side:#1b2027;--line:#333c47;--link:#7ab7ff;--mark:#5c4d00}}
*{box-sizing:border-box}
body{margin:0;font:1rem/1.6 system-ui,sans-serif;color:var(--text);background:var(--back);overflow-wrap:break-word}
a{color:var(--link)}a:focus-visible,input:focus-visible,summary:focus-visible,button:focus-visible,.wide:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--back);padding:.5rem}
header{display:flex;flex-wrap:wrap;gap:.75rem 1rem;align-items:center;padding:.75rem 1.25rem;border-bottom:1px solid var(--line)}
header>a{font-weight:600;text-decoration:none;color:var(--text)}
header form{display:flex;gap:.5rem;flex:1 1 14rem;max-width:32rem}.links{margin-left:auto;display:flex;gap:1rem}
input,button{font:inherit;color:inherit;padding:.35rem .75rem;border:1px solid var(--line);border-radius:.4rem;background:var(--back)}
input{flex:1;min-width:0}button{background:var(--side);cursor:pointer}
.frame{display:grid;grid-template-columns:15rem minmax(0,1fr);max-width:78rem;margin:0 auto}
nav{padding:1.25rem;border-right:1px solid var(--line);font-size:.93rem}
nav summary{font-weight:600;cursor:pointer}nav h2{font-size:.8rem;color:var(--soft);margin:1.1rem 0 .2rem;font-weight:600}
nav ul{list-style:none;margin:0;padding:0}nav li a{display:block;padding:.15rem 0;text-decoration:none}
nav a[aria-current]{font-weight:600;color:var(--text)}
main{padding:1.25rem 2rem 4rem;min-width:0;max-width:52rem}
h1{font-size:1.8rem;line-height:1.25}h2{font-size:1.3rem;margin-top:2.2rem;border-bottom:1px solid var(--line);padding-bottom:.25rem}h3{font-size:1.08rem}
:target{scroll-margin-top:1rem;background:var(--mark)}
code,pre{font:.88em/1.5 ui-monospace,monospace}code{background:var(--side);padding:.1em .3em;border-radius:.3em}
pre{background:var(--side);padding:.9rem;overflow-x:auto;border-radius:.4rem;border:1px solid var(--line)}pre code{padding:0;background:none}
.parts{margin:1rem 0;padding:.5rem .9rem;border:1px solid var(--line);border-radius:.4rem}.parts summary{cursor:pointer;font-weight:600}.parts ul{columns:14rem;margin:.5rem 0;padding-left:1.2rem}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.94em}th,td{border:1px solid var(--line);padding:.4rem .65rem;text-align:left;vertical-align:top;overflow-wrap:normal}
td:nth-child(4):last-child{min-width:14rem}th{background:var(--side)}th:empty{padding:0}blockquote{margin:1rem 0;padding:.1rem 1rem;border-left:4px solid var(--line);color:var(--soft)}
img{max-width:100%;height:auto;border:1px solid var(--line);border-radius:.4rem}
.hits{list-style:none;padding:0}.hits li{margin:1.2rem 0}.hits p{margin:.15rem 0}.soft{color:var(--soft)}mark{background:var(--mark);color:inherit}
@media(max-width:46rem){.frame{display:block}nav{border-right:0;border-bottom:1px solid var(--line);padding:.6rem 1.25rem}main{padding:.5rem 1.25rem 3rem}h1{font-size:1.5rem}nav li a{padding:.45rem 0}nav .beside{display:none}.links{order:1}header form{order:2;flex-basis:100%}}
@media(min-width:46.01rem){nav details{display:none}}
@media print{nav,header form{display:none}.frame{display:block}}
`;

const STYLE_HASH = createHash('sha256').update(HELP_STYLE).digest('base64');

/** Headers of a page of the help: it runs nothing, and loads pictures of this server only. */
export const HELP_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'cache-control': 'no-cache',
};
