import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { mayRecord } from '../../../model/accounts/user.ts';
import type { UserService } from '../../../users/user-service.ts';
import { trainingDataOptInToWire } from '../../../wire/user-wire.ts';
import { queryBoolean } from '../../query-types.ts';
import { STATUS_OK, statusOkSchema } from '../../status-ok.ts';

const tags = ['privacy'];
const valueQuery = z.object({ value: queryBoolean() });

export interface UserPrivacyDeps {
  users: UserService;
  /** Remove the recordings of a user, in every place that keeps some. */
  recordings: { eraseUser(uid: string): Promise<void> };
}

/** What may be kept of a user: recordings, copies of the audio, training data. */
export function userPrivacyRoutes(deps: UserPrivacyDeps): FastifyPluginAsyncZod {
  const { users, recordings } = deps;
  return async (app) => {
    app.get(
      '/v1/users/store-recording-permission',
      {
        schema: {
          tags,
          summary: 'Get the permission for recordings',
          response: { 200: z.object({ store_recording_permission: z.boolean() }) },
        },
      },
      async ({ uid }) => ({
        store_recording_permission: (await users.getUser(uid)).storeRecordingPermission,
      }),
    );
    app.post(
      '/v1/users/store-recording-permission',
      {
        schema: {
          tags,
          summary: 'Allow or forbid keeping recordings',
          querystring: valueQuery,
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, query }) => {
        await users.setStoreRecordingPermission(uid, query.value);
        return STATUS_OK;
      },
    );
    app.delete(
      '/v1/users/store-recording-permission',
      {
        schema: {
          tags,
          summary: 'Withdraw the permission for recordings and delete them',
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid }) => {
        await users.setStoreRecordingPermission(uid, false);
        await recordings.eraseUser(uid);
        return STATUS_OK;
      },
    );
    app.get(
      '/v1/users/private-cloud-sync',
      {
        schema: {
          tags,
          summary: 'Get whether recordings are stored (permitted and turned on)',
          response: { 200: z.object({ private_cloud_sync_enabled: z.boolean() }) },
        },
      },
      async ({ uid }) => ({
        private_cloud_sync_enabled: mayRecord(await users.getUser(uid)),
      }),
    );
    app.post(
      '/v1/users/private-cloud-sync',
      {
        schema: {
          tags,
          summary: 'Turn storing of recordings on or off; on also gives the permission',
          querystring: valueQuery,
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, query }) => {
        await users.setPrivateCloudSync(uid, query.value);
        return STATUS_OK;
      },
    );
    app.get(
      '/v1/users/training-data-opt-in',
      {
        schema: {
          tags,
          summary: 'Get participation in the training programme',
          response: { 200: z.object({ opted_in: z.boolean(), status: z.string().nullable() }) },
        },
      },
      async ({ uid }) => trainingDataOptInToWire(await users.getUser(uid)),
    );
    app.post(
      '/v1/users/training-data-opt-in',
      {
        schema: {
          tags,
          summary: 'Request to join the training programme',
          response: { 200: z.object({ status: z.string(), message: z.string() }) },
        },
      },
      async ({ uid }) => {
        await users.requestTrainingDataOptIn(uid);
        return { status: 'ok', message: 'Your request waits for review.' };
      },
    );
  };
}
