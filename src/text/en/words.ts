import type { WordClasses } from '../language.ts';

/** English words by what they contribute to the meaning of a text. A word may be in several classes. */
export const ENGLISH_WORDS: WordClasses = {
  // Articles, plain prepositions, forms of "be", "have", "do": two facts that differ only in these are the same.
  empty: `
    a an and are as at be been by currently did do does for from had has have her his in is it its
    my now of on or our that the their this to was were with your`,
  // Other function words, with the tails that an apostrophe leaves behind. No query depends on them.
  grammar: `
    about all also am any being but can could d doing don done having he hers him how i if into
    just ll m me no not off only onto ours out over re s she should so some t than them then there
    these they those too under up us ve very we what when where which who whom whose why will
    would you yours`,
  // Modal verbs. "May" is also a month and a name, so a question keeps it.
  modals: `
    shall may might must let lets`,
  // Verbs that occur with every subject.
  light: `
    get got say said`,
  // Adverbs, numerals, interjections and calendar words. They name no subject, but they decide what a sentence claims.
  fillers: `
    'cause above across actually after afternoon again against ago ah almost along already alright
    although always among another anybody anyone anything april aren around august basically
    because before below between bit both bye cannot certainly cool cos couldn cuz dear december
    definitely didn doesn down dunno during each eight eighteen either eleven else enough er erm
    even evening ever every everybody everyone everything exactly february few fifteen fifty fine
    first five forty four fourteen friday further gonna good goodbye gotta great hadn hasn haven
    hello here herself hey hi himself hm hmm however huh hundred instead isn itself january july
    june kinda last later like literally little lot lots many march maybe mhm midnight mine mm
    monday more morning most much myself neither never next nice night nine nineteen nobody none
    noon nope nor nothing november o'clock obviously october often oh ok okay once one ones ooh
    other otherwise ouch ought ourselves own past per perhaps please pm possibly probably quite
    rather really right same saturday second september seven seventeen shouldn simply since six
    sixteen somebody someone something sometimes soon sorry sorta still such sunday sure ten thank
    thanks theirs themselves therefore third thirteen thirty though thousand three through
    thursday today tomorrow tonight towards tuesday twelve twenty two uh um unless unlike until
    upon via wanna wasn wednesday well weren whether while whoa whole within without won wouldn
    wow yeah yep yes yesterday yet yourself yup`,
  // Common verbs, nouns and adjectives. A title made of them says nothing.
  everyday: `
    able absolutely add added adding agree agreed ahead allow answer answers anyhow anyway
    anywhere apart apparently appreciate area areas aren't ask asked asking asks available aware
    away back bad based became become began begin beginning begins believe best better big book
    boring bottom bring brings brought bunch busy buy call called calling calls came can't carry
    carrying case cases certain chair change changed changes changing check checking clear come
    comes coming completely continue continued continuing couldn't couple course cover covered
    crazy day days didn't different difficult doesn't dollars don't double drink drop early easy
    eat eating empty end enjoy enjoyed especially euros eventually everybody's everywhere example
    examples excellent extent fact facts fairly false feel feeling feels felt finally find finding
    finds firstly follow followed following forget forth forward found free front full funny gave
    general generally gets getting give given gives giving glad go goes going gone gotten guess
    guessing guy guys half happen happened happening happens happy hard hasn't hate haven't he's
    hear heard hearing hears help helped helping helps here's high hope hoped hoping hour hours
    hurt hurts i'd i'll i'm i've idea ideas immediately important include included includes
    including initially interested interesting isn't issue issues it's keep keeping keeps kept
    kind kinds knew know knowing known knows large late leak leaks leave leaves leaving left let's
    level levels liked likes live living long look looked looking looks love loved lovely low made
    make makes making man mean meaning means meant member members mention mentioned middle
    minister minute minutes moment month months move moved moves moving name names nearly need
    needed needing needs new note noted number numbers old opportunity order part particular
    particularly parts pay people percent perfect person pick place places play played playing
    plays pleased plenty point points possible pounds pretty problem problems provide provided
    providing put puts putting quarter question questions quick quickly ran ready real reason
    reasons recently refer regard related relation remember respect respond responding rest run
    running runs saw saying says secondly see seeing seem seemed seems seen sees send sense set
    sets setting several she's short shouldn't show showed showing shown shows side sides similar
    similarly simple single sit sitting small smell smells somehow sometime somewhat somewhere
    sooner sort sorts sound sounding sounds speak speaking speaks special specific specifically
    spoke stand standing start started starting starts stay staying stop stopped stops straight
    stuff super suppose supposed take taken takes taking talk talked talking talks tell telling
    tells term terms that's there's they're they've thing things think thinking thinks thought
    time times tired today's together told took top totally tried tries true try trying turn
    turned turns type types unbelievable understand understanding understands understood use used
    uses using various wait waited waiting want wanted wanting wants wasn't way ways we'll we're
    we've week weeks weird welcome went weren't what's whatever whichever who's whoever woman
    won't wonder wonderful wondering word words work worked working works worried worry worse
    worst worth wouldn't year years you'll you're you've`,
  // Words that people use to ask. In a question they do not say what it is about.
  asking: `
    after again anybody anyone anything ask asked asking because before chat conversation
    conversations describe didn discuss discussed discussing discussion during each elaborate
    elaborated ever explain explained find give given go going group happen happened hear heard
    here know like list look many meeting meetings mention mentioned more most much one opinion
    other participants people please propose question really reason reasons recall regarding
    remember respond responded saying says search see show somebody someone something speak
    speaker spoke summarise summarize summary talk talked talking team tell tells thing things
    think thinks thought thoughts time told topic topics want whether while`,
  // Words of an order to change a task. They do not say which task.
  requests: `
    action again change check close complete completed down every finish finished item items made
    make mark move need new next off old open pending postpone push remind reminder rename reopen
    reschedule set task tasks tick todo todos two update use`,
  // Stay in lower case inside a title.
  smallInTitles: 'a an the and or but nor of at by for with to from in on as into over per via vs',
  phatic: 'hello hi hey bye thanks ok okay yes yeah no hm mhm',
};
