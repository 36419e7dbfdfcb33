import { hourWords, type SpeechFrames } from '../speech-frames.ts';

const COUNT = '(?:un|una|dos|tres|cuatro|cinco)';
const KIN = '(?:hij[oa]s?|herman[oa]s?|perr[oa]s?|gat[oa]s?|niet[oa]s?)';

/** Spanish speech. */
export const SPANISH_FRAMES: SpeechFrames = {
  promise:
    '(?<!\\p{L})(?:tengo que|debo|necesito|voy a|me toca|recuérdame(?: que tengo que)?)(?! que)(?!\\p{L})',
  request:
    '(?<!\\p{L})(?:me )?(?:puedes|podrías|puede|podría)(?: usted)?|(?<!\\p{L})tienes que|(?<!\\p{L})(?:no (?:te )?olvides(?: de)?|acuérdate de|no se olvide de|recuerda)(?!\\p{L})',
  verbAt: 'first',
  plainVerb: '\\p{L}+(?:ar|er|ir|ír)(?:me|te|se|nos|lo|la|los|las|le|les)?',
  noDeeds:
    'ser estar tener haber poder ver decir creer pensar saber oír esperar quedarme vivir morir dormir reír llorar entender escuchar decirte contarte explicar admitir reconocer ir venir hacer hacerlo irme ayudarme repetir',
  clauseEnd:
    '[,.;:!?¿¡]|\\s(?:pero|porque|para que|si|aunque|y (?:yo|luego|después|tú)|que)(?!\\p{L})',
  beforeTime: '(?:antes del|antes de|para el|para|el|la|a partir del|hasta el|desde el)',
  idle: 'por favor también todavía luego ahora rápido ya',
  spoiled:
    '(?<!\\p{L})(?:no(?! (?:te )?olvides| se olvide)|nunca|jamás|sin|si|cuando era|quizás?|tal vez|ojalá|dice|dijo|dicen|según|era|fui|antes era|ayer|pasad[oa](?! mañana))(?!\\p{L})',
  refusal: '(?:no|lo siento|no puedo|imposible|ya (?:lo|la|está))(?!\\p{L})',
  appointment:
    '(?:cita|reunión|entrevista|examen|concierto|boda|cena|comida|almuerzo|clase|vuelo|consulta|revisión|vacuna|visita|quedada|fiesta)(?!\\p{L})',
  appointmentWith: '(?: (?:con|en|de|del|a|para)(?: (?:el|la|los|las|mi))? \\p{L}+)?',
  cancelled:
    '(?<!\\p{L})(?:cancelad[oa]|se cancela|cancelar|anulad[oa]|aplazad[oa]|no puedo|imposible)(?!\\p{L})',
  facts: [
    ['soy (alérgic[oa] .+)', 'Es'],
    [
      'soy ((?:vegetarian|vegan|médic|abogad|enfermer|ingenier|maestr|camarer|cociner)[oa]|profesora?|estudiante|periodista|dentista|electricista)(?!\\p{L})',
      'Es',
    ],
    ['soy (de \\p{Lu}\\p{L}+(?: \\p{Lu}\\p{L}+)*)', 'Es'],
    ['estoy (casad[oa]|divorciad[oa]|embarazada|jubilad[oa])(?!\\p{L})', 'Está'],
    ['trabajo ((?:de|como|en|para) .+)', 'Trabaja'],
    ['vivo (en .+)', 'Vive'],
    [`tengo (${COUNT} ${KIN})(?!\\p{L})`, 'Tiene'],
    [
      'hablo ((?:inglés|francés|alemán|español|italiano|portugués|chino|árabe)(?: y \\p{L}+)?)',
      'Habla',
    ],
    ['me (?:gusta|gustan|encanta|encantan) ((?:el|la|los|las) .+)', 'Le gusta'],
  ],
  times: [
    ['pasado mañana', 'en 2 días'],
    ...hourWords(
      'una dos tres cuatro cinco seis siete ocho nueve diez once doce',
      '(?:a|sobre) las? ',
      ' y media',
      '$1#:30',
    ),
    ...hourWords(
      'una dos tres cuatro cinco seis siete ocho nueve diez once doce',
      '(?:a|sobre) las? ',
      '(?: en punto)?',
      '$1#:00',
    ),
  ],
};
