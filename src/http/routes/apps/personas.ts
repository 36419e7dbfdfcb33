import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Personas } from '../../../apps/personas.ts';
import type { App } from '../../../model/apps/app.ts';
import { toIso } from '../../../model/timestamp.ts';
import { imageOf } from '../../apps/app-facts.ts';
import type { FileLinks } from '../../file-links.ts';
import { goneSignal } from '../../gone-signal.ts';
import { STATUS_OK, statusOkSchema } from '../../status-ok.ts';

const tags = ['apps'];
const MAX_PROMPT = 8_000;
const name = z.string().trim().min(1).max(100);

const personaSchema = z
  .object({
    id: z.string(),
    uid: z.string(),
    name: z.string(),
    username: z.string().nullable(),
    description: z.string(),
    image: z.string(),
    category: z.string(),
    capabilities: z.array(z.string()),
    persona_prompt: z.string().nullable(),
    approved: z.boolean(),
    status: z.string(),
    private: z.boolean(),
    author: z.string(),
    email: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
    public_memories_count: z.number().int(),
  })
  .meta({ id: 'Persona' });

export interface PersonaDeps {
  personas: Personas;
  links: FileLinks;
}

/** The user's persona: an app that speaks as the user, from the memories that are public. */
export function personaRoutes({ personas, links }: PersonaDeps): FastifyPluginAsyncZod {
  const toWire = async (persona: App, request: FastifyRequest) => ({
    id: persona.id,
    uid: request.uid,
    name: persona.name,
    username: persona.username,
    description: persona.description,
    image: await imageOf(persona, request, links),
    category: persona.category,
    capabilities: persona.capabilities,
    persona_prompt: persona.personaPrompt,
    approved: persona.approved,
    status: persona.status,
    private: persona.private,
    author: persona.author,
    email: persona.email,
    created_at: toIso(persona.createdAt),
    updated_at: toIso(persona.updatedAt ?? persona.createdAt),
    public_memories_count: await personas.countPublicFacts(request.uid),
  });
  return async (app) => {
    app.get(
      '/v1/personas',
      {
        schema: {
          tags,
          summary: 'Your persona; null if you have none',
          response: { 200: personaSchema.nullable() },
        },
      },
      async (request) => {
        const persona = await personas.find(request.uid);
        return persona ? await toWire(persona, request) : null;
      },
    );
    app.post(
      '/v1/personas',
      {
        schema: {
          tags,
          summary: 'Make your persona',
          description:
            'It is private and enabled. Its prompt is made of your public memories; a language model, if there is one, adds how you speak. 409 if you have one or the username is taken.',
          body: z.object({ name, username: z.string().max(100).nullish() }),
          response: { 200: personaSchema },
        },
      },
      async (request, reply) => {
        const given = { name: request.body.name, username: request.body.username ?? null };
        return await toWire(await personas.create(request.uid, given, goneSignal(reply)), request);
      },
    );
    app.patch(
      '/v1/personas',
      {
        schema: {
          tags,
          summary: 'Change your persona',
          description: '`image` is the address of a picture; an empty one removes it.',
          body: z.object({
            name: name.nullish(),
            description: z.string().max(2_000).nullish(),
            persona_prompt: z.string().trim().min(1).max(MAX_PROMPT).nullish(),
            image: z.union([z.url({ protocol: /^https?$/ }).max(2_000), z.literal('')]).nullish(),
          }),
          response: { 200: personaSchema },
        },
      },
      async (request) => {
        const { name: newName, description, persona_prompt: prompt, image } = request.body;
        const changed = await personas.update(request.uid, {
          ...(newName == null ? {} : { name: newName }),
          ...(description == null ? {} : { description }),
          ...(prompt == null ? {} : { personaPrompt: prompt }),
          ...(image == null ? {} : { image }),
        });
        return await toWire(changed, request);
      },
    );
    app.delete(
      '/v1/personas',
      { schema: { tags, summary: 'Delete your persona', response: { 200: statusOkSchema } } },
      async ({ uid }) => {
        await personas.delete(uid);
        return STATUS_OK;
      },
    );
    app.post(
      '/v1/personas/generate-prompt',
      {
        schema: {
          tags,
          summary: "Write your persona's prompt again from your public memories",
          response: {
            200: z.object({
              persona_prompt: z.string(),
              description: z.string(),
              memories_used: z.number().int(),
            }),
          },
        },
      },
      async ({ uid }, reply) => {
        const { persona, facts } = await personas.renewPrompt(uid, goneSignal(reply));
        return {
          persona_prompt: persona.personaPrompt ?? '',
          description: persona.description,
          memories_used: facts,
        };
      },
    );
    app.get(
      '/v1/personas/check-username',
      {
        schema: {
          tags,
          summary: 'Whether a persona can have a username',
          description: 'One that a persona cannot have, because of its form, is not available.',
          querystring: z.object({ username: z.string().max(100) }),
          response: { 200: z.object({ available: z.boolean(), username: z.string() }) },
        },
      },
      async ({ query }) => ({
        available: await personas.isAvailable(query.username),
        username: query.username,
      }),
    );
  };
}
