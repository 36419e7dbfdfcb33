import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { setup as buildFirst } from '../test/build-first.ts';
import {
  openScreen,
  SCREENS,
  SCREENS_BROWSER,
  SCREENS_SERVER,
  SIZES,
} from '../test/e2e/console/console-screens.ts';
import { fillConsoleVoices } from '../test/e2e/console/console-voices.ts';
import { fillConsoleWorld } from '../test/e2e/console/console-world.ts';
import { startTestServer } from '../test/e2e/test-server.ts';
import { launchBrowser, signInByLink } from '../test/fixtures/browser.ts';

const values = new Command('npm run screenshots --')
  .description('Takes the pictures of the documents from the real console, with invented data.')
  .option('--all <folder>', 'every screen, wide and narrow, light and dark, to be looked at')
  .option('--only <screen>', 'one screen')
  .parse()
  .opts<{ all?: string; only?: string }>();
buildFirst();
const README_FOLDER = join(import.meta.dirname, '../docs/images');
/** Screen, size and theme of the pictures of the README. */
const README = [
  ['conversation', 'desktop', 'light'],
  ['timeline', 'phone', 'light'],
] as const;

const shots =
  values.all === undefined
    ? README
    : SCREENS.flatMap(({ name }) =>
        (['desktop', 'phone'] as const).flatMap((size) =>
          (['light', 'dark'] as const).map((theme) => [name, size, theme] as const),
        ),
      );
const folder = values.all ?? README_FOLDER;
await mkdir(folder, { recursive: true });
const [server, browser] = await Promise.all([
  startTestServer(SCREENS_SERVER),
  launchBrowser(SCREENS_BROWSER),
]);
try {
  await fillConsoleWorld(server.context.store, server.uid, Date.now());
  await fillConsoleVoices(server, Date.now());
  for (const [name, size, theme] of shots) {
    if (values.only !== undefined && values.only !== name) continue;
    const screen = SCREENS.find((candidate) => candidate.name === name);
    if (!screen) throw new Error(`There is no screen ${name}.`);
    const context = await browser.newContext({
      viewport: SIZES[size],
      colorScheme: theme,
      locale: 'en-GB',
      permissions: ['microphone'],
    });
    const page = await context.newPage();
    await signInByLink(page, server);
    await openScreen(page, server.url, screen);
    const file = values.all === undefined ? `${name}.png` : `${name}-${size}-${theme}.png`;
    await page.screenshot({ path: join(folder, file) });
    process.stdout.write(`${join(folder, file)}\n`);
    await context.close();
  }
} finally {
  await browser.close();
  await server.stop();
}
