import { z } from 'zod';
import { type ImportedTalk, talkOf } from '../imported-transcript.ts';
import {
  type JsonTurn,
  jsonText,
  jsonTime,
  jsonTurns,
  millisecondsOf,
  momentOf,
} from '../json-turns.ts';
import { jsonFormat } from '../transcript-format.ts';

interface Node {
  type?: string | null | undefined;
  content?: string | null | undefined;
  startOffsetMs?: number | string | null | undefined;
  endOffsetMs?: number | string | null | undefined;
  startTime?: number | string | null | undefined;
  endTime?: number | string | null | undefined;
  speakerName?: string | null | undefined;
  speakerIdentifier?: string | null | undefined;
  children?: Node[] | null | undefined;
}

const USER = 'You';

const nodeSchema: z.ZodType<Node> = z.lazy(() =>
  z.object({
    type: jsonText,
    content: jsonText,
    startOffsetMs: jsonTime,
    endOffsetMs: jsonTime,
    startTime: jsonTime,
    endTime: jsonTime,
    speakerName: jsonText,
    speakerIdentifier: jsonText,
    children: z.array(nodeSchema).nullish(),
  }),
);
const lifelogSchema = z.object({
  title: jsonText,
  startTime: jsonTime,
  contents: z.array(nodeSchema),
});

/**
 * Lifelogs of a Limitless pendant, one or the pages of the API. Only what is quoted was said; headings
 * are summaries. Offsets in milliseconds. Source: https://www.limitless.ai/developers
 */
export const limitless = jsonFormat({
  id: 'limitless',
  title: 'Limitless',
  schema: z.union([
    lifelogSchema.transform((log) => [log]),
    z.array(lifelogSchema).min(1),
    z.object({ lifelogs: z.array(lifelogSchema).min(1) }).transform((page) => page.lifelogs),
    z
      .object({ data: z.object({ lifelogs: z.array(lifelogSchema).min(1) }) })
      .transform((page) => page.data.lifelogs),
    z
      .object({ data: z.object({ lifelog: lifelogSchema }) })
      .transform((page) => [page.data.lifelog]),
  ]),
  toTalks: (logs) => logs.map(toTalk),
});

function toTalk({ title, startTime, contents }: z.infer<typeof lifelogSchema>): ImportedTalk {
  const startedAt = momentOf(startTime);
  const turns: JsonTurn[] = [];
  const nodes = [...contents].reverse();
  // A stack of its own, so that deep nesting in a file cannot exhaust that of the program.
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    if (node.type === 'blockquote') turns.push(toTurn(node, startedAt));
    nodes.push(...[...(node.children ?? [])].reverse());
  }
  const isUser = turns.some(({ speaker }) => speaker === USER);
  return talkOf(jsonTurns(turns), {
    title: title?.trim() || null,
    startedAt,
    userLabel: isUser ? USER : null,
  });
}

function toTurn(node: Node, startedAt: number | null): JsonTurn {
  const since = (time: Node['startTime']) => {
    const at = momentOf(time);
    return at === null || startedAt === null ? null : Math.max(0, at - startedAt);
  };
  const name = node.speakerName?.trim() || null;
  return {
    speaker: node.speakerIdentifier === 'user' ? USER : name,
    text: node.content,
    startMs: millisecondsOf(node.startOffsetMs) ?? since(node.startTime),
    endMs: millisecondsOf(node.endOffsetMs) ?? since(node.endTime),
  };
}
