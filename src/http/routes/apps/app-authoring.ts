import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { AppAuthoring } from '../../../apps/app-authoring.ts';
import type { AppDirectory } from '../../../apps/app-directory.ts';
import type { AppKeys } from '../../../apps/app-keys.ts';
import { toIso } from '../../../model/timestamp.ts';
import { appSchema } from '../../../wire/app-wire.ts';
import { draftOf, draftOfForm } from '../../apps/app-draft.ts';
import { publicAppsToWire } from '../../apps/app-facts.ts';
import type { FileLinks } from '../../file-links.ts';
import { HttpError } from '../../http-error.ts';
import { queryBoolean } from '../../query-types.ts';
import { STATUS_OK, statusOkSchema } from '../../status-ok.ts';
import { acceptUploads, readUploadedFile, readUploadedForm } from '../../uploaded-file.ts';

const tags = ['apps'];
const byId = z.object({ app_id: z.string() });
const MAX_IMAGE_BYTES = 10 * 1024 * 1024;
const created = z.object({ status: z.literal('ok'), app_id: z.string() });

export interface AppAuthoringDeps {
  appAuthoring: AppAuthoring;
  appDirectory: AppDirectory;
  appKeys: AppKeys;
  links: FileLinks;
}

/** Making and changing apps, their keys, and their approval by the server's owner. */
export function appAuthoringRoutes(deps: AppAuthoringDeps): FastifyPluginAsyncZod {
  return async (app) => {
    await acceptUploads(app);
    draftRoutes(app, deps);
    ownRoutes(app, deps);
    approvalRoutes(app, deps);
    keyRoutes(app, deps);
  };
}

type App = Parameters<FastifyPluginAsyncZod>[0];

/** Returns the form of an app: its JSON, and its picture if there is one. */
async function readForm(request: FastifyRequest) {
  const { file, texts } = await readUploadedForm(request, 'file', MAX_IMAGE_BYTES);
  if (file && !isImage(file)) throw new HttpError(422, 'The image is no PNG, JPEG, GIF or WebP.');
  return { json: texts.get('app_data'), image: file };
}

/** Pages show it as a picture: nothing else may hide in it. */
function isImage(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  const isWebp = head.startsWith('RIFF') && head.endsWith('WEBP');
  return /^(?:\x89PNG|\xff\xd8\xff|GIF8)/.test(head) || isWebp;
}

function draftRoutes(app: App, { appAuthoring, links }: AppAuthoringDeps): void {
  const form = {
    tags,
    consumes: ['multipart/form-data'],
    description: 'Fields `app_data` (JSON) and `file` (a picture, optional) of a form.',
  };
  const appForm = { form: { app_data: 'text', file: 'file?' } } as const;
  app.post(
    '/v1/apps',
    {
      bodyLimit: MAX_IMAGE_BYTES * 2,
      config: appForm,
      schema: { ...form, summary: 'Make an app', response: { 200: created } },
    },
    async (request) => {
      const { json, image } = await readForm(request);
      const { id } = await appAuthoring.create(request.uid, draftOfForm(json), image);
      return { status: 'ok' as const, app_id: id };
    },
  );
  app.patch(
    '/v1/apps/:app_id',
    {
      bodyLimit: MAX_IMAGE_BYTES * 2,
      config: appForm,
      schema: {
        ...form,
        summary: 'Change an app of your own',
        params: byId,
        response: { 200: statusOkSchema },
      },
    },
    async (request) => {
      const { uid, params } = request;
      await appAuthoring.getOwn(uid, params.app_id);
      const { json, image } = await readForm(request);
      await appAuthoring.update(uid, params.app_id, draftOfForm(json), image);
      return STATUS_OK;
    },
  );
  app.post(
    '/v1/app/thumbnails',
    {
      bodyLimit: MAX_IMAGE_BYTES * 2,
      config: { form: { file: 'file' } },
      schema: {
        tags,
        consumes: ['multipart/form-data'],
        summary: 'Keep a picture for the page of an app',
        description: 'Field `file` of a form.',
        response: { 200: z.object({ thumbnail_url: z.string(), thumbnail_id: z.string() }) },
      },
    },
    async (request) => {
      const file = await readUploadedFile(request, 'file', MAX_IMAGE_BYTES);
      if (!isImage(file)) throw new HttpError(422, 'The file is no PNG, JPEG, GIF or WebP.');
      const key = await appAuthoring.addThumbnail(request.uid, file);
      return { thumbnail_url: await links.urlOf(key, request), thumbnail_id: key };
    },
  );
  app.post(
    '/v1/apps/install',
    {
      schema: {
        tags,
        summary: 'Install an app from the address of its manifest, for yourself',
        description:
          'The manifest is what `app_data` of `POST /v1/apps` is. The same address again renews the app.',
        body: z.object({ manifest_url: z.string().max(2_000) }),
        response: { 200: created },
      },
    },
    async ({ uid, body }) => {
      const { id } = await appAuthoring.install(uid, body.manifest_url.trim(), draftOf);
      return { status: 'ok' as const, app_id: id };
    },
  );
}

function ownRoutes(app: App, { appAuthoring }: AppAuthoringDeps): void {
  app.delete(
    '/v1/apps/:app_id',
    {
      schema: {
        tags,
        summary: 'Delete an app of your own',
        params: byId,
        response: { 200: statusOkSchema },
      },
    },
    async ({ uid, params }) => {
      await appAuthoring.delete(uid, params.app_id);
      return STATUS_OK;
    },
  );
  app.patch(
    '/v1/apps/:app_id/change-visibility',
    {
      schema: {
        tags,
        summary: 'Show an app to others, or to nobody but you',
        params: byId,
        querystring: z.object({ private: queryBoolean() }),
        response: { 200: statusOkSchema },
      },
    },
    async ({ uid, params, query }) => {
      await appAuthoring.setPrivate(uid, params.app_id, query.private);
      return STATUS_OK;
    },
  );
  app.post(
    '/v1/apps/:app_id/refresh-manifest',
    {
      schema: {
        tags,
        summary: 'Read the chat tools of an app again',
        params: byId,
        response: {
          200: z.object({ status: z.literal('ok'), tools_count: z.number().int() }),
        },
      },
    },
    async ({ uid, params }) => ({
      status: 'ok' as const,
      tools_count: await appAuthoring.refreshTools(uid, params.app_id),
    }),
  );
}

function approvalRoutes(app: App, { appAuthoring, appDirectory, links }: AppAuthoringDeps): void {
  app.get(
    '/v1/apps/public/unapproved',
    {
      schema: {
        tags,
        summary: "Apps that wait for the approval of the server's owner",
        response: { 200: z.array(appSchema) },
      },
    },
    async (request) => {
      await appAuthoring.assertServerOwner(request.uid);
      return publicAppsToWire(await appDirectory.listWaiting(), request, links);
    },
  );
  for (const [verb, isApproved] of [
    ['approve', true],
    ['reject', false],
  ] as const) {
    app.post(
      `/v1/apps/:app_id/${verb}`,
      {
        schema: {
          tags,
          summary: isApproved ? 'Show an app to everybody' : 'Refuse to show an app to others',
          params: byId,
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, params }) => {
        await appAuthoring.judge(uid, params.app_id, isApproved);
        return STATUS_OK;
      },
    );
  }
}

function keyRoutes(app: App, { appAuthoring, appKeys }: AppAuthoringDeps): void {
  const key = { id: z.string(), label: z.string(), created_at: z.string() };
  app.get(
    '/v1/apps/:app_id/keys',
    {
      schema: {
        tags,
        summary: 'The keys of an app of your own, newest first',
        params: byId,
        response: { 200: z.array(z.object(key)) },
      },
    },
    async ({ uid, params }) => {
      const { id } = await appAuthoring.getOwn(uid, params.app_id);
      return (await appKeys.list(id)).map((one) => ({
        id: one.id,
        label: one.label,
        created_at: toIso(one.createdAt),
      }));
    },
  );
  app.post(
    '/v1/apps/:app_id/keys',
    {
      schema: {
        tags,
        summary: 'Make a key for an app; the secret is shown this once',
        params: byId,
        response: { 200: z.object({ ...key, secret: z.string() }) },
      },
    },
    async ({ uid, params }) => {
      const { id: appId } = await appAuthoring.getOwn(uid, params.app_id);
      const { id, secret, label, createdAt } = await appKeys.create(appId);
      return { id, secret, label, created_at: toIso(createdAt) };
    },
  );
  app.delete(
    '/v1/apps/:app_id/keys/:key_id',
    {
      schema: {
        tags,
        summary: 'Delete a key of an app',
        params: byId.extend({ key_id: z.string() }),
        response: { 200: z.object({ status: z.literal('ok'), message: z.string() }) },
      },
    },
    async ({ uid, params }) => {
      const { id } = await appAuthoring.getOwn(uid, params.app_id);
      await appKeys.delete(id, params.key_id);
      return { status: 'ok' as const, message: 'API key deleted' };
    },
  );
}
