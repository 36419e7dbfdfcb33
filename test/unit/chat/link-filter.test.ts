import { describe, expect, it } from 'vitest';
import { addressesIn, comparable } from '../../../src/chat/addresses.ts';
import { type AddressOrigin, LinkFilter } from '../../../src/chat/link-filter.ts';

const EVIL = 'https://evil.example/?q=secret';
const GOOD = 'https://good.example/page';

function originOf(address: string): AddressOrigin {
  if (address === comparable(GOOD)) return 'named';
  return address === 'cited.example/a' ? [2] : 'unknown';
}

/** The text through the filter, in pieces of a size. */
function filter(text: string, size: number): string {
  const links = new LinkFilter(originOf);
  let shown = '';
  for (let at = 0; at < text.length; at += size) shown += links.push(text.slice(at, at + size));
  return shown + links.end();
}

function expectEverywhere(text: string, expected: string): void {
  for (const size of [1, 2, 3, 7, 10_000]) {
    expect(filter(text, size), `in pieces of ${size}`).toBe(expected);
  }
}

describe('links in an answer', () => {
  it.each([
    ['a plain sentence, (with notes) and "quotes" – 50 %! e.g. Node.js and/or a.m.', null],
    ['a citation[1], two[1, 2] and one in capitals! [3]', null],
    ['Great![1] And this![2]', null],
    ['a list:\n- [ ] open\n- [x] done', null],
    ['x < 5 and y > 3, a <b>bold</b> word, List<String>', null],
    ['items[i](event) and f(x)', 'items[i] (event) and f(x)'],
    [`Here: [the page](${GOOD}).`, null],
    [`Here: [the page](${GOOD} "Title").`, `Here: [the page](${GOOD}).`],
    [`Here: ${GOOD}, (${GOOD}) and <${GOOD}>.`, null],
    [`HTTPS://GOOD.example/page/`, null],
  ])('pass if they are named, and so does what is no link: %s', (text, expected) => {
    expectEverywhere(text, expected ?? text);
  });

  it.each([
    [`[click](${EVIL})`, 'click'],
    [`[click](<${EVIL}> "title")`, 'click'],
    [`[click]( \n ${EVIL}\n)`, 'click'],
    [`[click](//evil.example/x)`, 'click'],
    ['[mail](mailto:x@evil.example)', 'mail'],
    ['[run](javascript:alert(1))', 'run'],
    [`[a [nested] label](${EVIL})`, '[a [nested] label]'],
    [`[two\nlines](${EVIL})`, '[two\nlines]'],
    [`[${'long '.repeat(60)}](${EVIL})`, `[${'long '.repeat(60)}]`],
    [`[${EVIL}](${EVIL})`, '(link removed)'],
    [`[named ${GOOD}](${EVIL})`, `named ${GOOD}`],
    [`See ${EVIL}.`, 'See (link removed).'],
    [`(${EVIL})`, '((link removed))'],
    [`**${EVIL}**`, '**(link removed)**'],
    [`看${EVIL} 吧`, '看(link removed) 吧'],
    ['www.evil.example/x', '(link removed)'],
    ['evil.example/?q=secret', '(link removed)'],
    ['//evil.example/x', '(link removed)'],
    ['ftp://evil.example', '(link removed)'],
    ['odd-scheme://evil', '(link removed)'],
    ['secret@evil.example', '(link removed)'],
    ['https:\\//evil.example/x', '(link removed)'],
    ['https&#58;//evil.example/x', '(link removed)'],
    ['https&colon;&sol;&sol;evil.example/x', '(link removed)'],
    [`<${EVIL}>`, '(link removed)'],
    ['<made-up:secret>', '(link removed)'],
    [`${'*'.repeat(1990)}https://evil.example/x`, `${'*'.repeat(1990)}(link removed)`],
    [`https://evil.example/${'a'.repeat(5000)} end`, '(link removed) end'],
  ])('are reduced to their words: %s', (text, expected) => {
    expectEverywhere(text, expected);
  });

  it.each([
    [`![a cat](${EVIL})`, 'a cat'],
    [`![](${EVIL})`, ''],
    [`![a cat](${GOOD})`, `[a cat](${GOOD})`],
    ['![x](data:image/png;base64,AAAA)', 'x'],
    [`![x](data:image/png;base64,${'A'.repeat(50_000)}) end`, 'x end'],
    [`[![alt](${EVIL})](${EVIL})`, '[alt]'],
    [`[![alt](${GOOD})](${EVIL})`, `[[alt](${GOOD})]`],
    ['![cat][pic]', '[cat][pic]'],
    ['![pic]', '[pic]'],
    [`![cat][pic]\n\n[pic]: ${EVIL}`, '[cat][pic]\n\n'],
    [`<img src="${EVIL}">`, ''],
    [`<img alt=">" src=${EVIL}>`, '" src=(link removed)>'],
    [`<picture><source srcset="${EVIL}"></picture>x`, 'x'],
  ])('leave no image behind: %s', (text, expected) => {
    expectEverywhere(text, expected);
  });

  it.each([
    [`[a][r] and [r]\n\n[r]: ${EVIL} "t"\nend`, '[a][r] and [r]\n\n\nend'],
    [`[r]:\n${EVIL}\nend`, '\nend'],
    [`[r]: <${EVIL}>`, ''],
    [`> [r]: ${EVIL}`, '> [r]: (link removed)'],
    [`[a][r]\n\n[r]: ${GOOD}`, null],
    [`[1]: ${GOOD}`, `[1] ${GOOD}`],
    ['[1]: the meeting on Monday', null],
  ])('of the reference kind lose their definition: %s', (text, expected) => {
    expectEverywhere(text, expected ?? text);
  });

  it.each([
    [`<a href="${EVIL}">here</a>`, 'here</a>'],
    [`<a/href="${EVIL}">here`, 'here'],
    ['<script>alert(1)</script>', 'alert(1)'],
    ['<style>@import url(//evil.example/x)</style>', '@import url((link removed))'],
    ['<!-- note -->x', 'x'],
    [`<img <script src=x>`, 'img '],
    [`<img ${' '.repeat(600)}src=${EVIL}>`, `img ${' '.repeat(600)}src=(link removed)>`],
    [`[<img src=/x onerror=alert(1)>](${EVIL})`, 'img src=/x onerror=alert(1)>'],
  ])('in tags go with their tag: %s', (text, expected) => {
    expectEverywhere(text, expected);
  });

  it('of a conversation pass if it is cited in the same line', () => {
    expectEverywhere(
      'It is at https://cited.example/a, she said[2].\nNot at https://cited.example/a here.',
      'It is at https://cited.example/a, she said[2].\nNot at (link removed) here.',
    );
    expectEverywhere('[x](https://cited.example/a) [1, 2]', '[x](https://cited.example/a) [1, 2]');
    expectEverywhere('[x](https://cited.example/a) [1]', 'x [1]');
    const known = new LinkFilter(originOf, (number) => number === 2);
    expect(known.push('https://cited.example/a now')).toBe('https://cited.example/a ');
  });

  it('hold back no more than they have to', () => {
    const links = new LinkFilter(originOf);
    expect(links.push('The meeting is on ')).toBe('The meeting is on ');
    expect(links.push('Monday[1], see [a')).toBe('Monday[1], see ');
  });
});

describe('addresses in a text', () => {
  it('are compared without scheme, case of the host and punctuation', () => {
    const text = `See (http://Example.org/A/), www.two.example, [x](https://three.example/b?c=1).
      Write to <Anna@four.example>; "five.example/x" and https://en.wiki.example/wiki/A_(b).`;
    expect([...addressesIn(text)]).toEqual([
      'example.org/A',
      'two.example',
      'three.example/b?c=1',
      'anna@four.example',
      'five.example/x',
      'en.wiki.example/wiki/A_(b)',
    ]);
  });
});
