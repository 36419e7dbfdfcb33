import type { Page } from 'playwright-core';

/** Somebody who has only a keyboard: moves by Tab until a control of a name has the focus. */
export class KeyboardUser {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Presses a key, as `Control+z`, or one key after the other. */
  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.#page.keyboard.press(key);
  }

  async type(text: string): Promise<void> {
    await this.#page.keyboard.type(text);
  }

  /**
   * Presses Tab until the name of the control that has the focus fits.
   *
   * @throws Error with the names that were met, if it is not among the next `most` stops
   */
  async tabTo(name: RegExp, most = 60): Promise<void> {
    const met: string[] = [];
    for (let count = 0; count <= most; count += 1) {
      const now = await this.focused();
      if (name.test(now)) return;
      met.push(now);
      await this.press('Tab');
    }
    throw new Error(`${name} is not reached by Tab: ${met.join(' | ')}`);
  }

  /** The name of the control that has the focus; `BODY` if nothing has it. */
  focused(): Promise<string> {
    return this.#page.evaluate<string>(`{
      const now = document.activeElement;
      const isLost = now === document.body;
      const label = now.getAttribute('aria-label') ?? now.labels?.[0]?.textContent;
      const named = document.getElementById(now.getAttribute('aria-labelledby'))?.textContent;
      const text = now.textContent.trim().slice(0, 200) || now.value;
      isLost ? 'BODY' : (label ?? named ?? text ?? '') || now.tagName;
    }`);
  }

  /** True if the focus is on a control of the page, and not lost. */
  async hasFocus(): Promise<boolean> {
    return !(await this.#page.evaluate<boolean>('document.activeElement === document.body'));
  }
}
