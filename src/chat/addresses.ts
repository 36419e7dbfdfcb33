import { trimCharacters } from '../kernel/bounded-text.ts';

/** Longest address that is looked at, characters. */
export const MAX_ADDRESS = 2000;
/** Addresses that are remembered of one source. */
const MAX_NAMED = 2000;

/** Schemes that a client may open without `//` behind them. */
const SCHEMES =
  'mailto|tel|sms|javascript|vbscript|data|file|blob|intent|facetime|facetime-audio|skype|whatsapp|tg|market|view-source';
/** Where an address begins in a run of characters without spaces. */
const BEGINNING = new RegExp(
  `[a-z][a-z0-9+.-]{0,30}:[/\\\\]{2}|(?<![\\p{L}\\p{N}])(?:${SCHEMES}):(?=[\\p{L}\\p{N}/+#%])|(?<![\\p{L}\\p{N}])www\\.|(?<![\\p{L}\\p{N}:/])//(?=[^\\s/]+\\.)`,
  'iu',
);
/** A host with a path behind it, which some clients link without a scheme. */
const BARE =
  /(?<![\p{L}\p{N}@./-])(?:[\p{L}\p{N}-]{1,63}\.){1,8}[a-z]{2,24}(?::\d{1,5})?(?:\/(?=[^\s/])|[?#](?=\S))/iu;
const EMAIL = /[\p{L}\p{N}._%+-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}[\p{L}]{2,24}/u;
/** What ends a run; everything else can be part of an address. */
const RUN = /[^\s<>[\]"“”„«»`|{}]+/gu;
const CLOSING = ".,;:!?'*_~…)’。，、！？";

/** An address in a run of characters without spaces. */
export interface FoundAddress {
  /** As it stands there. */
  text: string;
  index: number;
}

/**
 * Finds the address that a run of characters holds: what begins with a scheme or `www.`, a host with
 * a path, or an e-mail address. It goes on to the end of the run, without punctuation. Entities and
 * backslashes, which renderers take away, hide none.
 */
export function addressIn(run: string): FoundAddress | null {
  const isMasked = run.includes('&') || run.includes('\\');
  const plain = isMasked ? unmasked(run) : run;
  if (!mayHold(plain)) return null;
  const match = BEGINNING.exec(plain) ?? BARE.exec(plain) ?? EMAIL.exec(plain);
  if (!match) return null;
  // Of a masked address nothing of the run remains.
  if (isMasked && plain !== run) return { text: run, index: 0 };
  const text = withoutPunctuation(run.slice(match.index));
  return text === '' ? null : { text, index: match.index };
}

/** False for most words: no address goes without one of these. */
function mayHold(run: string): boolean {
  if (/[:@]|\/\//.test(run)) return true;
  return run.includes('.') && (/[/?#]/.test(run) || /www\./i.test(run));
}

/** Returns the addresses that a text names, each in the form in which they are compared. */
export function addressesIn(text: string): Set<string> {
  const named = new Set<string>();
  for (const [run] of text.matchAll(RUN)) {
    if (run.length > MAX_ADDRESS) continue;
    // "[words](address)" is cut at its brackets, so that a run may begin with a parenthesis.
    const found = addressIn(trimCharacters(run, '(', ''));
    if (found) named.add(comparable(found.text));
    if (named.size >= MAX_NAMED) break;
  }
  return named;
}

/** Returns an address in the form in which two are compared: without scheme, host in lower case. */
export function comparable(address: string): string {
  const bare = address.replace(/^(?:https?:)?\/\/|^mailto:/i, '').replace(/^www\./i, '');
  const end = bare.search(/[/?#]/);
  const host = end < 0 ? bare : bare.slice(0, end);
  return `${host.toLowerCase()}${trimCharacters(end < 0 ? '' : bare.slice(end), '', '/')}`;
}

/** The address without what punctuates the sentence around it. */
function withoutPunctuation(text: string): string {
  const trimmed = trimCharacters(text, '', CLOSING);
  // A parenthesis that was opened inside of the address belongs to it.
  const isOpen = trimmed.split('(').length > trimmed.split(')').length;
  return isOpen && text.charAt(trimmed.length) === ')' ? `${trimmed})` : trimmed;
}

const ENTITIES: Readonly<Record<string, string>> = {
  colon: ':',
  sol: '/',
  period: '.',
  commat: '@',
  amp: '&',
  quest: '?',
  num: '#',
};

function unmasked(text: string): string {
  return text
    .replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));?/gi, (entity, decimal, hex, name) => {
      if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? entity;
      const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
    })
    .replace(/\\(?=[!-/:-@[-`{-~])/g, '');
}
