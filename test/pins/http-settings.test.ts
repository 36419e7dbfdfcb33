import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { accessTokens } from '../../src/model/accounts/access-token.ts';
import { GLOBAL } from '../../src/model/collection.ts';
import { type RestApp, startRestApp } from '../e2e/rest-app.ts';

let app: RestApp;
let me: { uid: string; token: string };
let names = 0;

beforeAll(async () => {
  app = await startRestApp();
});
beforeEach(async () => {
  names += 1;
  me = await app.signUp(`user ${names}`);
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => app.close());

/** Answer as `[status, body text]`. */
async function ask(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
) {
  const answer = await app.ask(method, path, { token: me.token, body, headers });
  return [answer.status, answer.text];
}

describe('settings are returned as they were set', () => {
  it('language and single language mode', async () => {
    const path = '/v1/users/language';
    expect(await ask('PATCH', path, { language: 'fi' })).toEqual([
      200,
      '{"status":"ok","single_language_mode":true,"language":"fi"}',
    ]);
    expect(await ask('GET', path)).toEqual([200, '{"language":"fi"}']);
    expect(await ask('PATCH', path, { language: 'de' })).toEqual([
      200,
      '{"status":"ok","single_language_mode":false,"language":"de"}',
    ]);
    expect(await ask('PATCH', path, { language: '' })).toEqual([
      400,
      '{"detail":"Language is required","code":"bad-request"}',
    ]);
    expect(await ask('PATCH', path, {})).toEqual([
      400,
      '{"detail":"Language is required","code":"bad-request"}',
    ]);
  });

  it('transcription preferences, each on its own, at most 100 words', async () => {
    const path = '/v1/users/transcription-preferences';
    expect(await ask('PATCH', path, { single_language_mode: true })).toEqual([
      200,
      '{"single_language_mode":true,"vocabulary":[],"language":"","languages":[],"stt_service":null,"status":"ok"}',
    ]);
    await ask('PATCH', path, { vocabulary: ['Omi', 'Ångström'] });
    expect(await ask('GET', path)).toEqual([
      200,
      '{"single_language_mode":true,"vocabulary":["Omi","Ångström"],"language":"","languages":[],"stt_service":null}',
    ]);
    await ask('PATCH', path, { vocabulary: Array.from({ length: 130 }, (_, i) => `w${i}`) });
    const [, text] = await ask('GET', path);
    expect(JSON.parse(String(text)).vocabulary).toHaveLength(100);
  });

  it('the languages that are spoken, and the service that is asked first', async () => {
    const path = '/v1/users/transcription-preferences';
    const stored = async () => {
      const { languages, stt_service } = JSON.parse(String((await ask('GET', path))[1]));
      return { languages, stt_service };
    };
    await ask('PATCH', path, { languages: ['de', 'zh-Hant-TW', 'de'], stt_service: 'soniox' });
    expect(await stored()).toEqual({ languages: ['de', 'zh-Hant-TW'], stt_service: 'soniox' });
    await ask('PATCH', path, { single_language_mode: false });
    expect(await stored()).toEqual({ languages: ['de', 'zh-Hant-TW'], stt_service: 'soniox' });
    await ask('PATCH', path, { languages: [], stt_service: null });
    expect(await stored()).toEqual({ languages: [], stt_service: null });
    for (const languages of [['multi'], ['de DE'], ['']]) {
      expect((await ask('PATCH', path, { languages }))[0]).toBe(422);
    }
  });

  it('permissions, with booleans as pydantic reads them', async () => {
    const path = '/v1/users/store-recording-permission';
    expect(await ask('POST', `${path}?value=True`)).toEqual([200, '{"status":"ok"}']);
    expect(await ask('GET', path)).toEqual([200, '{"store_recording_permission":true}']);
    const erased = vi.spyOn(app.server.context.recordings, 'eraseUser');
    expect(await ask('DELETE', path)).toEqual([200, '{"status":"ok"}']);
    expect(erased).toHaveBeenCalledWith(me.uid);
    expect(await ask('GET', path)).toEqual([200, '{"store_recording_permission":false}']);
    expect((await ask('POST', path))[0]).toBe(422);
    const sync = '/v1/users/private-cloud-sync';
    await ask('POST', `${sync}?value=off`);
    expect(await ask('GET', sync)).toEqual([200, '{"private_cloud_sync_enabled":false}']);
    // It is true only while audio is kept.
    await ask('POST', `${sync}?value=true`);
    expect(await ask('GET', sync)).toEqual([200, '{"private_cloud_sync_enabled":true}']);
    expect(await ask('GET', path)).toEqual([200, '{"store_recording_permission":true}']);
    await ask('DELETE', path);
    expect(await ask('GET', sync)).toEqual([200, '{"private_cloud_sync_enabled":false}']);
  });

  it('onboarding, each part on its own, and nothing without a body', async () => {
    const path = '/v1/users/onboarding';
    expect(await ask('PATCH', path, { completed: true })).toEqual([200, '{"status":"ok"}']);
    await ask('PATCH', path, { acquisition_source: 'friend' });
    expect(await ask('PATCH', path)).toEqual([200, '{"status":"ok"}']);
    expect(await ask('GET', path)).toEqual([
      200,
      '{"completed":true,"acquisition_source":"friend"}',
    ]);
  });

  it('place, with a message where it has not changed', async () => {
    const path = '/v1/users/geolocation';
    const place = { latitude: 52, longitude: 13.40001, altitude: 34, time: 'ignored' };
    expect(await ask('PATCH', path, place)).toEqual([200, '{"status":"ok"}']);
    expect(await ask('PATCH', path, { latitude: 52.00001, longitude: 13.4 })).toEqual([
      200,
      '{"status":"ok","message":"Geolocation unchanged"}',
    ]);
    const { lastGeolocation } = await app.server.context.users.getUser(me.uid);
    expect(lastGeolocation).toEqual({
      googlePlaceId: null,
      latitude: 52,
      longitude: 13.40001,
      altitude: 34,
      accuracy: null,
      address: null,
      locationType: null,
      reportedAt: app.clock.now(),
    });
    expect(await ask('PATCH', path, { latitude: 52.001, longitude: 13.4 })).toEqual([
      200,
      '{"status":"ok"}',
    ]);
    expect((await ask('PATCH', path, { latitude: 91, longitude: 0 }))[0]).toBe(422);
  });

  it('training data', async () => {
    const path = '/v1/users/training-data-opt-in';
    await ask('POST', '/v1/users/private-cloud-sync?value=false');
    expect((await ask('POST', path, { ignored: true }))[0]).toBe(200);
    expect(await ask('GET', path)).toEqual([200, '{"opted_in":true,"status":"pending_review"}']);
    expect(await ask('GET', '/v1/users/private-cloud-sync')).toEqual([
      200,
      '{"private_cloud_sync_enabled":true}',
    ]);
  });

  it('daily summary, mentor and notifications', async () => {
    const daily = '/v1/users/daily-summary-settings';
    expect(await ask('PATCH', daily, { hour: 7 })).toEqual([200, '{"status":"ok"}']);
    await ask('PATCH', daily, { enabled: false });
    expect(await ask('GET', daily)).toEqual([200, '{"enabled":false,"hour":7}']);
    expect(await ask('PATCH', daily, { hour: 24 })).toEqual([
      400,
      '{"detail":"Hour must be between 0 and 23","code":"bad-request"}',
    ]);
    const mentor = '/v1/users/mentor-notification-settings';
    expect(await ask('PATCH', mentor, { frequency: 5 })).toEqual([200, '{"status":"ok"}']);
    expect(await ask('GET', mentor)).toEqual([200, '{"frequency":5}']);
    expect(await ask('PATCH', mentor, { frequency: 6 })).toEqual([
      400,
      '{"detail":"Frequency must be between 0 and 5","code":"bad-request"}',
    ]);
    expect(await ask('PATCH', '/v1/users/notification-settings', { frequency: 1 })).toEqual([
      200,
      '{"enabled":true,"frequency":1}',
    ]);
  });

  it('free-form settings are merged deeply', async () => {
    const path = '/v1/users/assistant-settings';
    await ask('PATCH', path, { focus: { enabled: true, minutes: 5 } });
    expect(await ask('PATCH', path, { focus: { minutes: 9 }, shared: null })).toEqual([
      200,
      '{"focus":{"enabled":true,"minutes":9},"shared":null}',
    ]);
    expect(await ask('GET', path)).toEqual([
      200,
      '{"focus":{"enabled":true,"minutes":9},"shared":null}',
    ]);
    expect((await ask('PATCH', path, { big: 'x'.repeat(250_000) }))[0]).toBe(413);
    const profile = '/v1/users/ai-profile';
    expect(await ask('PATCH', profile, { profile_text: 'likes tea', extra: 1 })).toEqual([
      200,
      '{"profile_text":"likes tea","extra":1}',
    ]);
    expect((await ask('PATCH', profile, { profile_text: 'x'.repeat(50_001) }))[0]).toBe(422);
  });

  it('push tokens by device, and only real time zones', async () => {
    const path = '/v1/users/fcm-token';
    const phone = { 'x-app-platform': 'ios', 'x-device-id-hash': 'abc' };
    const body = { fcm_token: 't1', time_zone: 'Europe/Berlin' };
    expect(await ask('POST', path, body, phone)).toEqual([200, '{"status":"Ok"}']);
    expect(await ask('POST', path, { fcm_token: 't2', time_zone: 'Mars/Base' })).toEqual([
      200,
      '{"status":"Ok","message":"time_zone is not an IANA time zone and was not stored"}',
    ]);
    const user = await app.server.context.users.getUser(me.uid);
    expect(user.timeZone).toBe('Europe/Berlin');
    expect(Object.entries(user.pushTokens).map(([key, { token }]) => [key, token])).toEqual([
      ['ios_abc', 't1'],
      ['unknown_default', 't2'],
    ]);
    expect(await ask('DELETE', path, undefined, phone)).toEqual([200, '{"status":"Ok"}']);
    expect(await ask('DELETE', path, { fcm_token: 't2' }, phone)).toEqual([200, '{"status":"Ok"}']);
    expect((await app.server.context.users.getUser(me.uid)).pushTokens).toEqual({});
  });

  it('keeps them apart by user', async () => {
    await ask('PATCH', '/v1/users/language', { language: 'fi' });
    const other = await app.signUp('somebody else');
    const answer = await app.ask('GET', '/v1/users/language', { token: other.token });
    expect(answer.text).toBe('{"language":null}');
  });

  it('gives the macOS app, which reads no null, an empty text for no language', async () => {
    const headers = { 'x-app-platform': 'macos' };
    expect(await ask('GET', '/v1/users/language', undefined, headers)).toEqual([
      200,
      '{"language":""}',
    ]);
    await ask('PATCH', '/v1/users/language', { language: 'fi' });
    expect(await ask('GET', '/v1/users/language', undefined, headers)).toEqual([
      200,
      '{"language":"fi"}',
    ]);
  });
});

describe('people', () => {
  const path = '/v1/users/people';

  it('are made, listed, renamed in both ways, and deleted', async () => {
    const made = await app.ask('POST', path, { token: me.token, body: { name: 'Ada' } });
    const { id } = made.json as { id: string };
    const wire = {
      id,
      name: 'Ada',
      created_at: '2026-05-04T10:00:00.000Z',
      updated_at: '2026-05-04T10:00:00.000Z',
      speech_samples: [],
      speech_sample_transcripts: null,
      speech_samples_version: 3,
    };
    expect(made.json).toEqual(wire);
    expect(await ask('POST', path, { name: 'Ada' })).toEqual([200, made.text]);
    expect(await ask('GET', path)).toEqual([200, `[${made.text}]`]);
    expect(await ask('PATCH', `${path}/${id}/name?value=Ada%20L`)).toEqual([
      200,
      '{"status":"ok"}',
    ]);
    expect(JSON.parse(String((await ask('GET', `${path}/${id}`))[1])).name).toBe('Ada L');
    expect((await ask('PATCH', `${path}/${id}/name`, { name: 'Ada M' }))[0]).toBe(200);
    expect(JSON.parse(String((await ask('GET', `${path}/${id}`))[1])).name).toBe('Ada M');
    expect(await ask('PATCH', `${path}/${id}/name`)).toEqual([
      422,
      '{"detail":[{"type":"missing","loc":["query","value"],"msg":"Field required","input":null}],"code":"invalid-request"}',
    ]);
    expect(await ask('DELETE', `${path}/${id}`)).toEqual([204, '']);
    expect(await ask('GET', `${path}/${id}`)).toEqual([
      404,
      '{"detail":"Person not found","code":"not-found"}',
    ]);
  });

  it("are nobody else's", async () => {
    const made = await app.ask('POST', path, { token: me.token, body: { name: 'Ada' } });
    const { id } = made.json as { id: string };
    const { token } = await app.signUp(`eve ${names}`);
    const get = await app.ask('GET', `${path}/${id}`, { token });
    const rename = await app.ask('PATCH', `${path}/${id}/name?value=Mine`, { token });
    await app.ask('DELETE', `${path}/${id}`, { token });
    expect([get.status, rename.status]).toEqual([404, 404]);
    const shown = await app.ask('GET', `${path}/${id}`, { token: me.token });
    // One person is shown with what is known of the voice.
    expect(shown.json).toEqual({
      ...(made.json as object),
      voice_learning_state: 'unknown',
      voice_speech_seconds: null,
      voice_needed_seconds: null,
    });
  });
});

describe('account', () => {
  it('exports everything as one file', async () => {
    await ask('POST', '/v1/users/people', { name: 'Ada' });
    await ask('POST', '/v1/users/people', { name: 'Bob' });
    const answer = await app.ask('GET', '/v1/users/export', { token: me.token });
    expect(answer.headers.get('content-disposition')).toBe(
      'attachment; filename="omi-export.json"',
    );
    const file = answer.json as { profile: object; people: { name: string }[] };
    expect(file.profile).toMatchObject({ uid: me.uid });
    expect(file.people.map(({ name }) => name).sort()).toEqual(['Ada', 'Bob']);
  });

  it('deletes everything, and the tokens with it', async () => {
    await ask('POST', '/v1/users/people', { name: 'Ada' });
    const other = await app.signUp(`other ${names}`);
    expect(await ask('DELETE', '/v1/users/delete-account', { reason: 'test' })).toEqual([
      200,
      '{"status":"ok","message":"Account deleted successfully"}',
    ]);
    expect((await ask('GET', '/v1/users/profile'))[0]).toBe(401);
    const left = [];
    for await (const { document } of app.store.exportOwner(me.uid)) left.push(document);
    expect(left).toEqual([]);
    const tokens = await app.store.query(accessTokens, GLOBAL, {
      query: 'ofUser',
      filters: { uid: me.uid },
      limit: 10,
    });
    expect(tokens.items).toEqual([]);
    const theirs = await app.ask('GET', '/v1/users/profile', { token: other.token });
    expect(theirs.status).toBe(200);
  });

  it('can be deleted again where the first try failed', async () => {
    const { appAuthoring } = app.server.context;
    vi.spyOn(appAuthoring, 'eraseUser').mockRejectedValueOnce(new Error('disk is on fire'));
    expect(await ask('DELETE', '/v1/users/delete-account')).toEqual([500, 'Internal Server Error']);
    expect((await ask('DELETE', '/v1/users/delete-account'))[0]).toBe(200);
  });
});
