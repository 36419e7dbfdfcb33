import { type App, appSchema } from '../model/apps/app.ts';
import type { SummaryApp } from './summary-app.ts';

const builtIn = (app: Pick<SummaryApp, 'id' | 'name' | 'description' | 'prompt'>): SummaryApp => ({
  ...app,
  author: 'omi-backend',
  category: 'conversation-analysis',
  image: '',
});

/** The summary apps that every installation has, in the order in which they are preferred. */
export const BUILT_IN_SUMMARY_APPS: readonly SummaryApp[] = [
  builtIn({
    id: 'summary_assistant',
    name: 'Summary',
    description: 'What a conversation was about: key points, decisions and next steps.',
    prompt:
      'Write a summary that somebody who was not there can rely on. Begin with two sentences on what it was about. Then, under short headings, list the key points, the decisions with who made them, and the next steps with who takes them and until when. Leave a heading out where nothing belongs under it.',
  }),
  builtIn({
    id: 'action_item_extractor',
    name: 'Action Items',
    description: 'Everything that somebody has to do, with whom and until when.',
    prompt:
      'List every task that somebody took on or was asked to do, one a line as "- [ ] task (who, until when)"; first the tasks of the user, then those of others. Where no time or no person was named, leave it out. Where there is no task, say so in one sentence.',
  }),
  builtIn({
    id: 'insight_analyzer',
    name: 'Insights',
    description: 'What is worth remembering: ideas, reasons, advice and open questions.',
    prompt:
      'Name what is worth remembering: ideas and what speaks for them, reasons that were given, advice with who gave it, disagreements and what they were about, questions that stayed open. At most seven points, the most telling first, each in one or two sentences.',
  }),
];

/** The built-in apps as entries of the store of apps. */
export const BUILT_IN_APPS: readonly App[] = BUILT_IN_SUMMARY_APPS.map((app) =>
  appSchema.parse({
    id: app.id,
    name: app.name,
    description: app.description,
    author: app.author,
    category: app.category,
    approved: true,
    capabilities: ['memories'],
    memoryPrompt: app.prompt,
    createdAt: 0,
  }),
);
