/** One or two capitalised words, as a name is written; `Mary-Jane`, `O'Brien` and `José` are. */
const WORD = /\p{Lu}[\p{L}\p{M}]*(?:['’-]\p{L}[\p{L}\p{M}]*)*/u.source;
const NAME = new RegExp(` (${WORD}(?: ${WORD})?)(?![\\p{L}\\p{M}])`, 'uy');

/** Phrases that are about nothing but one's own name, by the languages of a family. */
const NAMED = phrases(
  // English, Dutch, German, Swedish, Norwegian, Danish
  "my name is|my name['’]s|call me|mijn naam is|ik heet|mein name ist|ich heiße|ich heisse",
  'mitt namn är|jag heter|mitt navn er|jeg heter|mit navn er|jeg hedder',
  // French, Spanish, Catalan, Portuguese, Italian, Romanian
  "je m['’]appelle|mon nom est|moi,? c['’]est|me llamo|mi nombre es|em dic",
  'me chamo|chamo-me|meu nome é|mi chiamo|il mio nome è|mă numesc|mă cheamă|numele meu este',
  // Polish, Czech, Slovak, Croatian, Russian, Ukrainian, Bulgarian, Greek
  'nazywam się|mam na imię|jmenuji se|volám sa|zovem se',
  'меня зовут|моё имя|мое имя|мене звати|мене звуть|казвам се',
  'με λένε|ονομάζομαι|το όνομά μου είναι',
  // Turkish, Finnish, Hungarian, Indonesian, Vietnamese
  'benim adım|adım|ismim|nimeni on|a nevem|nama saya(?: adalah)?|tên tôi là|tôi tên là',
);

/** Phrases that anything may follow: they count at a beginning, with a name and an end behind it. */
const BEING =
  /(?:^|[.!?…;:,—–-] ?|(?:^|[ ,.!?])(?:hi|hello|hey|well|so|and|yes|yeah|yep|okay|ok|oh|morning|afternoon|evening|everyone|everybody|all|there|guys|folks) )(?:i am|i['’]m|je suis|soy)(?= )/giu;
const END =
  / *(?:$|[.,!?;:—–]|(?:and|from|with|here|at|of|by|your|the|nice|pleased|calling|speaking|i|i['’]m|i['’]ll|who)\b)/iuy;
const THIS_IS = /(?:^|[.!?,;:] ?|(?:hi|hello|hey|yes) )this is(?= )/giu;
const ON_THE_TELEPHONE = / (?:speaking|calling)\b/iuy;

/** Scripts without capitals: only phrases that tell by themselves where the name ends. */
const OTHER_SCRIPTS = [
  /(?:我叫|我的名字是|我的名字叫|我名叫)((?![他她它你您们])\p{Script=Han}{2,4})(?=$|[，。！？、,.!? ])/u,
  /(?:^|[、。！？ ])(?:(?:私|わたし|僕|俺)(?:の名前)?は)?([\p{Script=Han}\p{Script=Katakana}ー]{2,6})(?:と申します|といいます|と言います)/u,
  /(?:私|わたし|僕)の名前は([\p{Script=Han}\p{Script=Katakana}ー]{2,6})です/u,
  /(?:제|내) 이름은 (\p{Script=Hangul}{2,4}?)(?:입니다|이에요|예요|이야|야)/u,
  /(?:저는|나는) (\p{Script=Hangul}{2,4}?)이?라고 (?:합니다|해요)/u,
  /मेरा नाम ([\p{L}\p{M}]{2,15}) (?:है|हैं)/u,
  /(?:^| )اسمي ([\p{L}\p{M}]{2,15})(?=$|[ .,،!؟])/u,
  /(?:^| )(?:שמי|קוראים לי) ([\p{L}\p{M}]{2,15})(?=$|[ .,!?])/u,
];

/**
 * Words that follow "I am" with a capital letter and are no names: how transcripts write peoples,
 * languages, days, months, creeds, and words at the start of a title.
 */
const NOT_NAMES = new Set(
  `a an the i my he she it we you they his her our your their what who why where when how and or but if that this
   is am are was were will would can could should do does did have has had be in on at of to for with from by as god jesus not no yes ok okay so very just really going gonna sorry sure fine good great happy sad tired
   hungry here there back home done ready late early right wrong afraid glad busy free new old sick well
   american british english german french spanish italian dutch polish russian chinese japanese korean indian
   mexican canadian australian irish scottish welsh swedish norwegian danish finnish greek turkish portuguese
   brazilian african european asian arab jewish israeli egyptian ukrainian swiss austrian belgian czech hungarian
   romanian bulgarian thai vietnamese filipino indonesian pakistani persian iranian iraqi latino latina hispanic
   christian catholic protestant muslim buddhist hindu atheist jew democrat republican
   monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
   september october november december mr mrs ms dr mister miss sir madam mom mum dad mommy daddy
   important nothing something somebody someone nobody everybody everyone anybody one two three
   français française parisien parisienne espagnol italien allemand anglais américain
   español española mexicano mexicana argentino argentina colombiano colombiana`.split(/\s+/),
);
const TITLES = /^(?:Dr|Mr|Mrs|Ms|Miss|Sir|Professor|Prof|Doctor) /u;

const MIN_LETTERS = 2;
const MAX_LETTERS = 40;

/**
 * The name by which somebody introduces themselves in a text ("I am Anna", "mein Name ist …",
 * "me llamo …"), undefined if nobody does. Rather misses an introduction than takes "I am tired"
 * for one: the name has to be written as one.
 */
export function findIntroducedName(text: string): string | undefined {
  // If everything is a capital letter, nothing is told by one.
  if (text === text.toUpperCase() && /\p{Lu}/u.test(text)) return undefined;
  const plain = text.replace(/\s+/g, ' ').replace(/\b(Dr|Mr|Mrs|Ms|Prof)\. /g, '$1 ');
  return (
    nameAfter(plain, NAMED, null) ??
    nameAfter(plain, BEING, END) ??
    nameAfter(plain, THIS_IS, ON_THE_TELEPHONE) ??
    OTHER_SCRIPTS.map((pattern) => pattern.exec(plain)?.[1]).find((name) => name !== undefined)
  );
}

/** The first name that stands behind `phrase` and, if one is wanted, before `end`. */
function nameAfter(text: string, phrase: RegExp, end: RegExp | null): string | undefined {
  for (const { 0: found, index } of text.matchAll(phrase)) {
    const written = matchAt(NAME, text, index + found.length);
    if (!written) continue;
    const at = index + found.length + written[0].length;
    const name = nameIn(written[1] ?? '');
    if (name !== undefined && (end === null || matchAt(end, text, at))) return name;
  }
  return undefined;
}

/** What a sticky pattern finds at a place. */
function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function nameIn(written: string): string | undefined {
  const words = written.replace(TITLES, '').split(' ');
  const isName = (word: string) => !NOT_NAMES.has(word.toLowerCase());
  const [first = '', second] = words;
  if (!isName(first)) return undefined;
  const name = second !== undefined && isName(second) ? `${first} ${second}` : first;
  return name.length >= MIN_LETTERS && name.length <= MAX_LETTERS ? name : undefined;
}

function phrases(...families: string[]): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{M}])(?:${families.join('|')})(?= )`, 'giu');
}
