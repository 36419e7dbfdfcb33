import { describe, expect, it } from 'vitest';
import { toInput } from '../../../scripts/evaluate/read-sets.ts';
import { MemoryVersions } from '../../../src/memories/memory-versions.ts';
import { isCurrent, type Memory } from '../../../src/model/memory.ts';
import { createRuleEngine } from '../../../src/understanding/rules/rule-engine.ts';

const engine = createRuleEngine();
const { signal } = new AbortController();

/** The facts that hold after talks on successive days, as the store keeps them, and the former ones. */
async function factsAfter(...talks: string[][]): Promise<{ current: string[]; past: string[] }> {
  const known = new Map<string, Memory>();
  for (const [index, turns] of talks.entries()) {
    const startedAt = Date.parse('2026-05-04T08:00:00Z') + index * 86_400_000;
    const knownFacts = [...known.values()].filter(isCurrent);
    const input = { ...toInput(turns, 'Me'), forced: true, startedAt, knownFacts };
    const { memories } = await engine.understand(input, signal);
    const talk = { id: `c${index}`, isLocked: false, startedAt, createdAt: startedAt };
    new MemoryVersions('u1', talk, known, startedAt).rewrite(memories);
  }
  const contents = (isNow: boolean): string[] =>
    [...known.values()].filter((memory) => isCurrent(memory) === isNow).map((m) => m.content);
  return { current: contents(true), past: contents(false) };
}

describe('facts that others or nobody stated', () => {
  it.each([
    'My sister said, I am allergic to cats.',
    'In the book I am a pilot who lives in Rome.',
    'If I were a nurse I would live in York.',
    'Suppose I have two dogs.',
    'We live in hope.',
    "I'm allergic to mondays.",
    'You drive a hard bargain and I drive a hard bargain.',
    'I nearly became a teacher, I was almost a teacher.',
    'I have a bone to pick with you.',
    'I never said I have a brother.',
    'I used to live in Bath.',
    'I have a flat tire.',
    "My brother's boss is awful. He lives in a castle.",
    'We try to get out every month.',
    "I don't drink that much.",
    'I hope I have three kids one day.',
    "I've been telling you for years.",
    'I like your dress.',
    "I'm a little older than you.",
    "I'm a vegetarian. Just kidding.",
    'I gave it to my church. We collect winter clothes.',
    'I work at the, for the county.',
    'I live by the rules.',
    'I have a dog at the door, hang on.',
    'I drive him to school every day.',
    'I go there every week.',
    "He's like, I'm a fair teacher.",
    "I'm ninety-one in August.",
    'I owe money, I mean business, I take care.',
    'I have bags, I have the receipt, I have my hands full.',
    'I pick her up on Tuesdays.',
    'I am a bank, I pay her rent.',
    'I was a mess.',
    'My old cello burned.',
    "I'll ask my wife. Brilliant.",
    'I live on crisps.',
    'We have a server down.',
    'In the film I was a dentist.',
    "We've got one for a boy.",
    "I'm allergic to the bill.",
    'I love the way you talk.',
    'I like the red ones.',
    'I have seven husbands. I live in a lighthouse. I have a broom, and I fly on it. I am only joking.',
    "I've sold the car.",
    'I have a chicken in the oven.',
    "I've got a business lunch at one.",
    'I have surgery on Friday and a gig at eight.',
    'Repeat after me, I am a dentist.',
    "I'm divorced from reality.",
    "I'm a terrible driver.",
    'My dog food order is late.',
    "My brother's boss is awful.",
    'My train is late.',
    'Call my daughter, Doctor.',
    "I'm basically a taxi driver for my kids, who needs one.",
  ])('%s', async (text) => {
    expect((await factsAfter([`Me: ${text}`])).current).toEqual([]);
  });
});

describe('facts that the user states', () => {
  it.each([
    ['Bill is my brother-in-law.', 'Brother-in-law is Bill'],
    ["I'm vegan now, remember?", 'Is vegan'],
    ['I have high blood pressure, is that a problem?', 'Has high blood pressure'],
    ['We have two daughters.', 'Has two daughters'],
    ["I can't eat nuts.", "Doesn't eat nuts"],
    ["I'm training for the Cologne marathon.", 'Is training for the Cologne marathon'],
    ['I moved from Porto to Lisbon last week.', 'Lives in Lisbon'],
    ['The nurse says I have asthma.', 'Has asthma'],
    ["I've got a little boy who just turned four.", 'Has a little boy who just turned four'],
    ["I'm a nurse at St. Mary's.", "Is a nurse at St. Mary's"],
    ['We have a golden retriever named Max.', 'Has a golden retriever named Max'],
    ['I own a bakery.', 'Owns a bakery'],
    ['I live in Lisbon with the sea close by.', 'Lives in Lisbon with the sea close by'],
    ["I coach the girls' basketball team.", "Coaches the girls' basketball team"],
    ['I grow tomatoes and beans.', 'Grows tomatoes and beans'],
    ['I collect stamps.', 'Collects stamps'],
    ['I lost my job last month.', 'Lost their job'],
    ["I'm originally from Ohio.", 'Is originally from Ohio'],
    ['My parents are divorced.', 'Parents are divorced'],
    ["I've been playing the guitar for ten years.", 'Has been playing the guitar for ten years'],
    ['My favorite band is Radiohead.', 'Favorite band is Radiohead'],
    ['I go to the gym three times a week.', 'Goes to the gym three times a week'],
    ["I'm thirty-two years old.", 'Is thirty-two years old'],
    ['I live in Austin, no wait, Houston now.', 'Lives in Houston'],
    ["I'm taking a pottery class.", 'Is taking a pottery class'],
    ["I don't have a car.", "Doesn't have a car"],
    ["For the last six years I've worked for a bank.", 'Works for a bank'],
    ["I've been a City fan since I was seven.", 'Is a City fan'],
    ['My daughter was here, but she moved to Cork in March.', 'Daughter lives in Cork'],
    ["My daughter does them. She's a, she works for a bank.", 'Daughter works for a bank'],
    ['Tuesdays are difficult, I have my Spanish course.', 'Has their Spanish course'],
    ['I cycle now.', 'Cycles'],
    ["I'm a paramedic.", 'Is a paramedic'],
    ["I'm an archivist.", 'Is an archivist'],
    ['I was a dental nurse.', 'Was a dental nurse'],
    ["I used to be a ship's radio officer.", "Used to be a ship's radio officer"],
    ['My father was a stationmaster.', 'Father was a stationmaster'],
    ['Here I clean offices.', 'Cleans offices'],
    ['I restore clocks, and it pays.', 'Restores clocks'],
    ["I've got my own little workshop.", 'Has their own little workshop'],
    ["I've got a house and a caravan.", 'Has a house and a caravan'],
    ["I'm in a basement flat.", 'Is in a basement flat'],
    ["I've got my shift at the care home.", 'Works at the care home'],
    ['Careful, my cello needs a seat.', 'Has a cello'],
    ["My baby can't sleep.", 'Has a baby'],
    ['We have a cat, Olive.', 'Cat is Olive'],
    ['That was my brother Tom on the phone.', 'Brother is Tom'],
    ["I'm in with my girlfriend. Amy.", 'Girlfriend is Amy'],
    ['I give it to Linda. That is my daughter.', 'Daughter is Linda'],
    ["We've been here eight years.", 'Has been here eight years'],
    ["I've been a lifeguard for two years.", 'Is a lifeguard'],
    ['My grandmother was Peruvian.', 'Grandmother was Peruvian'],
    ['And then my church choir has the big night.', 'Is in a church choir'],
    ['My husband is, he was, a vet here.', 'Husband was a vet here'],
    ['I do proofs for a publisher.', 'Does proofs for a publisher'],
    ['I play squash with my mate.', 'Plays squash with their mate'],
    ['We have chickens.', 'Has chickens'],
    ['Andre and I are getting married!', 'Is getting married to Andre'],
    ['I breed rabbits.', 'Breeds rabbits'],
    ['I repair radios.', 'Repairs radios'],
    ['I love old trains.', 'Loves old trains'],
    ["I've had gout for years.", 'Has gout for years'],
    ["I'm on blood pressure tablets.", 'Is on blood pressure tablets'],
    ['I run a nursery as well.', 'Runs a nursery'],
    ['Yellow, my mother loves yellow. She grew up on a farm.', 'Mother grew up on a farm'],
    ["I'm building a boat.", 'Is building a boat'],
    ['My dentist is Dr Moss.', 'Dentist is Dr Moss'],
    ['I have a parrot that swears.', 'Has a parrot that swears'],
    ["I've a motorbike, an old Triumph.", 'Has a motorbike, an old Triumph'],
    ['I have a dog called Rex.', 'Has a dog called Rex'],
    ['My mum lives with me.', 'Mum lives with them'],
    ["I'm 39.", 'Is 39'],
    ["I'm in a book club.", 'Is in a book club'],
    ['I bite my nails.', 'Bites their nails'],
  ])('%s', async (text, fact) => {
    expect((await factsAfter([`Me: ${text}`])).current).toEqual([fact]);
  });

  it.each([
    ['Are you allergic to anything?', 'Yes, to penicillin.', 'Is allergic to penicillin'],
    ['Do you have kids?', 'Two.', 'Has two kids'],
    ['Where are you from?', 'Brazil.', 'Is from Brazil'],
    ['Where do you live?', 'In Leeds, near the station.', 'Lives in Leeds'],
    ['How old are you?', 'Thirty-four.', 'Is thirty-four years old'],
    ['Do you smoke?', 'No, never.', "Doesn't smoke"],
    ['Are you married?', 'Yes, for six years now.', 'Is married'],
    ['Do you like jazz?', 'I love it.', 'Loves jazz'],
    ['What do you do?', "I'm in insurance.", 'Works in insurance'],
    ['Occupation?', 'Teacher.', 'Is a teacher'],
    ['Marital status?', 'Married.', 'Is married'],
    ['What is your blood group?', 'O negative.', 'Blood group is O negative'],
    ['And any children?', 'Three.', 'Has three children'],
    ['Do you speak any languages?', 'Gujarati and some French.', 'Speaks Gujarati and some French'],
    ["What's the rabbit called?", 'Gordon.', 'Rabbit is Gordon'],
    ['Where do you live?', 'I am living in Coventry.', 'Lives in Coventry'],
  ])('reads an answer with its question: %s %s', async (question, answer, fact) => {
    const turns = [`Ann: ${question}`, `Me: ${answer}`];
    expect((await factsAfter(turns)).current).toEqual([fact]);
  });

  it.each([
    ['Any allergies that I should know about?', 'Okay, will do.'],
    ['Any allergies that I should know about?', 'Alright, I can do that.'],
    ['Are you allergic to anything?', 'Hmm, let me think.'],
    ['Do you have any pets?', 'Well, it depends.'],
    ['Where do you live?', 'Right, I see.'],
    ['Any children?', 'Fine, thanks.'],
    ['How many brothers do you have?', 'Great, go on.'],
  ])('takes for no answer what names nothing: %s %s', async (question, answer) => {
    expect((await factsAfter([`Ann: ${question}`, `Me: ${answer}`])).current).toEqual([]);
  });

  it('marks what is sure', async () => {
    const { memories } = await engine.understand(
      { ...toInput(['Me: I sold my car. I have two cats.'], 'Me'), forced: true },
      signal,
    );
    expect(memories.map(({ content, isSure }) => [content, isSure])).toEqual([
      ['Sold their car', true],
      ['Has two cats', true],
    ]);
  });

  it('keeps more than five facts of one talk', async () => {
    const text =
      'I live in Bonn. I work for the post office. I have two cats. I play the piano. I drive a van. I speak Dutch. I have asthma.';
    expect((await factsAfter([`Me: ${text}`])).current).toHaveLength(7);
  });
});

describe('facts that end', () => {
  it.each([
    [
      'I am allergic to walnuts.',
      'It turns out I am not allergic to walnuts.',
      'no longer allergic',
    ],
    ['I live in Porto.', 'I moved from Porto to Lisbon last week.', 'Lives in Lisbon'],
    ['I work at the mill.', 'I quit my job at the mill.', 'No longer works'],
    ['I drive a red Fiat.', 'I drive a Skoda now.', 'Drives a Skoda'],
    ['I have two cats.', 'I have three cats now.', 'Has three cats'],
    ["I'm engaged.", 'We broke up.', 'no longer engaged'],
    ['I have a dog.', 'Our dog died last night.', 'No longer has a dog'],
    ["I don't eat meat.", 'I eat meat again.', 'Eats meat'],
  ])('%s %s', async (first, second, now) => {
    const { current, past } = await factsAfter([`Me: ${first}`], [`Me: ${second}`]);
    expect(current).toHaveLength(1);
    expect(current[0]).toContain(now);
    expect(past).toHaveLength(1);
  });

  it('stay if they are only denied for a day', async () => {
    const { current } = await factsAfter(
      ['Me: I have a dog.'],
      ["Me: I don't have the dog with me today."],
    );
    expect(current).toEqual(['Has a dog']);
  });

  it.each([
    ['I work at the mill.', 'I left the mill early today, my head was splitting.'],
    ['I have a garden.', "I haven't done anything in the garden."],
    ['I have a lodger.', 'The lodger forgot his keys.'],
    ['My husband is a plumber.', "My husband's van was sold."],
    ['I live in Rome.', 'I left Rome for a year and came straight back.'],
    ['My brother is a pilot.', 'My brother never rang.'],
  ])('stay if something else ended: %s %s', async (first, second) => {
    const { current } = await factsAfter([`Me: ${first}`], [`Me: ${second}`]);
    expect(current).toHaveLength(1);
    expect(current[0]).not.toMatch(/no longer/i);
  });

  it('end within one talk too', async () => {
    const text = "I play the violin. Well, I don't play the violin any more.";
    expect((await factsAfter([`Me: ${text}`])).current).toEqual([]);
  });
});

describe('endings by classes', () => {
  it.each([
    ['I work at the library.', 'I handed in my notice at the library.', 'No longer works'],
    ['I sing in a gospel choir.', "I've left the choir.", 'No longer sings'],
    ["I'm learning to drive.", "I've finally passed my driving test.", 'no longer learning'],
    ['My husband is called Omar.', 'Omar and I are divorced now.', 'no longer called Omar'],
    ["I'm pregnant.", 'I had the baby on Friday.', 'no longer pregnant'],
    ['I play the harp.', 'The harp went back to the hire shop.', 'No longer plays the harp'],
    ['I keep ducks.', 'The ducks are all gone.', 'No longer keeps ducks'],
    ["I'm in the tennis club.", 'I let my tennis club membership lapse.', 'no longer in'],
    ['I have two budgies.', "We gave the budgies to my neighbour's girl.", 'No longer has'],
    ['I bank with Lloyds.', "I've moved everything from Lloyds to Monzo.", 'No longer banks'],
    ['I have a cleaner called Bea.', "We don't have a cleaner any more.", 'No longer has'],
    ['I study law in Bristol.', 'I dropped out of law.', 'No longer studies'],
    ['My phone number is 0161 555 7788.', "I've changed my number, it's 0161 555 9900.", '9900'],
  ])('%s %s', async (first, second, now) => {
    const { current } = await factsAfter([`Me: ${first}`], [`Me: ${second}`]);
    expect(current.join('; ')).toContain(now);
    expect(current.filter((fact) => !fact.includes('divorced'))).toHaveLength(1);
  });

  it.each([
    ['I have a dog.', "My neighbour's dog died.", 'Has a dog'],
    ['I have a dog.', 'Her dog died last week.', 'Has a dog'],
    ['I play the clarinet.', 'My brother gave up the clarinet.', 'Plays the clarinet'],
    ["I'm married.", 'My sister got divorced.', 'Is married'],
    ['I work at the library.', 'I left the library at five.', 'Works at the library'],
    ['I drive a Volvo.', "I sold Ben's Volvo for him.", 'Drives a Volvo'],
  ])('%s is not ended by: %s', async (first, second, still) => {
    const { current } = await factsAfter([`Me: ${first}`], [`Me: ${second}`]);
    expect(current).toContain(still);
  });
});
