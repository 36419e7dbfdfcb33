import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type IsOwner, ownerOnly } from '../../../auth/owner-only.ts';
import { spokenLanguages } from '../../../model/accounts/user.ts';
import type {
  DownloadState,
  ModelDownloads,
  ModelOverview,
} from '../../../model-downloads/model-downloads.ts';
import type { UserService } from '../../../users/user-service.ts';
import { STATUS_OK, statusOkSchema } from '../../status-ok.ts';

export interface LocalModelDeps {
  modelDownloads: ModelDownloads;
  isOwner: IsOwner;
  users: UserService;
}

const tags = ['local models'];
const byId = z.object({ id: z.string().max(200) });

const downloadSchema = z
  .object({
    state: z.enum(['running', 'done', 'failed', 'cancelled']),
    phase: z.string().nullable(),
    file: z.string().nullable(),
    done_bytes: z.number(),
    total_bytes: z.number().nullable(),
    bytes_per_second: z.number().nullable(),
    seconds_left: z.number().nullable(),
    error: z.string().nullable(),
  })
  .meta({ id: 'ModelDownload' });
const localModelSchema = z
  .object({
    id: z.string(),
    task: z.string(),
    title: z.string(),
    languages: z.array(z.string()).readonly(),
    repository: z.string(),
    size_bytes: z.number().nullable(),
    licence: z.object({ text: z.string(), source: z.string() }),
    figures: z.array(z.object({ text: z.string(), source: z.string() })).readonly(),
    source: z.string(),
    installed: z.boolean(),
    suitable: z.boolean(),
    recommended: z.boolean(),
    download: downloadSchema.nullable(),
  })
  .meta({ id: 'LocalModel' });

/** Models for speech recognition on the server: the list for everybody, changes for the owner. */
export function localModelRoutes(deps: LocalModelDeps): FastifyPluginAsyncZod {
  const { modelDownloads, users } = deps;
  const assertOwner = ownerOnly(deps.isOwner);
  return async (app) => {
    app.get(
      '/v1/local-models',
      {
        schema: {
          tags,
          response: { 200: z.object({ models: z.array(localModelSchema) }) },
          summary: 'List local models and running downloads',
        },
      },
      async ({ uid }) => ({
        models: modelDownloads.list(spokenLanguages(await users.getUser(uid))).map(overviewToWire),
      }),
    );

    app.post(
      '/v1/local-models/:id/pull',
      {
        schema: {
          tags,
          response: { 202: downloadSchema },
          summary: 'Start the download of a local model; the list shows its progress',
          params: byId,
        },
      },
      async ({ uid, params }, reply) => {
        await assertOwner(uid);
        return reply.code(202).send(downloadToWire(modelDownloads.start(params.id)));
      },
    );

    app.delete(
      '/v1/local-models/:id/pull',
      {
        schema: {
          tags,
          response: { 200: statusOkSchema },
          summary: 'Stop the download of a local model',
          params: byId,
        },
      },
      async ({ uid, params }) => {
        await assertOwner(uid);
        await modelDownloads.cancel(params.id);
        return STATUS_OK;
      },
    );

    app.delete(
      '/v1/local-models/:id',
      {
        schema: {
          tags,
          response: { 200: statusOkSchema },
          summary: 'Remove a local model from the disk',
          params: byId,
        },
      },
      async ({ uid, params }) => {
        await assertOwner(uid);
        await modelDownloads.remove(params.id);
        return STATUS_OK;
      },
    );
  };
}

function overviewToWire({ model, ...overview }: ModelOverview) {
  return {
    id: model.id,
    task: model.task,
    title: model.title,
    languages: model.languages,
    repository: model.repository,
    size_bytes: overview.sizeBytes,
    licence: model.licence,
    figures: model.figures,
    source: model.source,
    installed: overview.isInstalled,
    suitable: overview.isSuitable,
    recommended: overview.isRecommended,
    download: overview.download && downloadToWire(overview.download),
  };
}

function downloadToWire({ state, progress, bytesPerSecond, secondsLeft, error }: DownloadState) {
  return {
    state,
    phase: progress?.phase ?? null,
    file: progress?.file ?? null,
    done_bytes: progress?.doneBytes ?? 0,
    total_bytes: progress?.totalBytes ?? null,
    bytes_per_second: bytesPerSecond,
    seconds_left: secondsLeft,
    error,
  };
}
