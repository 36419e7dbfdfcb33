import { describe, expect, it } from 'vitest';
import { toInput } from '../../../scripts/evaluate/read-sets.ts';
import { createRuleEngine } from '../../../src/understanding/rules/rule-engine.ts';

const engine = createRuleEngine();
const { signal } = new AbortController();
const isDiscarded = async (...turns: string[]): Promise<boolean> =>
  (await engine.understand(toInput(turns, 'Me'), signal)).discarded;

describe('what is kept of short talk', () => {
  it.each([
    ['a number', 'Me: The code is nine two four.'],
    ['an illness', 'Ann: Your uncle had a stroke.', 'Me: Oh no.'],
    ['an answer of one sentence', 'Me: She said no.'],
    ['money', 'Me: The roof costs nine thousand.'],
    ['a place', 'Me: The bike is behind the church.'],
    ['a request between greetings', 'Me: Hello.', 'Ann: Hi, bring milk.', 'Me: Bye.'],
    ['a question of weight', 'Me: Will you marry me?', 'Ann: Yes.'],
    ['German', 'Me: Der Schlüssel liegt unter dem Topf.'],
    ['Polish, of which no rules know anything', 'Me: Klucz leży pod doniczką.'],
    ['Japanese', 'Me: 鍵は植木鉢の下です。'],
    ['a request to an assistant', 'Me: Alexa, remind me to buy nappies.'],
    ['a cry for help', 'Me: Hello? Help! I’ve fallen.'],
    ['news after a word to the dog', 'Me: Good boy. The vet found a tumour.'],
    ['a number that is no count', 'Me: Two, three, nine. Nine. Zero.'],
    ['a plan after a greeting', 'Me: Hi, Sarah. See you, Friday.'],
    ['an illness in few words', 'Me: I’m not well.'],
    [
      'an announcement that concerns somebody',
      'Voice: This is a customer announcement. The ten fifteen is cancelled.',
    ],
    [
      'a voice after the queue of a telephone',
      'Voice: Your call is important to us.',
      'Agent: Your loan is approved.',
    ],
    ['a birth that sounds like a song', 'Tom: Oh baby, baby is on the way!'],
    ['a list of what to get', 'Me: Rice, carrots, shampoo.'],
    ['news in a word', 'Ann: He is dead.', 'Me: Oh no.'],
    ['a speaker who has only a number', 'Speaker 1: The lump has grown.'],
    ['Korean', 'Me: 열쇠는 화분 밑에 있어요.'],
  ])('keeps %s', async (_name, ...turns) => {
    expect(await isDiscarded(...turns)).toBe(false);
  });

  it.each([
    ['greetings', 'Me: Hi Ann!', 'Ann: Hey, how are you?', 'Me: Good, thanks. You?'],
    ['a microphone test', 'Me: Check, check, one two three.'],
    ['listening', 'Me: Mm-hm. Right. Okay.'],
    ['weather between neighbours', 'Me: Very hot today, isn’t it?', 'Ann: Yes, really hot.'],
    ['thanks and a parting', 'Me: Thank you so much.', 'Ann: You’re welcome, see you later.'],
    [
      'a programme in the room',
      'Host: Welcome back to the show, my guest tonight is a baker.',
      'Host: Stay tuned, we talk about bread after the break.',
    ],
    ['no words at all', 'Me: ...'],
    ['counting down', 'Me: Five, four, three, two, one, go!'],
    ['an unknown name in a greeting', 'Me: Hiya, Gwen.', 'Ann: Ta-ta, love.'],
    ['a wake word', 'Me: OK Google, louder. Hey Google, stop.'],
    ['talk to a dog', 'Me: Sit. Sit! Stay. Who’s a good girl? You are.'],
    ['a telephone in a pocket', 'Me: Hello? Is anybody there? I think I sat on my phone.'],
    ['cries', 'Me: Ouch. Ow. Damn.', 'Ann: Shh.'],
    ['humming', 'Me: Tra la la, pom pom pom.'],
    ['an advertisement', 'Voice: Call now. Terms and conditions apply.'],
    ['an announcement', 'Announcer: The next station is Millbank. Please mind the gap.'],
    ['a song', 'Singer: Ooh, baby, hold me.', 'Singer: Don’t you go, I need you tonight.'],
    ['a television with its name', 'TV: The duke enters the hall and draws his sword.'],
    ['a courtesy', 'Me: Excuse me, sorry.', 'Man: Oh, go ahead.', 'Me: Thank you.'],
    ['a child’s game', 'Me: Peekaboo! Where are you? Peekaboo!'],
    ['weather in other words', 'Me: Bit chilly.', 'Man: It is, isn’t it?'],
    ['German greetings', 'Me: Hallo, guten Morgen.', 'Ann: Morgen, danke.'],
  ])('discards %s', async (_name, ...turns) => {
    expect(await isDiscarded(...turns)).toBe(true);
  });

  it('keeps a programme in which the user says something', async () => {
    const show = 'Host: Welcome back to the show. Stay tuned, our sponsor makes beds.';
    expect(await isDiscarded(show, 'Me: I signed the lease.')).toBe(false);
  });
});
