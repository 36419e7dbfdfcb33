/** What the parsers of the clients need of the records that many calls return. */

const STRUCTURED = {
  title: 'string',
  overview: 'string',
  emoji: 'string',
  category: 'string',
} as const;

export const SEGMENT = {
  id: 'string',
  text: 'string',
  speaker: 'string',
  is_user: 'bool',
  person_id: 'string|null',
  start: 'number',
  end: 'number',
} as const;
export const CONVERSATION = {
  id: 'string',
  created_at: 'date',
  started_at: 'date?',
  finished_at: 'date?',
  structured: STRUCTURED,
  transcript_segments: [SEGMENT],
  status: 'string',
  discarded: 'bool',
  starred: 'bool',
  is_locked: 'bool',
  apps_results: 'list',
  photos: 'list',
  audio_files: 'list',
} as const;
export const LISTED_CONVERSATION = {
  id: 'string',
  created_at: 'date',
  started_at: 'date?',
  finished_at: 'date?',
  structured: STRUCTURED,
  status: 'string',
  discarded: 'bool',
} as const;
export const TASK = {
  id: 'string',
  description: 'string',
  completed: 'bool',
  created_at: 'date',
  updated_at: 'date?',
  due_at: 'date?',
  completed_at: 'date?',
  conversation_id: 'string?',
  is_locked: 'bool',
  exported: 'bool',
  sort_order: 'int',
  indent_level: 'int',
} as const;
export const TASKS = { action_items: [TASK], has_more: 'bool' } as const;
export const STAGED_TASK = {
  id: 'string',
  description: 'string',
  completed: 'bool',
  created_at: 'date',
} as const;
export const MEMORY = {
  id: 'string',
  uid: 'string',
  content: 'string',
  created_at: 'date',
  updated_at: 'date',
  category: 'string',
  visibility: 'string',
  tags: ['string'],
  reviewed: 'bool',
  edited: 'bool',
  manually_added: 'bool',
  layer: 'string|null',
} as const;
export const MESSAGE = {
  id: 'string',
  created_at: 'date',
  sender: 'string',
  text: 'string',
  type: 'string',
} as const;
export const PERSON = {
  id: 'string',
  name: 'string',
  created_at: 'date',
  updated_at: 'date',
} as const;
export const FOLDER = {
  id: 'string',
  name: 'string',
  color: 'string',
  icon: 'string',
  created_at: 'date',
  updated_at: 'date',
  order: 'int',
  is_default: 'bool',
  is_system: 'bool',
  conversation_count: 'int',
} as const;
export const GOAL = {
  id: 'string',
  title: 'string',
  goal_type: 'string',
  target_value: 'number',
  current_value: 'number',
  min_value: 'number',
  max_value: 'number',
  is_active: 'bool',
  created_at: 'date',
  updated_at: 'date',
} as const;
export const APP = {
  id: 'string',
  name: 'string',
  author: 'string',
  description: 'string',
  image: 'string',
  rating_avg: 'double?',
  price: 'double?',
  money_made: 'double?',
  rating_count: 'int',
  installs: 'int',
} as const;
export const DAY = {
  id: 'string',
  date: 'string',
  created_at: 'date',
  headline: 'string',
  overview: 'string',
  day_emoji: 'string',
  stats: 'object',
  highlights: 'list',
  action_items: 'list',
} as const;
export const SESSION = {
  id: 'string',
  title: 'string?',
  created_at: 'date',
  updated_at: 'date?',
} as const;
export const PERIOD_RECAP = {
  period: 'string',
  start_date: 'string',
  end_date: 'string',
  days_recorded: 'int',
  stats: {
    total_conversations: 'int',
    total_duration_minutes: 'int',
    action_items_created: 'int',
    memories_created: 'int',
  },
  highlights: 'list',
  decisions: 'list',
  open_questions: 'list',
  open_action_items: 'list',
  top_people: 'list',
} as const;
export const STATUS = { status: 'string' } as const;
export const IMPORT_JOB = {
  job_id: 'string',
  status: 'string',
  total_files: 'int?',
  processed_files: 'int?',
  conversations_created: 'int?',
  created_at: 'string?',
  error: 'string?',
} as const;
