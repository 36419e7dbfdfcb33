import { type ClientCall, call } from '../client-call.ts';
import { STATUS } from '../records.ts';

const FORM = { field: 'file', name: 'icon.png', holds: 'png' } as const;
const OWN = '/v1/apps/{app}';
/** What an author's form says of an app. */
const APP_DATA = {
  name: 'Diary',
  description: 'Writes a diary.',
  category: 'productivity-and-organization',
  capabilities: ['memories'],
  memory_prompt: 'Write a diary.',
};
const KEY = { id: 'string', label: 'string', created_at: 'date' } as const;
const PROMPT = { name: 'Diary', prompt: 'Write a diary.' };
const DRAFT = { name: 'Diary', description: 'Writes a diary.' };

/** Making apps of one's own, their keys and reviews, and the texts that a model writes for authors. */
export const AUTHORING_CALLS: readonly ClientCall[] = [
  call(
    'POST /v1/apps',
    'Ar Nr Wr',
    { status: 'string', app_id: 'string' },
    { file: { ...FORM, texts: { app_data: JSON.stringify(APP_DATA) } } },
  ),
  call('GET /v1/apps?public', 'Pr', 'list', { takes: [200, 401] }),
  call(`PATCH ${OWN}`, 'Ar Nr Wr', STATUS, {
    file: {
      ...FORM,
      texts: { app_data: JSON.stringify({ ...APP_DATA, id: '{app}', name: 'Notes' }) },
    },
  }),
  call('DELETE /v1/apps/{new.app}', 'Ar Nr Wr', STATUS),
  call('POST /v1/apps/review?app_id={otherApp}', 'Ar Nr', STATUS, {
    body: { score: 4, review: 'Good', username: 'Sam', response: '' },
  }),
  call('POST /v1/apps/review?app_id={otherApp}&desktop', 'Mr', STATUS, {
    body: { score: 5, review: 'Better' },
    omiFails: true,
  }),
  call('PATCH /v1/apps/{otherApp}/review', 'Ar Nr', STATUS, {
    body: { score: 3, review: 'Fair' },
  }),
  call(`PATCH ${OWN}/review/reply`, 'Ar Nr', STATUS, {
    body: { response: 'Thank you', reviewer_uid: '{reviewer}' },
  }),
  call(
    'POST /v1/app/thumbnails',
    'Ar Nr Wr',
    { thumbnail_url: 'string', thumbnail_id: 'string' },
    { file: FORM },
  ),
  call(`PATCH ${OWN}/change-visibility?private=true`, 'Ar Nr', STATUS),
  call('POST /v1/app/generate-description', 'Ar Nr Wr', { description: 'string' }, { body: DRAFT }),
  call(
    'POST /v1/app/generate-description-emoji',
    'Ar Nr Wr',
    { description: 'string', emoji: 'string' },
    { body: PROMPT },
  ),
  call('GET /v1/app/generate-prompts', 'Ar Nr', { prompts: ['string'] }),
  call(
    'POST /v1/app/generate',
    'Ar Nr',
    {
      app: {
        name: 'string',
        description: 'string',
        category: 'string',
        capabilities: 'list',
        chat_prompt: 'string?',
        memory_prompt: 'string?',
      },
    },
    { body: { prompt: 'An app that writes a diary.' } },
  ),
  // No model here draws: the app asks its author for a picture.
  call('POST /v1/app/generate-icon', 'Ar Nr', undefined, {
    body: { ...DRAFT, category: 'other' },
    takes: [503],
  }),
  call(`GET ${OWN}/keys`, 'Ar Nr', [KEY]),
  call(`POST ${OWN}/keys`, 'Ar Nr', { ...KEY, secret: 'string' }),
  call(`DELETE ${OWN}/keys/{appKey}`, 'Ar Nr', STATUS),
  call('POST /v1/apps/migrate-owner?old_id=x', 'Ar Nr', undefined, { takes: [400] }),
  call(
    'POST /v1/apps/mcp',
    'Ar Nr',
    { app_id: 'string', requires_oauth: 'bool', tools_count: 'int', tool_names: ['string'] },
    { body: { name: 'Tools', mcp_server_url: '{mcpServer}' } },
  ),
  call('POST /v1/apps/{plugin}/refresh-manifest', 'Ar Nr', { tools_count: 'int' }),
];
