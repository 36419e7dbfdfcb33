/** A JSON schema as it came in a request. */
export type JsonSchema = { [key: string]: unknown };

interface SpokenLine {
  number: number;
  speaker: string;
  text: string;
}

/**
 * Makes the answer that a sensible model might give, from nothing but the request: each field of
 * the schema is filled by its name from the numbered transcript lines of the last user message.
 */
export function makeStructuredAnswer(schema: JsonSchema, input: string): unknown {
  const lines = readLines(input);
  const text = lines.map((line) => line.text).join(' ');
  const words = text.split(/\s+/).filter(Boolean);
  const photos = readPhotos(input);
  const discard = /^Discard allowed: yes$/m.test(input) && words.length < 8 && photos.length === 0;
  const content = discard ? [] : lines;
  const user = /^The user: (.*)$/m.exec(input)?.[1] ?? '';
  const known: { [field: string]: unknown } = {
    discard,
    title: discard ? '' : titleOf(lines, input),
    overview: discard ? '' : [overviewOf(lines, input), ...photos].join(' '),
    emoji: '📌',
    category: /\b(budget|report|meeting|customer)\b/i.test(text) ? 'work' : 'personal',
    actionItems: content.flatMap((line) => actionItem(line, input, user)),
    events: content.flatMap((line) => event(line, input)),
    memories: content.flatMap(memory).slice(0, 2),
  };
  return fill(schema, known, words.join(' ') || input);
}

function readLines(input: string): SpokenLine[] {
  const found = input.matchAll(/^\[(\d+)\] (?:(.+?) \(\d+:\d\d:\d\d\): )?(.*)$/gm);
  return [...found].map(([, number, speaker, text]) => ({
    number: Number(number),
    speaker: speaker ?? '',
    text: text ?? '',
  }));
}

/** Descriptions of photos, as they stand before the transcript. */
function readPhotos(input: string): string[] {
  const section = /^PHOTOS .*\n((?:- .*\n)*)/m.exec(input)?.[1] ?? '';
  return section.split('\n').flatMap((line) => (line.startsWith('- ') ? [line.slice(2)] : []));
}

function titleOf(lines: readonly SpokenLine[], input: string): string {
  const parts = [...input.matchAll(/^\d+\. (.+?): /gm)].map(([, title]) => title);
  if (lines.length === 0 && parts.length > 0) return `All of ${parts.join(' ')}`;
  const longest = [...lines].sort((a, b) => b.text.length - a.text.length)[0];
  return (longest?.text ?? 'Nothing').split(/\s+/).slice(0, 6).join(' ');
}

function overviewOf(lines: readonly SpokenLine[], input: string): string {
  const parts = [...input.matchAll(/^\d+\. .+?: (.*)$/gm)].map(([, overview]) => overview);
  if (lines.length === 0) return parts.join(' ') || 'Nothing was said.';
  // A summary has the end of a talk too.
  const told = lines.length > 3 ? [...lines.slice(0, 2), ...lines.slice(-1)] : lines;
  const said = told.map((line) => `${line.speaker}: ${line.text}`);
  return `${said.join(' ')} (${lines.length} lines)`;
}

function actionItem(line: SpokenLine, input: string, user: string): unknown[] {
  const match =
    /\b(I'll|I will|I need to|I must|we need to|please|remember to|could you)\s+([^.?!]+)/i.exec(
      line.text,
    );
  if (!match?.[1] || !match[2]) return [];
  const task = match[2].replace(/\b(by|on|until|before)?\s*(tomorrow|monday|friday)\b.*$/i, '');
  const mine = /^(I|we)/i.test(match[1]);
  const description = task.trim().split(/\s+/).slice(0, 12).join(' ');
  return [
    {
      ...evidence(line),
      description: description.charAt(0).toUpperCase() + description.slice(1),
      owner: mine ? (line.speaker === user ? 'user' : line.speaker) : null,
      due: spokenDay(line.text, input, '23:59:00'),
    },
  ];
}

function event(line: SpokenLine, input: string): unknown[] {
  const kind = /\b(meeting|appointment|dinner|lunch|flight)\b/i.exec(line.text)?.[1];
  const start = spokenDay(line.text, input, '14:00:00');
  if (!kind || !start) return [];
  const title = line.text.split(/\s+/).slice(0, 8).join(' ');
  return [{ ...evidence(line), title, description: line.text, start, durationMinutes: 60 }];
}

function memory(line: SpokenLine): unknown[] {
  const fact = /\bI(?: am|'m) ((?:allergic|vegetarian|a |from )[^.?!]*)/i.exec(line.text)?.[0];
  return fact ? [{ ...evidence(line), content: fact, category: 'system' }] : [];
}

function evidence(line: SpokenLine) {
  return { segments: [line.number], quote: line.text.split(/\s+/).slice(0, 12).join(' ') };
}

/** Looks a day up in the list of days that the request gives. */
function spokenDay(text: string, input: string, time: string): string | null {
  const days = [...input.matchAll(/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\d{4}-\d\d-\d\d)/g)];
  const offset = /T\d\d:\d\d([+-]\d\d:\d\d|Z)/.exec(input)?.[1] ?? 'Z';
  const weekday = /\b(mon|tues|wednes|thurs|fri|satur|sun)day\b/i.exec(text)?.[1];
  const index = /\btomorrow\b/i.test(text)
    ? 1
    : days.findIndex(
        ([, day], i) => i > 0 && weekday?.slice(0, 3).toLowerCase() === day?.toLowerCase(),
      );
  const date = index > 0 ? days[index]?.[2] : undefined;
  return date ? `${date}T${time}${offset}` : null;
}

/** A value of the schema: the known field of that name, otherwise something of the right type. */
function fill(schema: JsonSchema, known: { [field: string]: unknown }, text: string): unknown {
  const options = schema.anyOf;
  if (Array.isArray(options)) return fill(options[0] as JsonSchema, known, text);
  if (Array.isArray(schema.enum)) return schema.enum[0];
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries((schema.properties ?? {}) as JsonSchema).map(([name, property]) => [
          name,
          name in known ? known[name] : fill(property as JsonSchema, known, text),
        ]),
      );
    case 'array':
      return [fill((schema.items ?? {}) as JsonSchema, {}, text)];
    case 'boolean':
      return false;
    case 'integer':
    case 'number':
      return text.length;
    case 'string':
      return text.split(/\s+/).slice(0, 8).join(' ');
    default:
      return null;
  }
}
