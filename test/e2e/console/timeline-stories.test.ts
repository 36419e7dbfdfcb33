import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../../fixtures/browser.ts';
import type { TestServer } from '../test-server.ts';
import { type OpenConsole, openConsole } from './open-console.ts';
import { recordElsewhere } from './record-elsewhere.ts';

interface Listed {
  id: string;
  folder_id: string | null;
  structured: { title: string };
}

describe.skipIf(!hasBrowser)('the timeline of the console', () => {
  let opened: OpenConsole;
  let server: TestServer;
  let page: Page;

  beforeAll(async () => {
    opened = await openConsole();
    ({ server, page } = opened);
    await page.goto(`${server.url}/timeline`);
    await page.getByRole('link', { name: /Planning the spring market/ }).waitFor();
  });
  afterAll(() => opened?.close());

  const listed = async () =>
    (await server.api('GET', '/v1/conversations?limit=100')).body as Listed[];
  const row = (title: RegExp) => page.getByRole('link', { name: title });
  const box = (title: RegExp) => page.getByRole('checkbox', { name: title });
  const bar = () => page.getByRole('toolbar');

  it('narrows the list to a person, a source and tasks, all of which the address keeps', async () => {
    const rows = page.locator('main a[data-row]');
    await row(/Planning the spring market/).waitFor();
    const all = await rows.count();
    await page.getByRole('button', { name: 'More filters' }).click();
    await page.getByRole('combobox', { name: 'Person' }).selectOption({ label: 'Mila' });
    await page.waitForURL('**/timeline?person=mila');
    await expect.poll(() => rows.count()).toBeLessThan(all);
    await row(/Planning the spring market/).waitFor();
    await page.getByRole('button', { name: 'Has tasks', pressed: false }).click();
    await page.waitForURL('**/timeline?person=mila&tasks=true');
    await page.reload();
    await page.getByRole('button', { name: 'Has tasks', pressed: true }).click();
    await page.getByRole('combobox', { name: 'Person' }).selectOption({ label: 'Anybody' });
    await page.getByRole('combobox', { name: 'Source' }).selectOption({ label: 'Omi' });
    await page.waitForURL('**/timeline?source=omi');
    await page.getByRole('combobox', { name: 'Source' }).selectOption({ label: 'Any source' });
    await page.waitForURL(`${server.url}/timeline`);
    await expect.poll(() => rows.count()).toBe(all);
  });

  it('makes a folder, names and colours it, and deletes it', async () => {
    await page.getByRole('button', { name: 'Edit folders' }).click();
    const sheet = page.getByRole('dialog', { name: 'Folders' });
    await sheet.getByRole('textbox', { name: 'Add a folder' }).fill('Harbour');
    await sheet.getByRole('textbox', { name: 'Add a folder' }).press('Enter');
    await sheet.getByLabel('Colour of Harbour').waitFor();
    await sheet.getByLabel('Colour of Harbour').fill('#a02654');
    const folders = async () =>
      (await server.api('GET', '/v1/folders')).body as {
        id: string;
        name: string;
        color: string;
      }[];
    await expect
      .poll(folders)
      .toContainEqual(expect.objectContaining({ name: 'Harbour', color: '#a02654' }));
    const name = sheet.locator('li', { has: page.getByLabel('Colour of Harbour') });
    const field = name.getByRole('textbox', { name: 'Name of the folder' });
    await field.fill('Harbour and sea');
    await field.press('Enter');
    await expect.poll(folders).toContainEqual(expect.objectContaining({ name: 'Harbour and sea' }));
    await sheet.getByRole('textbox', { name: 'Add a folder' }).fill('Passing');
    await sheet.getByRole('textbox', { name: 'Add a folder' }).press('Enter');
    await sheet.getByRole('button', { name: 'Delete the folder Passing' }).click();
    await sheet.getByLabel('Colour of Passing').waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
  });

  it('moves several conversations into a folder and shows them alone', async () => {
    await page.getByRole('button', { name: 'Select', exact: true }).click();
    await box(/A new lamp/).check();
    await box(/Knee exercises/).check();
    await bar().getByText('2 selected').waitFor();
    await bar().getByRole('button', { name: 'Move to a folder' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Harbour and sea' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await row(/A new lamp/).waitFor();
    const select = page.getByRole('search').getByRole('combobox', { name: 'Folder' });
    await select.selectOption({ label: 'Harbour and sea (2)' });
    await row(/Planning the spring market/).waitFor({ state: 'detached' });
    await row(/A new lamp/).waitFor();
    expect(page.url()).toContain('folder=');
    // Words narrow the folder further.
    await page.getByRole('searchbox', { name: 'Filter by words' }).fill('stairs');
    await row(/A new lamp/).waitFor({ state: 'detached' });
    await row(/Knee exercises/).waitFor();
    await page.getByRole('searchbox', { name: 'Filter by words' }).fill('');
    await page.waitForURL((url) => !url.search.includes('q='));
    await select.selectOption({ label: 'All folders' });
    await row(/Planning the spring market/).waitFor();
  });

  it('saves several conversations as one file', async () => {
    await page.getByRole('button', { name: 'Select', exact: true }).click();
    await box(/A new lamp/).check();
    await box(/Planning the spring market/).check();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      bar().getByRole('button', { name: 'Download' }).click(),
    ]);
    const text = await readFile(await file.path(), 'utf8');
    expect(text).toContain('# A new lamp for the lighthouse');
    expect(text).toContain('# Planning the spring market');
    await bar().getByRole('button', { name: 'Done' }).click();
  });

  it('deletes several and takes them back, selected by keyboard', async () => {
    for (const name of ['Ferry', 'Tide']) {
      const id = await recordElsewhere(server, `The ${name} table hangs at the harbour office.`);
      await server.api('PATCH', `/v1/conversations/${id}`, { title: `${name} table` });
    }
    await row(/Ferry table/).focus();
    await page.keyboard.press('x');
    await expect.poll(() => box(/Ferry table/).isChecked()).toBe(true);
    await box(/Tide table/).focus();
    await page.keyboard.press('x');
    await bar().getByText('2 selected').waitFor();
    await bar().getByRole('button', { name: 'Delete' }).click();
    await page.getByText('2 conversations deleted').waitFor();
    expect((await listed()).map(({ structured }) => structured.title)).not.toContain('Tide table');
    await page.getByRole('button', { name: 'Undo' }).click();
    await row(/Ferry table/).waitFor();
    await row(/Tide table/).waitFor();
  });

  it('makes one conversation of two, after a question', async () => {
    await page.getByRole('button', { name: 'Select', exact: true }).click();
    await box(/A new lamp/).check();
    await box(/Knee exercises/).check();
    await bar().getByRole('button', { name: 'Merge' }).click();
    const sheet = page.getByRole('dialog', { name: 'Merge conversations' });
    await sheet.getByText('A new lamp for the lighthouse').waitFor();
    await sheet.getByRole('button', { name: 'Merge' }).click();
    await sheet.waitFor({ state: 'detached' });
    await expect.poll(async () => (await listed()).length).toBe(7);
    const ids = (await listed()).map(({ id }) => id);
    expect(ids).not.toContain('lighthouse');
    expect(ids).not.toContain('physio');
    await row(/A new lamp/).waitFor({ state: 'detached' });
  });
});
