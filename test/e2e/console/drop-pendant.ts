import type { Page } from 'playwright-core';

/**
 * Lets the simulated pendant lose its connection. Resolves when the page has said so, which it does for
 * a quarter of a second at first: too short to be looked for from outside.
 */
export async function dropPendant(page: Page): Promise<void> {
  await page.evaluate(`new Promise((resolve) => {
    const look = () => {
      if (!document.body.textContent.includes('Omi out of reach')) return;
      observer.disconnect();
      resolve();
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    pendant.drop();
    look();
  })`);
}
