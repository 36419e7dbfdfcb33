import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../../fixtures/browser.ts';
import { OpenAiSimulator } from '../../simulators/openai-simulator.ts';
import { type OpenConsole, openConsole } from './open-console.ts';

describe.skipIf(!hasBrowser)('a summary by an app in the console', () => {
  let model: OpenAiSimulator;
  let opened: OpenConsole;

  beforeAll(async () => {
    model = await OpenAiSimulator.start();
    opened = await openConsole({
      env: {
        OPENAI_API_KEY: 'test-key',
        OPENAI_BASE_URL: model.baseUrl,
        OPENAI_EMBEDDING_MODEL: 'none',
      },
    });
  });
  afterAll(async () => {
    await opened?.close();
    await model?.close();
  });

  it('is written by the app that the reader chooses; everything else stays', async () => {
    const { page, server } = opened;
    await page.goto(`${server.url}/timeline/market`);
    await page.getByText('The bridge is closed until the tenth').waitFor();
    await page.locator('article header').getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Summary by an app' }).click();
    const sheet = page.getByRole('dialog', { name: 'Summary by an app' });
    await sheet.getByRole('radio', { name: /^Action items/i }).check();
    model.answerNext({ content: '**Bridges** decide about markets.' });
    await sheet.getByRole('button', { name: 'Write', exact: true }).click();
    await sheet.waitFor({ state: 'detached' });
    const written = page.locator('section', {
      has: page.getByRole('heading', { name: /^Action items/i }),
    });
    await written.getByText('Bridges decide about markets.').waitFor();
    await written.locator('strong', { hasText: 'Bridges' }).waitFor();
    const { body } = await server.api('GET', '/v1/conversations/market');
    expect(body).toMatchObject({
      structured: { title: 'Planning the spring market' },
      apps_results: [{ app_id: expect.any(String), content: '**Bridges** decide about markets.' }],
    });
  });
});
