import { call } from '../client-call.ts';
import { MESSAGE, SESSION, STATUS } from '../records.ts';

const TOOL = { tool_name: 'string', result_text: 'string', is_error: 'bool' } as const;
const ASK = { text: 'What did we plan for the launch?', file_ids: [] } as const;

/** Chat, voice messages and what agents call. */
export const CHAT_CALLS = [
  call('POST /v2/messages?app_id=', 'Ad Nd Id', undefined, { body: ASK }),
  call('POST /v2/messages?web', 'Wd', undefined, {
    body: { ...ASK, context: { type: 'conversation', id: '{conversation}' } },
  }),
  call('POST /v2/messages?recap', 'Wd', undefined, {
    body: { ...ASK, context: { type: 'recap', start_date: '2026-03-01', end_date: '2026-03-03' } },
  }),
  call('GET /v2/messages?after=chat', 'Ad Nd Wd', [MESSAGE]),
  call('POST /v1/users/analytics/chat_message?message_id={message}&value=1', 'Ad Nd', STATUS),
  call(
    'POST /v2/messages/share',
    'Ar Nr Mr',
    { url: 'string', token: 'string' },
    {
      body: { message_ids: ['{message}'] },
    },
  ),
  call(
    'GET /v2/messages/shared/{chatShare}',
    'Pd',
    { sender_name: 'string', messages: 'list', count: 'int' },
    {
      key: 'none',
    },
  ),
  call('POST /v2/messages/{message}/report', 'Ar Nr', { message: 'string' }),
  call('POST /v2/initial-message?app_id=', 'Ad Nd', MESSAGE),
  call('POST /v2/files', 'Ad Nd Wd', [{ id: 'string', name: 'string', mime_type: 'string' }], {
    file: { field: 'files', name: 'notes.txt', holds: 'text' },
  }),
  call(
    'POST /v2/voice-message/transcribe',
    'Ad Nd Wd',
    { transcript: 'string' },
    {
      file: { field: 'files', name: 'voice.wav', holds: 'wav' },
    },
  ),
  call(
    'POST /v2/voice-message/transcribe?language=en&keywords=Omi&encoding=linear16&sample_rate=16000&channels=1',
    'Md',
    { transcript: 'string' },
    { pcm: true },
  ),
  call('POST /v2/voice-messages', 'Ar Nr', undefined, {
    file: { field: 'files', name: '{deviceFile}', holds: 'device' },
    omiFails: true,
  }),
  call('POST /v2/chat-sessions', 'Md Wd Id', SESSION, { body: { title: 'Launch' } }),
  call('POST /v2/chat-sessions?web', 'Wd', SESSION, { body: {} }),
  call('PATCH /v2/chat-sessions/{session}', 'Md Wd Id', SESSION, { body: { title: 'Launch two' } }),
  call('POST /v2/messages?chat_session_id={session}', 'Wd Nd', undefined, { body: ASK }),
  call('GET /v2/messages?chat_session_id={session}', 'Wd Nd', [MESSAGE]),
  call('DELETE /v2/messages?chat_session_id={session}', 'Wd'),
  call(
    'POST /v2/desktop/messages',
    'Md',
    { id: 'string', created_at: 'date' },
    {
      body: { text: 'Hello', sender: 'human', session_id: '{session}' },
    },
  ),
  call(
    'POST /v2/desktop/messages?web',
    'Wr',
    { id: 'string', created_at: 'date' },
    { body: { text: 'Hello there', sender: 'human', session_id: '{session}' } },
  ),
  call('PATCH /v2/desktop/messages/{desktopMessage}/rating', 'Mr', STATUS, { body: { rating: 1 } }),
  call('DELETE /v2/desktop/messages', 'Mr'),
  call(
    'POST /v2/chat/initial-message',
    'Md',
    { message: 'string', message_id: 'string' },
    {
      body: { session_id: '{session}' },
    },
  ),
  call(
    'POST /v2/chat/generate-title',
    'Md',
    { title: 'string' },
    {
      body: { session_id: '{session}', messages: [{ text: 'The launch', sender: 'human' }] },
    },
  ),
  call('DELETE /v2/chat-sessions/{new.session}', 'Md Wd Id', STATUS),
  call('DELETE /v2/messages?app_id=', 'Ad Nd', MESSAGE),
  call('DELETE /v2/messages', 'Wd', MESSAGE),
  call('GET /v1/agent/tools', 'Vd', {
    tools: [{ name: 'string', description: 'string', parameters: 'object' }],
  }),
  call(
    'POST /v1/agent/execute-tool',
    'Vd',
    { result: 'string' },
    {
      body: { tool_name: 'get_memories_tool', params: {} },
    },
  ),
  call('GET /v1/tools/conversations', 'Md', TOOL),
  call('POST /v1/tools/conversations/search', 'Md', TOOL, { body: { query: 'launch' } }),
  call('GET /v1/tools/memories', 'Md', TOOL),
  call('POST /v1/tools/memories/search', 'Md', TOOL, { body: { query: 'tea' } }),
  call('GET /v1/tools/action-items', 'Md', TOOL),
  call('POST /v1/tools/action-items', 'Md', TOOL, { body: { description: 'Call the hotel' } }),
  call('PATCH /v1/tools/action-items/{task}', 'Md', TOOL, { body: { completed: true } }),
  call('POST /v2/tts/synthesize', 'Ad Nd', undefined, { body: { text: 'Hello' } }),
  call('POST /v1/tts/synthesize', 'Rd', undefined, {
    body: { text: 'Hello', voice_id: 'x', model_id: 'eleven_turbo_v2_5', voice_settings: {} },
  }),
  call(
    'POST /v2/chat/completions',
    'Rd',
    { choices: [{ message: { content: 'string' } }] },
    {
      body: {
        model: 'claude-sonnet-4-6',
        max_tokens: 1024,
        messages: [{ role: 'user', content: 'Hello' }],
        stream: false,
      },
    },
  ),
  call(
    'POST /v1/screen-activity/sync',
    'Rd',
    { synced: 'int', last_id: 'int' },
    {
      body: {
        rows: [
          { id: 4, timestamp: '2026-03-02T10:00:00.123Z', appName: 'Safari', ocrText: 'Launch' },
        ],
      },
    },
  ),
  call('POST /v1/proxy/gemini/models/gemini-2.5-flash:generateContent', 'Rd', undefined, {
    body: { contents: [] },
    takes: [503],
  }),
  call('GET /v1/crisp/unread?since=1', 'Rr', { unread_count: 'int', messages: 'list' }),
  call('POST /v2/agent/provision', 'Rr', undefined, { takes: [503] }),
  call('GET /v2/agent/status', 'Rr'),
  call('GET /v2/desktop/appcast.xml', 'Rr', undefined, { key: 'none' }),
  call('POST /v2/realtime/session', 'Wr Nr', undefined, { body: {}, takes: [503] }),
  call('POST /v2/realtime/usage', 'Wr', undefined, { body: {}, takes: [503] }),
];
