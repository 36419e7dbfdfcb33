import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerFilter, cleanAnswer } from '../../../src/llm/answer-filter.ts';

/** What is left of an answer that comes in these pieces. */
function filter(
  pieces: readonly string[],
  offered: readonly string[] = ['get_tasks'],
  holds = true,
) {
  const filtered = new AnswerFilter({ offered, holds });
  let text = '';
  let everShown = '';
  const calls: [string, unknown][] = [];
  for (const part of [...pieces.flatMap((piece) => filtered.push(piece)), ...filtered.end()]) {
    if (part.type === 'retract') text = '';
    else if (part.type === 'call') calls.push([part.call.name, JSON.parse(part.call.arguments)]);
    else {
      text += part.text;
      everShown += part.text;
    }
  }
  return { text, everShown, calls, filtered };
}
const inPieces = (text: string, size: number) =>
  [...Array(Math.ceil(text.length / size)).keys()].map((i) => text.slice(i * size, (i + 1) * size));

const THOUGHTS: [string, string][] = [
  ['<think>secret</think>Yes.', 'Yes.'],
  ['<think>\nsecret\n</think>\n\nYes.', 'Yes.'],
  ['<thinking>secret</thinking> Yes.', 'Yes.'],
  ['<THINK>secret</THINK>Yes.', 'Yes.'],
  ['<reasoning>secret</reasoning>Yes.', 'Yes.'],
  ['<thought>secret</thought>Yes.', 'Yes.'],
  ['<think type="deep">secret</think>Yes.', 'Yes.'],
  ['<think>secret</thinking>Yes.', 'Yes.'],
  ['[THINK]secret[/THINK]Yes.', 'Yes.'],
  ['◁think▷secret◁/think▷Yes.', 'Yes.'],
  ['<seed:think>secret</seed:think>Yes.', 'Yes.'],
  ['<|START_THINKING|>secret<|END_THINKING|>Yes.', 'Yes.'],
  ['secret\nmore secret</think>\n\nYes.', 'Yes.'],
  ['secret</reasoning>Yes.', 'Yes.'],
  ['<think>secret', ''],
  ['Yes.<think>secret', 'Yes.'],
  ['One. <think>secret</think>Two.', 'One. Two.'],
  ['<think>secret</think>One. <think>secret</think>Two.', 'One. Two.'],
  ['<think>secret, with <b>tags</b> and 1 < 2</think>Yes.', 'Yes.'],
  [
    '<|channel|>analysis<|message|>secret<|end|><|start|>assistant<|channel|>final<|message|>Yes.<|return|>',
    'Yes.',
  ],
  ['<|channel|>commentary to=functions.get_tasks<|message|>{"secret":1}<|call|>', ''],
];

describe('thoughts in an answer', () => {
  it.each(THOUGHTS)('are left out of %j, wherever it is cut', (answer, left) => {
    for (const size of [1, 2, 3, 5, 7, 1000]) {
      const { text, everShown } = filter(inPieces(answer, size));
      expect(text).toBe(left);
      expect(everShown).not.toContain('secret');
    }
  });

  it('are taken back if the beginning was missing and nothing was held back', () => {
    const { text, filtered } = filter(['secret ', 'more</think>', 'Yes.'], [], false);
    expect(text).toBe('Yes.');
    expect(filtered.sawUnopenedThought).toBe(true);
  });

  it.each([
    'The tag `<think>` begins a thought and `</think>` ends it.',
    'If a < b and b > c, then a <thin line.',
    'Use [1] and [Think again]. I think so.',
    'a<b',
    'The end <',
    'Half a tag <think',
    'A list [',
    '`',
    '3 < 4\n\nand so on\n',
  ])('are not seen in %j', (answer) => {
    for (const size of [1, 4, 1000]) expect(filter(inPieces(answer, size)).text).toBe(answer);
  });

  it('says whether the model opens its thoughts', () => {
    expect(filter(['Yes.']).filtered.sawPlainAnswer).toBe(true);
    expect(filter(['<think>x</think>Yes.']).filtered.sawPlainAnswer).toBe(false);
    expect(filter(['x</think>Yes.']).filtered.sawPlainAnswer).toBe(false);
    expect(filter(['']).filtered.sawPlainAnswer).toBe(false);
  });

  it('are not waited for if the server sends them apart', () => {
    const filtered = new AnswerFilter({ offered: [], holds: true });
    expect(filtered.push('Yes')).toEqual([]);
    expect(filtered.release()).toEqual([{ type: 'text', text: 'Yes' }]);
    expect(filtered.push(', I do')).toEqual([{ type: 'text', text: ', I do' }]);
  });
});

const CALL = '{"name": "get_tasks", "arguments": {"query": "roof", "limit": 3}}';
const QUERY = { query: 'roof', limit: 3 };
const CALLS: [string, unknown][] = [
  [`<tool_call>\n${CALL}\n</tool_call>`, QUERY],
  [`<tool_call>${CALL}`, QUERY],
  [`<function_call>${CALL}</function_call>`, QUERY],
  [`[TOOL_CALLS] [${CALL}]`, QUERY],
  [`[TOOL_CALLS]get_tasks[ARGS]{"query": "roof", "limit": 3}`, QUERY],
  [`[TOOL_CALLS]get_tasks{"query": "roof", "limit": 3}`, QUERY],
  [`[TOOL_REQUEST]${CALL}[END_TOOL_REQUEST]`, QUERY],
  [`\`\`\`json\n${CALL}\n\`\`\``, QUERY],
  [`\`\`\`\n${CALL}\n\`\`\``, QUERY],
  [`\`\`\`tool_call\n[${CALL}]\n\`\`\``, QUERY],
  ['<function=get_tasks>{"query": "roof", "limit": 3}</function>', QUERY],
  [
    '<tool_call>\n<function=get_tasks>\n<parameter=query>\nroof\n</parameter>\n<parameter=limit>3</parameter>\n</function>\n</tool_call>',
    QUERY,
  ],
  [
    '<function_calls><invoke name="get_tasks"><parameter name="query">roof</parameter><parameter name="limit">3</parameter></invoke></function_calls>',
    QUERY,
  ],
  [
    '<tool_call>get_tasks\n<arg_key>query</arg_key>\n<arg_value>roof</arg_value>\n<arg_key>limit</arg_key>\n<arg_value>3</arg_value>\n</tool_call>',
    QUERY,
  ],
  ['<|python_tag|>{"name": "get_tasks", "parameters": {"query": "roof", "limit": 3}}', QUERY],
  ['<|python_tag|>get_tasks(query="roof", limit=3)<|eom_id|>', QUERY],
  ['<|tool_call_start|>[get_tasks(query="roof", limit=3)]<|tool_call_end|>', QUERY],
  [`<|tool_call|>[${CALL}]<|/tool_call|>`, QUERY],
  [`functools[${CALL}]`, QUERY],
  ['```tool_code\nprint(default_api.get_tasks(query="roof", limit=3))\n```', QUERY],
  [
    '<|tool_calls_section_begin|><|tool_call_begin|>functions.get_tasks:0<|tool_call_argument_begin|>{"query": "roof", "limit": 3}<|tool_call_end|><|tool_calls_section_end|>',
    QUERY,
  ],
  [
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_tasks\n```json\n{"query": "roof", "limit": 3}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    QUERY,
  ],
  [CALL, QUERY],
  ['{"name": "get_tasks", "parameters": {"query": "roof", "limit": 3}}', QUERY],
  [
    '{"type":"function","function":{"name":"get_tasks","arguments":"{\\"query\\":\\"roof\\",\\"limit\\":3}"}}',
    QUERY,
  ],
  ['{"tool": "get_tasks", "args": {"query": "roof", "limit": 3}}', QUERY],
  ['[get_tasks(query="roof", limit=3)]', QUERY],
  ['{"name": "get_tasks"}', {}],
];

describe('calls of tools that are printed as text', () => {
  it.each(CALLS)('are read and not shown: %j', (answer, args) => {
    for (const size of [1, 2, 3, 7, 1000]) {
      const { everShown, calls } = filter(inPieces(answer, size));
      expect(calls).toEqual([['get_tasks', args]]);
      expect(everShown.trim()).toBe('');
    }
  });

  it('leave the words around them', () => {
    const { text, calls } = filter(inPieces(`Let me look.\n${CALL}\nOne moment.`, 4));
    expect(text).toBe('Let me look.\n\nOne moment.');
    expect(calls).toHaveLength(1);
    const marked = filter(inPieces(`I look. <tool_call>${CALL}</tool_call>Done.`, 4));
    expect(marked.text).toBe('I look. Done.');
  });

  it('are all read if there are several', () => {
    const two = `<tool_call>${CALL}</tool_call>\n<tool_call>${CALL}</tool_call>`;
    expect(filter(inPieces(two, 5)).calls).toHaveLength(2);
    expect(filter(inPieces(`[TOOL_CALLS] [${CALL}, ${CALL}]`, 5)).calls).toHaveLength(2);
  });

  it('are dropped after a thought and inside one', () => {
    const { everShown, calls } = filter([`<think>${CALL}</think><tool_call>${CALL}</tool_call>`]);
    expect(everShown.trim()).toBe('');
    expect(calls).toHaveLength(1);
    expect(filter([`<tool_call>${CALL}</tool_call> hm </think>Yes.`])).toMatchObject({
      text: 'Yes.',
    });
  });

  it.each([
    '<tool_call>nothing of sense</tool_call>',
    '<tool_call>{"name": "get_tasks", "argu',
    '[TOOL_CALLS] [{"na',
    '<|python_tag|>import os',
  ])('are not shown even if they cannot be read: %j', (answer) => {
    for (const size of [1, 1000]) {
      expect(filter(inPieces(answer, size))).toMatchObject({ everShown: '', calls: [] });
    }
  });

  it.each([
    'As JSON:\n```json\n{"name": "Ann", "age": 3}\n```\nThat is all.',
    '```json\n[1, 2]\n```',
    '```js\nconst a = {};\n```',
    '{"name": "Ann"}',
    '{curly} words',
    'A set {1, 2}',
    'Cites [1][2] and [3].',
    '[1] is the first.\n[2] is the second.',
    'Write `<tool_call>` to call a tool.',
    '```json\n{"half": ',
    '# A heading\n\n- a list\n- of two\n',
  ])('are not seen in %j', (answer) => {
    for (const size of [1, 3, 1000]) {
      expect(filter(inPieces(answer, size))).toMatchObject({ text: answer, calls: [] });
    }
  });

  it('loses marks of a template', () => {
    expect(cleanAnswer('Yes.<|im_end|>')).toBe('Yes.');
    expect(cleanAnswer('Yes.</s>')).toBe('Yes.');
    expect(cleanAnswer('Yes.<|eot_id|>\n')).toBe('Yes.');
  });
});

it('shows any text without marks as it is, however it is cut', () => {
  const word = fc.constantFrom('a', ' ', '\n', 'b.', '[1]', '<', '>', '{', '}', '[', ']', '`', '"');
  fc.assert(
    fc.property(
      fc.array(word, { maxLength: 40 }),
      fc.integer({ min: 1, max: 9 }),
      (words, size) => {
        const answer = `x${words.join('')}`;
        expect(filter(inPieces(answer, size), []).text).toBe(answer);
      },
    ),
  );
});
