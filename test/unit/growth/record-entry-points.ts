import { clutterOf } from '../../../src/action-items/clutter.ts';
import { parseLimitlessTalk } from '../../../src/conversations/archives/limitless-talk.ts';
import { parseClientMessage } from '../../../src/listen/client-message.ts';
import { parseLenientJson } from '../../../src/listen/lenient-json.ts';
import { readMirrorFile, writeMirrorFile } from '../../../src/markdown-mirror/mirror-file.ts';
import { buildKnowledgeGraph } from '../../../src/memories/build-knowledge-graph.ts';
import { contradict, findSingleValue } from '../../../src/memories/single-value-facts.ts';
import { makeSegment } from '../../../src/model/conversations/transcript-segment.ts';
import { makeActionItem } from '../../../src/model/tasks/action-item.ts';
import { withoutAlreadyHeard } from '../../../src/offline-sync/already-heard.ts';
import { baseName, parseDeviceFileName } from '../../../src/offline-sync/device-file-name.ts';
import { type EntryPoint, LOCAL, USUAL_WORST } from './entry-point.ts';

const LIMITS = { ageDays: 30, overdueDays: 7, similarity: 0.9 };
const TALK_NAME = 'lifelogs/2025/05/2025-05-04_09h10m11s_The-garden.md';
const SHOWN = {
  id: 'c1',
  startedAt: '2026-01-02T03:04:05.000Z',
  category: 'work',
  people: [],
  events: [],
  tasks: [],
};

/** Pieces of a text as long as those that a record holds many of. */
function piecesOf(text: string, length = 50): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += length) pieces.push(text.slice(at, at + length));
  return pieces;
}

/** Tasks, facts, files of devices and of editors, archives, and what sockets say. */
export const RECORD_ENTRY_POINTS: readonly EntryPoint[] = [
  {
    name: 'tasks that may be clutter',
    read: (text) => {
      const items = [text, ...piecesOf(text)].map((description, i) =>
        makeActionItem({ id: `${i}`, description, createdAt: i }),
      );
      return ['vague', 'semantic_dedup'].map((kind) =>
        clutterOf(kind as 'vague' | 'semantic_dedup', items, LIMITS, LOCAL.now),
      );
    },
    worst: USUAL_WORST,
  },
  {
    name: 'facts for the graph',
    read: (text) => {
      const facts = [text, ...piecesOf(text)].map((content, i) => ({ id: `${i}`, content }));
      const talks = piecesOf(text).map((topic, i) => ({
        id: `${i}`,
        searchMetadata: { topics: [topic], people: [], entities: [], dates: [] },
        geolocation: null,
      }));
      const people = [{ name: text.slice(0, 40) }];
      return buildKnowledgeGraph('ada', { memories: facts, people, conversations: talks });
    },
    worst: [...USUAL_WORST, 'Ann ', 'Ann of ', "Ann's ", '”', ')', 'Ann lives in '],
  },
  {
    name: 'facts of one value',
    read: (text) => [findSingleValue(text), contradict(text, `${text}.`)],
    worst: [...USUAL_WORST, 'My |name ', 'My favorite |color ', 'User lives in |a ', '!', 'is '],
  },
  {
    name: 'a talk of an archive',
    read: (text) => parseLimitlessTalk(TALK_NAME, text),
    worst: [
      ...USUAL_WORST,
      '> ',
      '> [1](#startMs=1&endMs=2): ',
      '> [1](#startMs=|1',
      '# ',
      '\n> [',
    ],
  },
  {
    name: 'a file of an editor',
    read: (text) => [
      readMirrorFile(text),
      readMirrorFile(`---\nomi: c1\n---\n# T\n\n## Tasks\n${text}`),
      writeMirrorFile({ ...SHOWN, title: text, notes: text, transcript: [text] }, null),
    ],
    worst: [...USUAL_WORST, '---\n', '- [ ] a ^b', '- [ ] |^', '## ', '## Tasks\n', 'a: ', '#'],
  },
  {
    name: 'the name of a device’s file',
    read: (text) => {
      const name = baseName(text);
      return [parseDeviceFileName(name, LOCAL.now), parseDeviceFileName(`${text}.bin`, LOCAL.now)];
    },
    worst: [...USUAL_WORST, 'opus_', '1_', '../', 'a.'],
  },
  {
    name: 'words that were heard before',
    read: (text) => {
      const segments = piecesOf(text, 500).map((piece, i) =>
        makeSegment({ id: `${i}`, text: piece, startMs: i * 60_000, endMs: i * 60_000 + 50_000 }),
      );
      return withoutAlreadyHeard(segments, segments);
    },
    worst: USUAL_WORST,
  },
  {
    name: 'a message of a live client',
    read: (text) => [parseLenientJson(text), parseClientMessage(`{"type":"${text}`)],
    worst: [...USUAL_WORST, '\\', '\\"', '[[', '{"a":', 'NaN', '-', '1e', ',]', '/*', '\\u'],
  },
];
