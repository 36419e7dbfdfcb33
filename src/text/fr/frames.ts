import { hourWords, type SpeechFrames } from '../speech-frames.ts';

const COUNT = '(?:un|une|deux|trois|quatre|cinq)';
const KIN = '(?:enfants?|fils|filles?|frères?|sœurs?|soeurs?|chiens?|chiennes?|chats?|chattes?)';

/** French speech. */
export const FRENCH_FRAMES: SpeechFrames = {
  promise:
    "(?<!\\p{L})je (?:dois|vais|devrais)|(?<!\\p{L})(?:rappelle|rappelez)-moi d(?:e |')|j'ai besoin d(?:e |')",
  request:
    "(?<!\\p{L})(?:tu (?:peux|pourrais|dois)|peux-tu|pourrais-tu|vous (?:pouvez|pourriez|devez)|pouvez-vous|pourriez-vous)|(?<!\\p{L})n'(?:oublie|oubliez) pas d(?:e |')|(?<!\\p{L})(?:pense|pensez) à",
  verbAt: 'first',
  plainVerb: '\\p{L}+(?:er|ir|re|oir)',
  noDeeds:
    'être avoir pouvoir devoir voir dire croire penser savoir entendre attendre rester vivre mourir dormir rire pleurer comprendre écouter avouer reconnaître expliquer aller venir faire parler aider répéter',
  clauseEnd:
    '[,.;:!?]|\\s(?:mais|parce que|pour que|si|quand|et (?:je|tu|puis|après)|que|qui|car)(?!\\p{L})',
  beforeTime: "(?:avant le|avant|d'ici|pour|dès|jusqu'à|jusqu'au|à partir de|le|ce)",
  idle: "s'il te plaît s'il vous plaît aussi encore vite juste me nous absolument vraiment",
  spoiled:
    "(?<!\\p{L})(?:ne|n'(?!oublie)\\p{L}+|jamais|sans|si|peut-être|dit|disait|disent|selon|étais|était|hier|dernière?)(?!\\p{L}|')",
  refusal: "(?:non|désolée?|je ne peux pas|impossible|c'est déjà fait|déjà fait)(?!\\p{L})",
  appointment:
    '(?:rendez-vous|réunion|entretien|examen|concert|mariage|dîner|déjeuner|cours|vol|consultation|visite|vaccin|fête)(?!\\p{L})',
  appointmentWith: "(?: (?:chez|avec|à|au|pour|de|du|d')(?: (?:le|la|les|mon|ma))? ?\\p{L}+)?",
  cancelled: '(?<!\\p{L})(?:annulée?|annuler|reportée?|peux pas|impossible)(?!\\p{L})',
  facts: [
    ['je suis (allergique .+)', 'Est'],
    [
      'je suis ((?:végétarien|végan|infirmier|ingénieur|avocat|étudiant|cuisinier|boulanger)(?:ne|e|ère)?|végétarienne|infirmière|professeure?|médecin|dentiste|journaliste|mariée?|divorcée?|enceinte|retraitée?)(?!\\p{L})',
      'Est',
    ],
    ['je travaille ((?:comme|chez|dans|à|en|pour) .+)', 'Travaille'],
    ["(?:j'habite|je vis) ((?:à|en|au|aux|dans) .+)", 'Habite'],
    ["je viens (d(?:e |u |es |')\\p{Lu}.+)", 'Vient'],
    [`j'ai (${COUNT} ${KIN})(?!\\p{L})`, 'A'],
    [
      'je parle ((?:anglais|français|allemand|espagnol|italien|portugais|chinois|arabe)(?: et \\p{L}+)?)',
      'Parle',
    ],
    ["j'(?:aime|adore) ((?:le |la |les |l')\\p{L}.*)", 'Aime'],
  ],
  times: [
    ['après-demain', 'dans 2 jours'],
    ...hourWords(
      'une deux trois quatre cinq six sept huit neuf dix onze douze',
      '(?:à|vers) ',
      ' heures? et demie',
      '$1#h30',
    ),
    ...hourWords(
      'une deux trois quatre cinq six sept huit neuf dix onze douze',
      '(?:à|vers) ',
      ' heures?',
      '$1#h',
    ),
  ],
};
