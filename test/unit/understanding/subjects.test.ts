import { describe, expect, it } from 'vitest';
import { toInput } from '../../../scripts/evaluate/read-sets.ts';
import { createRuleEngine } from '../../../src/understanding/rules/rule-engine.ts';

const engine = createRuleEngine();
const { signal } = new AbortController();

async function titleOf(...turns: string[]): Promise<string> {
  const { title } = await engine.understand({ ...toInput(turns, 'Me'), forced: true }, signal);
  return title;
}

describe('the title of a short talk', () => {
  it('is what it is about, not a word that came up by the way', async () => {
    const toaster = await titleOf(
      'Me: Good morning. I bought this toaster here on Thursday, and it burns everything.',
      'Clerk: Have you still got the receipt?',
      'Me: Yes, here. I tried it with three kinds of bread.',
      'Clerk: Then I can give you a new toaster or your money back.',
      'Me: The money, please.',
    );
    expect(toaster).toMatch(/^Toaster/);
  });

  it('is no name of a person if there is anything else', async () => {
    const title = await titleOf(
      'Me: Has Raimund told you about the piano?',
      'Ann: Raimund? No. Is Raimund selling the piano?',
      'Me: Yes, and the piano needs a new home by the summer.',
    );
    expect(title).toMatch(/Piano/);
    expect(title).not.toMatch(/^Raimund$/);
  });

  it('is no appointment without a name if the talk has a subject', async () => {
    const title = await titleOf(
      'Me: Hello, my rabbit has not eaten since yesterday.',
      'Vet: Then bring the rabbit in. How about this afternoon at four?',
      "Me: Four is fine. I'll bring the rabbit in a basket.",
    );
    expect(title).toMatch(/Rabbit/);
    expect(title).not.toMatch(/Appointment/);
  });
});
