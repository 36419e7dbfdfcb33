import { hourWords, type SpeechFrames } from '../speech-frames.ts';

const PROFESSION =
  '\\p{Lu}\\p{L}*(?:lehrer|arbeiter|pfleger|entwickler|verkäufer|fahrer|techniker|bäcker|rentner|student|studentin|ingenieur|informatiker|händler|lehrerin|arbeiterin|pflegerin|entwicklerin|verkäuferin|fahrerin|technikerin|bäckerin|rentnerin|ingenieurin|informatikerin|händlerin|ärztin|arzt|anwalt|anwältin)';
const COUNT = '(?:einen|eine|ein|zwei|drei|vier|fünf)';
const KIN =
  '(?:kind|kinder|sohn|söhne|tochter|töchter|bruder|brüder|schwestern?|hund|hunde|katzen?)';

/** German speech. */
export const GERMAN_FRAMES: SpeechFrames = {
  promise:
    '(?<!\\p{L})ich (?:muss|werde|soll|sollte)|(?<!\\p{L})(?:muss|werde|soll|sollte) ich|(?:erinnere|erinner) mich(?: bitte)? daran,?',
  request:
    '(?<!\\p{L})(?:kannst|könntest|würdest) du|(?<!\\p{L})(?:können|könnten|würden) Sie|(?<!\\p{L})du (?:musst|sollst)|(?<!\\p{L})vergiss nicht,?|(?<!\\p{L})denk(?:e)?(?: bitte)? daran,?',
  verbAt: 'last',
  plainVerb: '\\p{L}+(?:en|ern|eln|tun)',
  noDeeds:
    'sein haben werden können müssen sollen dürfen sagen denken glauben wissen sehen hören gehen kommen warten bleiben leben sterben schlafen lachen weinen helfen verstehen zugeben gestehen überlegen nachdenken lassen machen finden aufpassen zuhören wiederholen erzählen erklären verraten vorstellen',
  clauseEnd:
    '[,.;:!?]|\\s(?:aber|weil|dass|damit|wenn|sonst|denn|ob|und (?:ich|du|dann|wir))(?!\\p{L})',
  beforeTime: '(?:bis|am|um|ab|vor|gegen|zum|spätestens)',
  idle: 'mir uns bitte noch mal auch dann heute unbedingt schnell einfach wohl schon gleich zu',
  spoiled:
    '(?<!\\p{L})(?:nicht|nie|niemals|kein\\p{L}*|wenn|falls|ob|würde|wäre|hätte|könnte|früher|damals|angeblich|vielleicht|sagt|sagte|meint|meinte|war|hatte|gestern|letzte\\p{L}*)(?!\\p{L})',
  refusal:
    '(?:nein|nee|leider|geht nicht|kann ich nicht|das kann ich nicht|schon erledigt|hab ich schon)',
  appointment:
    '\\p{L}*(?:termin|besprechung|verabredung|gespräch|prüfung|konzert|hochzeit|geburtstagsfeier|abendessen|mittagessen|unterricht|meeting|treffen|flug|elternabend|impfung|untersuchung)(?!\\p{L})',
  appointmentWith:
    '(?: (?:beim|bei|mit|zum|zur|im|in|am|nach|von|der|des)(?: \\p{Ll}+)?(?: \\p{Lu}[\\p{L}.]*)+)?',
  cancelled:
    '(?<!\\p{L})(?:abgesagt|absagen|fällt aus|verschoben|kann (?:doch )?nicht|klappt nicht)(?!\\p{L})',
  facts: [
    ['ich bin (allergisch gegen .+)', 'Ist'],
    [
      `ich bin ((?:vegetarier|vegetarierin|veganer|veganerin|vegan|schwanger|verheiratet|geschieden)(?!\\p{L})|${PROFESSION}(?!\\p{L}))`,
      'Ist',
    ],
    ['(?:ich|und) arbeite ((?:als|bei|in|im|für) .+)', 'Arbeitet'],
    ['ich (?:wohne|lebe) ((?:in|im|am|auf) .+)', 'Wohnt'],
    ['ich komme (aus .+)', 'Kommt'],
    [`ich habe (${COUNT} ${KIN})(?!\\p{L})`, 'Hat'],
    ['ich spreche (\\p{Lu}\\p{L}+(?: und \\p{Lu}\\p{L}+)*)', 'Spricht'],
    ['ich spiele (\\p{Lu}\\p{L}+)$', 'Spielt'],
  ],
  times: [
    ...hourWords(
      'eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf',
      'um halb ',
      '',
      'um halb #',
    ),
    ...hourWords(
      'eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf',
      '(?<!halb )(?:um|gegen|ab|bis) ',
      '(?: uhr)?',
      '$1# Uhr',
    ),
    ...Array.from({ length: 12 }, (_, at): [string, string] => [
      `um halb ${at + 1}(?!\\d)(?: uhr)?`,
      `um ${(at + 11) % 12 || 12}:30 Uhr`,
    ]),
    ['(?<!\\p{L})(\\p{L}+tag)(?:nach)?mittag(?!\\p{L})', '$1'],
  ],
};
