import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Person } from '../../../model/people/person.ts';
import type { MergePeople } from '../../../speakers/merge-people.ts';
import type { PeopleService } from '../../../speakers/people-service.ts';
import type { SpeechSamples } from '../../../speakers/speech-samples.ts';
import type { VoicePrints } from '../../../speakers/voice-prints.ts';
import { personSchema, personToWire, personWithVoiceSchema } from '../../../wire/person-wire.ts';
import type { FileLinks } from '../../file-links.ts';
import { queryBoolean, queryInt } from '../../query-types.ts';
import { RequestValidationError } from '../../schema-compilers.ts';
import { noContent, STATUS_OK, statusOkSchema } from '../../status-ok.ts';

const nameSchema = z.string().min(2).max(40);
const personParams = z.object({ person_id: z.string() });
const samplesQuery = z.object({ include_speech_samples: queryBoolean().optional() });

/** The people a user talks with, and the samples of their voices. */
export function peopleRoutes(deps: {
  people: PeopleService;
  mergePeople: MergePeople;
  speechSamples: SpeechSamples;
  voicePrints: VoicePrints;
  links: FileLinks;
}): FastifyPluginAsyncZod {
  const { people, speechSamples: samples, voicePrints, links } = deps;
  const toWire = async (request: FastifyRequest, person: Person, withSamples: boolean) =>
    personToWire(person, withSamples ? await links.urlsOf(person.speechSamples, request) : []);
  return async (app) => {
    const tags = ['people'];
    app.post(
      '/v1/users/people',
      {
        schema: {
          tags,
          summary: 'Add a person, or get the person with this name',
          body: z.object({ name: nameSchema }),
          response: { 200: personSchema },
        },
      },
      async (request) =>
        toWire(request, await people.createPerson(request.uid, request.body.name), true),
    );
    app.get(
      '/v1/users/people',
      {
        schema: {
          tags,
          summary: 'List people',
          querystring: samplesQuery,
          response: { 200: z.array(personSchema) },
        },
      },
      async (request) => {
        const withSamples = request.query.include_speech_samples ?? true;
        const found = await people.listPeople(request.uid);
        return Promise.all(found.map((person) => toWire(request, person, withSamples)));
      },
    );
    app.get(
      '/v1/users/people/:person_id',
      {
        schema: {
          tags,
          summary: 'Get a person',
          params: personParams,
          querystring: samplesQuery,
          response: { 200: personWithVoiceSchema },
        },
      },
      async (request) => {
        const person = await people.getPerson(request.uid, request.params.person_id);
        const learning = await voicePrints.learningOf(request.uid, person.id);
        return {
          ...(await toWire(request, person, request.query.include_speech_samples ?? false)),
          voice_learning_state: learning.state,
          voice_speech_seconds: learning.speechMs === null ? null : learning.speechMs / 1000,
          voice_needed_seconds: learning.neededMs === null ? null : learning.neededMs / 1000,
        };
      },
    );
    app.patch(
      '/v1/users/people/:person_id/name',
      {
        schema: {
          tags,
          summary: 'Rename a person',
          description: 'The name is the query value `value` (app) or the body `{name}` (web).',
          params: personParams,
          querystring: z.object({ value: nameSchema.optional() }),
          body: z.object({ name: nameSchema.optional() }).optional(),
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, params, query, body }) => {
        const name = query.value ?? body?.name;
        if (name === undefined) {
          throw new RequestValidationError([
            { type: 'missing', loc: ['query', 'value'], msg: 'Field required', input: null },
          ]);
        }
        await people.renamePerson(uid, params.person_id, name);
        return STATUS_OK;
      },
    );
    app.post(
      '/v1/users/people/:person_id/merge',
      {
        schema: {
          tags,
          summary: 'Say that a person is the same as another, who takes over words and voice',
          description:
            'Done in the background, through all conversations; the person is then gone. It cannot be undone.',
          params: personParams,
          body: z.object({ into: z.string().min(1).max(128) }),
          response: { 200: z.object({ status: z.literal('merging') }) },
        },
      },
      async ({ uid, params, body }) => {
        await deps.mergePeople.request(uid, params.person_id, body.into);
        return { status: 'merging' as const };
      },
    );
    app.delete(
      '/v1/users/people/:person_id',
      {
        config: { forgivesMissing: true },
        schema: {
          tags,
          response: { 204: noContent },
          summary: 'Delete a person',
          params: personParams,
        },
      },
      async ({ uid, params }, reply) => {
        await people.deletePerson(uid, params.person_id);
        return reply.code(204).send();
      },
    );
    app.delete(
      '/v1/users/people/:person_id/speech-samples/:index',
      {
        schema: {
          tags,
          summary: "Delete a sample of a person's voice, by its place",
          params: personParams.extend({ index: queryInt({ min: 0 }) }),
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, params }) => {
        await samples.removeAt(uid, params.person_id, params.index);
        return STATUS_OK;
      },
    );
  };
}
