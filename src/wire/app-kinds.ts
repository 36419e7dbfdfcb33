import { z } from 'zod';

/** A value of the wire with the name that clients show for it. */
export const namedKindSchema = z
  .object({ title: z.string(), id: z.string() })
  .meta({ id: 'NamedKind' });
export type NamedKind = z.output<typeof namedKindSchema>;

/** What an app can do, with the details that clients offer when an app is created. */
export const appCapabilitySchema = namedKindSchema
  .extend({
    triggers: z.array(namedKindSchema).optional(),
    actions: z
      .array(namedKindSchema.extend({ doc_url: z.string(), description: z.string() }))
      .optional(),
    scopes: z.array(namedKindSchema).optional(),
  })
  .meta({ id: 'AppCapability' });

/** Categories of apps, in the order that clients show them in. */
export const APP_CATEGORIES: NamedKind[] = [
  { title: 'Conversation Analysis', id: 'conversation-analysis' },
  { title: 'Personality Emulation', id: 'personality-emulation' },
  { title: 'Health and Wellness', id: 'health-and-wellness' },
  { title: 'Education and Learning', id: 'education-and-learning' },
  { title: 'Communication Improvement', id: 'communication-improvement' },
  { title: 'Emotional and Mental Support', id: 'emotional-and-mental-support' },
  { title: 'Productivity and Organization', id: 'productivity-and-organization' },
  { title: 'Entertainment and Fun', id: 'entertainment-and-fun' },
  { title: 'Financial', id: 'financial' },
  { title: 'Travel and Exploration', id: 'travel-and-exploration' },
  { title: 'Safety and Security', id: 'safety-and-security' },
  { title: 'Shopping and Commerce', id: 'shopping-and-commerce' },
  { title: 'Social and Relationships', id: 'social-and-relationships' },
  { title: 'News and Information', id: 'news-and-information' },
  { title: 'Utilities and Tools', id: 'utilities-and-tools' },
  { title: 'Other', id: 'other' },
];

/** Groups that the store of apps is divided into. */
export const APP_GROUPS: readonly NamedKind[] = [
  { title: 'Featured', id: 'popular' },
  { title: 'Integrations', id: 'external_integration' },
  { title: 'Chat Assistants', id: 'chat' },
  { title: 'Summary Apps', id: 'memories' },
  { title: 'Realtime Notifications', id: 'proactive_notification' },
  { title: 'Tasks', id: 'tasks' },
];

/** Categories within a group of the store. */
export const MASTER_CATEGORIES: readonly NamedKind[] = [
  { title: 'Personality Clones', id: 'personality-clone' },
  { title: 'Productivity & Lifestyle', id: 'productivity-lifestyle' },
  { title: 'Productivity & Tools', id: 'productivity-tools' },
  { title: 'Personal & Wellness', id: 'personal-wellness' },
  { title: 'Social & Entertainment', id: 'social-entertainment' },
];

/** Everything that an app can do. */
export const APP_CAPABILITIES: z.output<typeof appCapabilitySchema>[] = [
  { title: 'Chat', id: 'chat' },
  { title: 'Conversations', id: 'memories' },
  {
    title: 'External Integration',
    id: 'external_integration',
    triggers: [
      { title: 'Audio Bytes', id: 'audio_bytes' },
      { title: 'Conversation Creation', id: 'memory_creation' },
      { title: 'Transcript Processed', id: 'transcript_processed' },
    ],
    actions: [
      action('Create conversations', 'create_conversation', 'Add conversations for the user.'),
      action('Create memories', 'create_facts', 'Add facts about the user.'),
      action('Read memories', 'read_memories', 'Read what is known about the user.'),
      action('Read conversations', 'read_conversations', "Read the user's conversations."),
      action('Read tasks', 'read_tasks', "Read the user's tasks."),
    ],
  },
  {
    title: 'Notification',
    id: 'proactive_notification',
    scopes: [
      { title: 'User Name', id: 'user_name' },
      { title: 'User Facts', id: 'user_facts' },
      { title: 'User Context', id: 'user_context' },
      { title: 'User Chat', id: 'user_chat' },
    ],
  },
];

function action(title: string, id: string, description: string) {
  return { title, id, doc_url: '', description };
}
