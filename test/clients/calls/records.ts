import { call } from '../client-call.ts';
import {
  DAY,
  FOLDER,
  GOAL,
  MEMORY,
  PERIOD_RECAP,
  STAGED_TASK,
  STATUS,
  TASK,
  TASKS,
} from '../records.ts';

const ADVICE = { advice: 'string' } as const;
const FAILS = { omiFails: true } as const;

/** Tasks, memories, goals, folders, days. */
export const RECORD_CALLS = [
  call('POST /v1/staged-tasks', 'Md', STAGED_TASK, {
    body: { description: 'Call the venue', source: 'screenshot', relevance_score: 3 },
  }),
  call('PATCH /v1/staged-tasks/batch-scores', 'Md', STATUS, {
    body: { scores: [{ id: '{stagedTask}', relevance_score: 2 }] },
  }),
  call('POST /v1/staged-tasks/promote', 'Md', {
    promoted: 'bool',
    reason: 'string|null',
    promoted_task: TASK,
  }),
  call('DELETE /v1/staged-tasks/{stagedTask}', 'Md', STATUS),
  call('PATCH /v1/action-items/batch-scores', 'Md', STATUS, {
    body: { scores: [{ id: '{task}', relevance_score: 5 }] },
    ...FAILS,
  }),
  call('POST /v1/action-items', 'Ad Nd', TASK, {
    body: { description: 'Buy bread', completed: false, due_at: null, conversation_id: null },
  }),
  call(
    'POST /v1/action-items?desktop',
    'Md',
    { ...TASK, priority: 'string', source: 'string' },
    {
      body: { description: 'Write the report', source: 'manual', priority: 'high', metadata: '{}' },
      ...FAILS,
    },
  ),
  call('POST /v1/action-items?web', 'Wd Id', TASK, { body: { description: 'Water the plants' } }),
  call('PATCH /v1/action-items/{task}', 'Ad Nd Wd Id', TASK, {
    body: { description: 'Buy two breads' },
  }),
  call('PATCH /v1/action-items/{task}?clear', 'Nd', TASK, {
    body: { due_at: null, clear_due_at: true },
  }),
  call('PATCH /v1/action-items/{task}?desktop', 'Md', TASK, {
    body: { completed: true, priority: 'low' },
  }),
  call('PATCH /v1/action-items/{task}/completed?completed=true', 'Wd', TASK),
  call('PATCH /v1/action-items/{task}/completed', 'Id', TASK, {
    body: { completed: false },
    ...FAILS,
  }),
  call(
    'PATCH /v1/action-items/batch',
    'Ad Nd Md',
    { ...STATUS, updated_count: 'int' },
    {
      body: { items: [{ id: '{task}', sort_order: 3, indent_level: 1 }] },
    },
  ),
  call('GET /v1/action-items/pending-sync?platform=apple_reminders', 'Ad Nd', {
    pending_export: [TASK],
    synced_items: 'list',
  }),
  call(
    'PATCH /v1/action-items/sync-batch',
    'Ad Nd',
    { ...STATUS, updated_count: 'int' },
    {
      body: { items: [{ id: '{task}', exported: true, export_platform: 'apple_reminders' }] },
    },
  ),
  call('GET /v1/action-items/search?query=bread&limit=10', 'Nd', { action_items: [TASK] }),
  call(
    'POST /v1/action-items/share',
    'Ar Nr Mr',
    { url: 'string', token: 'string' },
    {
      body: { task_ids: ['{task}'] },
    },
  ),
  call(
    'GET /v1/action-items/shared/{taskShare}',
    'Ar Nr Pd',
    { sender_name: 'string', tasks: 'list', count: 'int' },
    {
      key: 'none',
    },
  ),
  call(
    'POST /v1/action-items/accept',
    'Ar Nr',
    { created: ['string'], count: 'int' },
    {
      body: { token: '{otherShare}' },
    },
  ),
  call('DELETE /v1/action-items/{new.task}', 'Ad Nd Md Wd Id', undefined, { takes: [204] }),
  call(
    'POST /v1/action-items/cleanup/preview',
    'Ir',
    {
      session_id: 'string',
      total_candidates: 'int',
      breakdown: 'object',
      sample: [{ description: 'string', strategy: 'string' }],
      candidate_ids: ['string'],
      candidate_meta: [{ id: 'string', strategy: 'string', description: 'string' }],
      expires_in_seconds: 'int',
      total_open_action_items: 'int',
      scan_cap: 'int',
      scan_truncated: 'bool',
      next_scan_cursor: 'string?',
    },
    { body: { strategies: ['stale_age', 'vague'], age_days: 90, overdue_days: 30 } },
  ),
  call(
    'POST /v1/action-items/cleanup/execute',
    'Ir',
    { deleted_count: 'int' },
    { body: { session_id: '{cleanup}', excluded_ids: [] }, later: true },
  ),
  call('GET /v1/action-items?conversation_id={conversation}', 'Nr', TASKS, { later: true }),

  call('GET /v3/memories?limit=50&device_scope=current', 'Nd', [MEMORY]),
  call('GET /v3/memories?limit=50&category=system', 'Md', [MEMORY]),
  call('POST /v3/memories', 'Ad Nd Wd Id', MEMORY, {
    body: { content: 'Likes green tea', category: 'manual', visibility: 'private', tags: [] },
  }),
  call(
    'POST /v3/memories?desktop',
    'Md',
    { id: 'string', content: 'string', created_at: 'date' },
    {
      body: {
        content: 'Works on the launch',
        visibility: 'private',
        tags: ['tips'],
        headline: null,
      },
    },
  ),
  call(
    'POST /v3/memories/batch',
    'Md',
    { memories: [MEMORY], created_count: 'int' },
    {
      body: { memories: [{ content: 'Has a dog', tags: [] }] },
    },
  ),
  call('PATCH /v3/memories/{memory}?value=Likes black tea', 'Ad Nd Wd Id', STATUS),
  call('PATCH /v3/memories/{memory}', 'Md', STATUS, { body: { value: 'Likes oolong' }, ...FAILS }),
  call('PATCH /v3/memories/{memory}/visibility?value=public', 'Ad Nd Wd', STATUS),
  call('PATCH /v3/memories/{memory}/visibility', 'Md', STATUS, {
    body: { value: 'private' },
    ...FAILS,
  }),
  call(
    'PATCH /v3/memories/{memory}/read',
    'Md',
    { id: 'string', is_read: 'bool', is_dismissed: 'bool' },
    {
      body: { is_read: true },
      ...FAILS,
    },
  ),
  call('POST /v3/memories/mark-all-read', 'Md', STATUS, { body: {}, ...FAILS }),
  call('PATCH /v3/memories/visibility', 'Mr', STATUS, { body: { value: 'private' }, ...FAILS }),
  call('POST /v3/memories/{memory}/review?value=true', 'Wd Nd', STATUS),
  call(
    'DELETE /v3/memories/batch',
    'Wd Nd Id',
    { ...STATUS, deleted_count: 'int' },
    {
      body: { memory_ids: ['{new.memory}'] },
    },
  ),
  call('DELETE /v3/memories/{new.memory}', 'Ad Nd Md Wd Id', STATUS),
  call('GET /memory/search?query=tea&limit=10', 'Nd', {
    uid: 'string',
    query: 'string',
    items: [{ memory_id: 'string', content: 'string', date: 'date', tier: 'string' }],
    total_count: 'int',
    returned_count: 'int',
    policy: 'object',
    rollout: 'object',
  }),
  call('GET /v1/knowledge-graph', 'Ad Nd Md Wd Id', { nodes: 'list', edges: 'list' }),
  call(
    'POST /v1/knowledge-graph/rebuild',
    'Ar Nr Mr Wr Ir',
    { status: 'string', nodes_count: 'int' },
    { body: {} },
  ),
  call('DELETE /v1/knowledge-graph', 'Ar Nr Mr Wr', STATUS, { body: {} }),

  call('GET /v1/goals/all?include_ended=true', 'Wd Nr', [GOAL]),
  call('GET /v1/goals', 'Ad Nd', GOAL),
  call('POST /v1/goals', 'Ad Nd', GOAL, {
    body: {
      title: 'Run',
      goal_type: 'scale',
      target_value: 10,
      current_value: 0,
      min_value: 0,
      max_value: 10,
    },
  }),
  call('POST /v1/goals?desktop', 'Md', GOAL, {
    body: {
      title: 'Read',
      goal_type: 'boolean',
      target_value: 1,
      current_value: 0,
      source: 'manual',
    },
  }),
  call('POST /v1/goals?web', 'Wd Id', GOAL, { body: { title: 'Swim', target_value: 5 } }),
  call('PATCH /v1/goals/{goal}', 'Ad Nd Md Wd Id', GOAL, { body: { title: 'Run far' } }),
  call('PATCH /v1/goals/{goal}/progress?current_value=3', 'Ad Nd Md Wd', GOAL),
  call('PATCH /v1/goals/{new.goal}', 'Md', GOAL, {
    body: { is_active: false, completed_at: '2026-03-02T10:00:00Z' },
    ...FAILS,
  }),
  call('GET /v1/goals/completed', 'Md', [GOAL], FAILS),
  call('GET /v1/goals/suggest', 'Ad Nd', {
    suggested_title: 'string',
    suggested_type: 'string',
    suggested_target: 'number',
    suggested_min: 'number',
    suggested_max: 'number',
    reasoning: 'string',
  }),
  call('GET /v1/goals/{goal}/advice', 'Wd Nd', ADVICE),
  call('GET /v1/goals/advice', 'Ar Nr', ADVICE),
  call('GET /v1/goals/{goal}/history?days=30', 'Wd Nd', [
    { date: 'string', value: 'number', recorded_at: 'date' },
  ]),
  call('DELETE /v1/goals/{new.goal}', 'Ad Nd Md Wd Id', { success: 'bool', deleted_id: 'string' }),

  call('POST /v1/folders', 'Ad Nd Md Wd Id', FOLDER, { body: { name: 'Travel' } }),
  call('PATCH /v1/folders/{folder}', 'Ad Nd Md Wd Id', FOLDER, { body: { name: 'Trips' } }),
  call(
    'POST /v1/folders/{folder}/conversations/bulk-move',
    'Ad Nd Wd',
    { ...STATUS, moved_count: 'int' },
    {
      body: { conversation_ids: ['{conversation}'] },
    },
  ),
  call('POST /v1/folders/reorder', 'Ar Nr', STATUS, { body: { folder_ids: ['{folder}'] } }),
  call('DELETE /v1/folders/{new.folder}', 'Ar Nr Mr Wr', undefined, { takes: [204] }),

  call('GET /v1/users/daily-summaries/search?query=launch&limit=10', 'Nd', { summaries: 'list' }),
  call('GET /v1/users/recaps/week', 'Nd', PERIOD_RECAP),
  call('GET /v1/users/recaps/month', 'Nr', PERIOD_RECAP),
  call(
    'POST /v1/users/daily-summary-settings/test',
    'Ad Nd Wd',
    { ...STATUS, summary_id: 'string' },
    {
      body: { date: '{today}' },
    },
  ),
  call('GET /v1/users/daily-summaries/{day}', 'Ad Nd Wd', DAY),
  call('DELETE /v1/users/daily-summaries/{day}', 'Wr', STATUS),
];
