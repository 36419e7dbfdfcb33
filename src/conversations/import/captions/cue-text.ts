import { decodeHTMLStrict } from 'entities';
import type { UntimedTurn } from '../imported-transcript.ts';

/** Tags that only style what they hold; WebVTT's and those that SubRip files borrow from HTML. */
const STYLES = [
  'b',
  'i',
  'u',
  's',
  'c',
  'em',
  'strong',
  'font',
  'span',
  'ruby',
  'rt',
  'lang',
  'p',
  'div',
  'small',
];
/** `<c.yellow>`, `<font color="#fff">`, `</i>`, `<lang en>`: a name, classes, attributes. */
const TAG =
  /^(?<slash>\/?)(?<name>[a-z]{1,6})(?<classes>(?:\.[^\s.<>]{1,60}){0,20})\/?(?:\s(?<attributes>[^<>]{0,300}))?$/iu;
const TIMESTAMP = /^\d{1,9}(?::\d{1,9}){1,3}(?:[.,]\d{1,9})?$/u;
const VOICE = /^v(?:\.[^\s.<>]{1,60}){0,20}(?:\s(?<name>[^<>]{0,300}))?$/isu;
const ATTRIBUTES = /^[\w-]{1,30}\s{0,5}=/u;
/** `{\an8}`, `{\pos(10,20)}` of SubStation Alpha. */
const OVERRIDE = /\{\\[^{}\n]{0,200}\}/gu;
/** What a tag may hold at most; a longer one is text. */
const MAX_TAG = 320;

interface Tag {
  kind: 'voice' | 'voice-end' | 'break' | 'style' | 'style-end';
  /** Of a style: its name. Of a voice: the speaker, null without a name. */
  name: string | null;
}

/**
 * What each voice says in the text of a caption: mark-up removed, entities decoded, line breaks kept.
 * What is no tag that captions have stays as it is: `x < 5`, `<laughs>`, `<3`. Takes linear time.
 */
export function parseCueText(markup: string): UntimedTurn[] {
  const text = markup.replace(OVERRIDE, '');
  const ends = lastEnds(text);
  const parts: UntimedTurn[] = [];
  let speaker: string | null = null;
  const add = (words: string) => {
    if (words === '') return;
    const last = parts.at(-1);
    if (last && last.speaker === speaker) last.text += words;
    else parts.push({ speaker, text: words });
  };
  let from = 0;
  for (const { at, end, body } of brackets(text)) {
    const tag = tagOf(body, text, at, ends);
    if (tag === null) continue;
    add(text.slice(from, at));
    from = end;
    if (tag.kind === 'voice') speaker = tag.name;
    else if (tag.kind === 'voice-end') speaker = null;
    else if (tag.kind === 'break') add('\n');
  }
  add(text.slice(from));
  return parts.map((part) => ({ ...part, text: decodeHTMLStrict(part.text) }));
}

/** Every `<…>` without another `<` in it. */
function* brackets(text: string): Generator<{ at: number; end: number; body: string }> {
  let at = text.indexOf('<');
  while (at >= 0) {
    const next = text.indexOf('<', at + 1);
    const limit = Math.min(next < 0 ? text.length : next, at + MAX_TAG);
    const body = text.slice(at + 1, limit);
    const close = body.indexOf('>');
    if (close >= 0) yield { at, end: at + close + 2, body: body.slice(0, close) };
    at = next;
  }
}

/** Where each style ends last. */
function lastEnds(text: string): Map<string, number> {
  const ends = new Map<string, number>();
  for (const { at, body } of brackets(text)) {
    const name = /^\/(?<name>[a-z]{1,6})\s*$/iu.exec(body)?.groups?.name;
    if (name !== undefined) ends.set(name.toLowerCase(), at);
  }
  return ends;
}

function tagOf(
  body: string,
  text: string,
  at: number,
  ends: ReadonlyMap<string, number>,
): Tag | null {
  if (TIMESTAMP.test(body)) return { kind: 'style-end', name: null };
  const voice = VOICE.exec(body);
  if (voice) return { kind: 'voice', name: voiceName(voice.groups?.name ?? '') };
  const groups = TAG.exec(body)?.groups;
  const name = groups?.name?.toLowerCase();
  if (name === undefined) return null;
  const isEnd = groups?.slash !== '';
  if (name === 'v' && isEnd) return { kind: 'voice-end', name };
  if (name === 'br') return { kind: 'break', name };
  if (!STYLES.includes(name)) return null;
  const attributes = groups?.attributes?.trim() ?? '';
  if (isEnd) return attributes === '' ? { kind: 'style-end', name } : null;
  if (attributes !== '' && name !== 'lang' && !ATTRIBUTES.test(attributes)) return null;
  // `a<b>c` compares; a style that never ends begins if a word does.
  const isClosed = (ends.get(name) ?? -1) > at;
  const before = text[at - 1];
  const isWordStart = before === undefined || /[\s>]/u.test(before);
  const isGlued = /\S/u.test(text[at + body.length + 2] ?? '');
  return isClosed || (isWordStart && isGlued) ? { kind: 'style', name } : null;
}

/** The name of a voice, without quotation marks around it; null if there is none. */
function voiceName(annotation: string): string | null {
  const name = decodeHTMLStrict(annotation).replace(/\s+/gu, ' ').trim();
  const bare = /^(?<quote>["'“„«])(?<inner>.+)["'”“»]$/u.exec(name)?.groups?.inner ?? name;
  return bare.trim() || null;
}
