import { z } from 'zod';
import type { ChatMessages } from '../../chat/chat-messages.ts';
import type { MemoryService } from '../../memories/memory-service.ts';
import { goalTypeSchema } from '../../model/tasks/goal.ts';
import type { PeopleService } from '../../speakers/people-service.ts';
import type { DailySummaries } from '../../understanding/daily-summaries.ts';
import type { GoalService } from '../../users/goal-service.ts';
import type { UserService } from '../../users/user-service.ts';
import { defineRecordTool, type RecordTool } from './record-tool.ts';

/** Facts that a profile tells. */
const PROFILE_MEMORIES = 30;

const id = z.string().min(1).max(200);

export interface UserToolDeps {
  users: Pick<UserService, 'getUser'>;
  memories: MemoryService;
  goals: GoalService;
  people: Pick<PeopleService, 'listPeople'>;
  dailySummaries: Pick<DailySummaries, 'list'>;
  chatMessages: Pick<ChatMessages, 'list'>;
}

/** Tools for everything else that is known of a user. */
export function userTools(deps: UserToolDeps): RecordTool[] {
  return [
    getUserProfile(deps),
    getPeople(deps),
    getDailySummaries(deps),
    getChatMessages(deps),
    ...goalTools(deps.goals),
  ];
}

function getUserProfile({ users, memories, goals }: UserToolDeps): RecordTool {
  return defineRecordTool({
    name: 'get_user_profile',
    title: 'Who the user is',
    scope: 'memories:read',
    effect: 'read',
    description: 'Name, languages, time zone, goals and the most telling facts of the user.',
    schema: z.object({}),
    run: async ({ uid }) => {
      const filter = { categories: [], updatedSince: null };
      const page = { cursor: null, offset: 0, limit: PROFILE_MEMORIES };
      const facts = await memories.page(uid, filter, page);
      return {
        kind: 'profile',
        user: await users.getUser(uid),
        memories: facts.items.filter(({ isLocked }) => !isLocked),
        goals: await goals.list(uid),
      };
    },
  });
}

function getPeople({ people }: UserToolDeps): RecordTool {
  return defineRecordTool({
    name: 'get_people',
    title: 'List people',
    scope: 'conversations:read',
    effect: 'read',
    description: 'People whose voices or names are known, by name.',
    schema: z.object({}),
    run: async ({ uid }) => ({ kind: 'people', items: await people.listPeople(uid) }),
  });
}

function getDailySummaries({ dailySummaries }: UserToolDeps): RecordTool {
  return defineRecordTool({
    name: 'get_daily_summaries',
    title: 'Summaries of days',
    scope: 'conversations:read',
    effect: 'read',
    description: 'Summaries of days, newest first.',
    schema: z.object({
      start_date: z.iso.date().optional(),
      end_date: z.iso.date().optional(),
      limit: z.number().int().min(1).max(100).default(7),
      offset: z.number().int().min(0).max(10_000).default(0),
    }),
    run: async ({ uid }, args) => ({
      kind: 'daily-summaries',
      items: await dailySummaries.list(uid, {
        from: args.start_date ?? null,
        to: args.end_date ?? null,
        offset: args.offset,
        limit: args.limit,
      }),
    }),
  });
}

function getChatMessages({ chatMessages }: UserToolDeps): RecordTool {
  return defineRecordTool({
    name: 'get_chat_messages',
    title: 'Messages of the chat',
    scope: 'conversations:read',
    effect: 'read',
    description: 'What the user and the assistant have written in the main chat, newest first.',
    schema: z.object({
      limit: z.number().int().min(1).max(100).default(20),
      offset: z.number().int().min(0).max(10_000).default(0),
    }),
    run: async ({ uid }, args) => ({
      kind: 'messages',
      items: await chatMessages.list(uid, { appId: null, sessionId: null }, args),
    }),
  });
}

function goalTools(goals: GoalService): RecordTool[] {
  return [
    defineRecordTool({
      name: 'get_goals',
      title: 'List goals',
      scope: 'goals:read',
      effect: 'read',
      description: 'Goals of the user and where they stand.',
      schema: z.object({ include_inactive: z.boolean().default(false) }),
      run: async ({ uid }, args) => ({
        kind: 'goals',
        items: args.include_inactive ? await goals.listAll(uid) : await goals.list(uid),
      }),
    }),
    defineRecordTool({
      name: 'create_goal',
      title: 'Add a goal',
      scope: 'goals:write',
      effect: 'change',
      description: 'Adds a goal. If there are four already, the oldest ends.',
      schema: z.object({
        title: z.string().trim().min(1).max(500),
        goal_type: goalTypeSchema.default('scale'),
        target_value: z.number(),
        current_value: z.number().default(0),
        min_value: z.number().default(0),
        max_value: z.number().default(10),
        unit: z.string().max(50).optional(),
      }),
      run: async ({ uid }, args) => {
        const goal = await goals.create(uid, {
          title: args.title,
          goalType: args.goal_type,
          targetValue: args.target_value,
          currentValue: args.current_value,
          minValue: args.min_value,
          maxValue: args.max_value,
          unit: args.unit ?? null,
        });
        return { kind: 'goals', items: [goal] };
      },
    }),
    defineRecordTool({
      name: 'update_goal_progress',
      title: 'Say where a goal stands',
      scope: 'goals:write',
      effect: 'change',
      description: 'Sets the current value of a goal.',
      schema: z.object({ goal_id: id, current_value: z.number() }),
      run: async ({ uid }, args) => ({
        kind: 'goals',
        items: [await goals.setProgress(uid, args.goal_id, args.current_value)],
      }),
    }),
  ];
}
