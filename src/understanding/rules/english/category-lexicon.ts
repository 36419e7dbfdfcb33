import type { Category } from '../../../model/conversations/category.ts';

/** Stems to count per category; a trailing `*` matches any ending, a leading number is the weight. */
export const CATEGORY_WORDS: Partial<Record<Category, string>> = {
  health:
    'doctor dentist hospital clinic nurse patient symptom* pain headache* migraine* medicine* medication* prescription* tablet* pill* blood pressure surgery surgeon diagnos* therap* physio* vaccin* immunis* allerg* diabet* asthma cholesterol dose* virus coronavirus covid* pandemic disease* illness infection* fever cough health* checkup mental* care tooth teeth gum* filling insulin heart lung* knee x-ray scan diet sleep exercis*',
  finance:
    'bank* account* loan* mortgage* credit debit card* invoice* tax* pension invest* stock* bond* interest budget* savings refund* transaction* transfer* overdraft statement* fraud* insurance premium currency euro* dollar* deposit* salary payment* balance iban',
  travel:
    'flight* airport hotel* trip* travel* passport* visa itinerary luggage suitcase* beach* train trains ticket* airbnb tour* museum* sightseeing vacation holiday* boarding airline* hostel destination* island* packing rental ferry booking*',
  technology:
    'software app apps api server* database* code* deploy* bug* backend frontend website* computer* laptop* algorithm* data model* network* machine-learning python javascript cloud login password* device* remote control* button* battery* interface* hardware electronic* feature* kubernetes script* matlab octave programming release* staging latency',
  science:
    'photosynthesis plants chlorophyll chloroplast* oxygen molecule* atom* organism* species protein* enzyme* cells planet* telescope gravity energy dioxide reaction* experiment* research* hypothes* theor* physic* chemist* biolog* spectral spectrum frequenc* filter* recogni* phone* phonetic acoustic* gaussian* viterbi cepstral nasality sonorant normali* probabilit* variable* classifier* neural thesis training dataset* measurement* matrix vector* linguistic* estimat* digit* states htk hmm* lda echo* cancell* microphone* speech aurora downsampling',
  education:
    'school* teacher* student* homework exam* class* course* lecture* professor* university college curriculum lesson* grade* semester tutor* learn* pupil* education degree essay* assignment* study studying campus',
  work: 'meeting* project* deadline* team* client* customer* report* presentation* manager* colleague* agenda* roadmap sprint* milestone* stakeholder* slide* proposal* launch* review* budget* office hire hiring onboarding product* design* marketing industrial user* functional specification* requirement* conceptual prototype* quarter* draft',
  business:
    'quote quotes offer board purchase* deal company companies revenue* profit* sales market* customer* strategy competitor* contract* supplier* invest* startup price* pricing margin* partnership* retail* brand* euro* production cost* vendor*',
  entrepreneurship:
    'startup* founder* pitch* investor* venture funding seed accelerator bootstrapp* cofounder*',
  family:
    'mom mum dad mother father sister* brother* daughter* son sons grandma grandpa grandmother grandfather aunt* uncle* cousin* kid kids family families wife husband niece nephew parents grandparents thanksgiving sibling*',
  parenting:
    'toddler* diaper* nappy daycare childcare bedtime tantrum* parenting breastfeed* stroller pediatrician nursery babysitter',
  social:
    'party parties friend* drinks pub bar bbq barbecue hang hangout weekend gossip wedding* neighbo* guest* invite* birthday*',
  sports:
    'football soccer basketball tennis match* league goal* coach training marathon gym team* player* score* cup olympic* swim* cycling race*',
  politics:
    'government minister* parliament* committee* election* vote* policy policies legislation law* senator* party deputy council* authority authorities democracy campaign* parliamentary plenary scrutiny amendment* welsh wales senedd',
  legal:
    'lawyer* court* judge* lawsuit contract* clause* attorney legal* liability testimony settlement* sue notary',
  music:
    'song* album* band* guitar* piano concert* melody singer* orchestra chord* playlist choir violin drums',
  entertainment:
    'movie* film* series episode* netflix actor* actress* season* trailer cinema game* celebrity show*',
  literature: 'novel* book* author* poem* poetry chapter* fiction writer* publisher* story plot',
  history:
    'century centuries empire war* ancient medieval historian* revolution dynasty king* queen*',
  philosophy:
    'philosoph* ethic* moral* existential* consciousness metaphysic* stoic* kant nietzsche',
  spiritual:
    'church prayer* pray god bible meditat* faith spiritual* temple mosque pastor priest soul* buddhis*',
  psychology:
    'psycholog* anxiety depress* trauma* cognitive therapist* emotion* behaviou?r* personality counsel*',
  romantic:
    'wedding* bride groom fiancé* engaged honeymoon venue date dating girlfriend boyfriend romantic anniversary valentine* crush relationship* love kiss*',
  real: 'apartment* house* mortgage landlord* tenant* rent* realtor* bedroom* kitchen lease* property square viewing renovation*',
  architecture:
    'architect* facade* floorplan* blueprint* building* concrete renovation* structural',
  design:
    'typography logo* colour* color* layout* wireframe* mockup* figma branding palette aesthetic* font*',
  economics: 'inflation gdp economy economic* unemployment recession monetary fiscal tariff* trade',
  environment:
    'climate carbon emission* recycl* solar pollution sustainab* biodiversity renewable* wildlife deforestation',
  weather: 'rain* sunny forecast* storm* snow* temperature* cloudy wind* humid* freezing',
  news: 'headline* newspaper* journalist* reporter* breaking press broadcast*',
  inspiration: 'inspir* motivat* dream* gratitude mindset resilience purpose',
  personal:
    'diary journal routine habit* hobby hobbies garden* vet mechanic garage brake* tyre* tires chores errand* cook* recipe* grocer* laundry apartment* myself dog cat birthday*',
};

export const CATEGORY_EMOJI: Record<Category, string> = {
  personal: '📝',
  education: '🎓',
  health: '🩺',
  finance: '💰',
  legal: '⚖️',
  philosophy: '🤔',
  spiritual: '🙏',
  science: '🔬',
  entrepreneurship: '🚀',
  parenting: '🧸',
  romantic: '❤️',
  travel: '✈️',
  inspiration: '✨',
  technology: '💻',
  business: '📈',
  social: '🎉',
  work: '💼',
  sports: '⚽',
  politics: '🏛️',
  literature: '📚',
  history: '🏺',
  architecture: '🏗️',
  music: '🎵',
  weather: '⛅',
  news: '📰',
  entertainment: '🎬',
  psychology: '🧠',
  real: '🏠',
  design: '🎨',
  family: '👪',
  economics: '📊',
  environment: '🌱',
  other: '💬',
};

/** A more telling emoji if the title or the key phrases say one of these words. */
export const WORD_EMOJI: [RegExp, string][] = [
  [/\b(?:dentist|tooth|teeth)\b/i, '🦷'],
  [/\b(?:remote control|television)\b/i, '📺'],
  [/\b(?:birthday)\b/i, '🎂'],
  [/\b(?:wedding)\b/i, '💒'],
  [/\b(?:dinner|restaurant|lunch)\b/i, '🍽️'],
  [/\b(?:flight|airport)\b/i, '✈️'],
  [/\b(?:train)\b/i, '🚆'],
  [/\b(?:dog|puppy)\b/i, '🐶'],
  [/\b(?:cat|kitten)\b/i, '🐱'],
  [/\b(?:speech|microphone)\b/i, '🎙️'],
  [/\b(?:vaccin|immunis)/i, '💉'],
  [/\b(?:car|garage)\b/i, '🚗'],
  [/\b(?:garden)\b/i, '🌷'],
  [/\b(?:credit card|debit card)\b/i, '💳'],
  [/\b(?:coronavirus|covid|pandemic)\b/i, '🦠'],
];
