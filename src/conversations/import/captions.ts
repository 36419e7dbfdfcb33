import { parseText, tokenizeVTTCue } from 'media-captions';
import { countWords } from '../../text/word-count.ts';
import { flattenText, type ImportedTurn, type UntimedTurn } from './imported-transcript.ts';
import { splitSpeaker } from './speaker-name.ts';

interface Cue {
  /** Seconds. */
  startTime: number;
  endTime: number;
  text: string;
}

/** A node of a cue's text; times and classes are left out, nothing here uses them. */
type CueNode =
  | { type: 'text'; data: string }
  | { type: 'v'; voice: string; children: CueNode[] }
  | { type: 'c' | 'i' | 'b' | 'u' | 'ruby' | 'rt' | 'lang' | 'timestamp'; children: CueNode[] };

// The package's own types import each other without extensions, which `nodenext` does not resolve.
declare module 'media-captions' {
  function parseText(
    text: string,
    options: { type: 'vtt' | 'srt'; errors: boolean },
  ): Promise<{ cues: Cue[] }>;
  function tokenizeVTTCue(cue: Cue): CueNode[];
}

/**
 * Turns of the cues of a WebVTT or SubRip file. The speaker is the cue's voice (`<v Name>`) or else
 * a name before its words; several in one cue share its time by the number of their words.
 */
export async function parseCaptions(text: string, type: 'vtt' | 'srt'): Promise<ImportedTurn[]> {
  const { cues } = await parseText(text, { type, errors: false });
  const turns: ImportedTurn[] = [];
  for (const cue of cues) {
    const startMs = Math.round(cue.startTime * 1000);
    const endMs = Math.round(cue.endTime * 1000);
    turns.push(...shareTime(spokenParts(tokenizeVTTCue(cue)), startMs, endMs));
  }
  return turns.sort((a, b) => a.startMs - b.startMs);
}

/** What each voice says in a cue. */
function spokenParts(nodes: readonly CueNode[]): UntimedTurn[] {
  const parts: UntimedTurn[] = [];
  const add = (speaker: string | null, text: string) => {
    const last = parts.at(-1);
    if (last && last.speaker === speaker) last.text += text;
    else parts.push({ speaker, text });
  };
  const visit = (node: CueNode, speaker: string | null) => {
    if (node.type === 'text') return add(speaker, node.data);
    const voice = node.type === 'v' ? flattenText(node.voice) || null : speaker;
    for (const child of node.children) visit(child, voice);
  };
  for (const node of nodes) visit(node, null);
  return parts.flatMap((part) => (part.speaker === null ? splitLines(part.text) : [flat(part)]));
}

/** The lines of a text without voice: each that begins with a name is somebody's own. */
function splitLines(text: string): UntimedTurn[] {
  const parts: UntimedTurn[] = [];
  for (const line of text.split('\n')) {
    const labelled = splitSpeaker(flattenText(line));
    const last = parts.at(-1);
    if (labelled) parts.push({ speaker: labelled.name, text: labelled.words });
    else if (last) last.text += ` ${line}`;
    else parts.push({ speaker: null, text: line });
  }
  return parts.map(flat);
}

function flat({ speaker, text }: UntimedTurn): UntimedTurn {
  return { speaker, text: flattenText(text) };
}

function shareTime(parts: readonly UntimedTurn[], startMs: number, endMs: number): ImportedTurn[] {
  const spoken = parts.filter((part) => part.text !== '');
  const total = spoken.reduce((sum, part) => sum + countWords(part.text), 0);
  let words = 0;
  const at = () => Math.round(startMs + ((endMs - startMs) * words) / total);
  return spoken.map((part) => {
    const from = at();
    words += countWords(part.text);
    return { ...part, startMs: from, endMs: at() };
  });
}
