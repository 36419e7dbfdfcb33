import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { toInput } from '../../../scripts/evaluate/read-sets.ts';
import { createRuleEngine } from '../../../src/understanding/rules/rule-engine.ts';

/** A Monday, ten in the morning. */
const ZONE = 'Europe/Berlin';
const { signal } = new AbortController();
const engine = createRuleEngine();

async function understand(language: string, ...turns: string[]) {
  const found = await engine.understand(toInput(turns, 'Me', undefined, language), signal);
  const when = (at: number) => DateTime.fromMillis(at, { zone: ZONE }).toFormat('dd.MM. HH:mm');
  return {
    ...found,
    tasks: found.actionItems.map(({ owner, description, dueAt }) =>
      [owner, description, dueAt === null ? '-' : when(dueAt)].join(' | '),
    ),
    appointments: found.events.map(({ title, start }) => `${title} | ${when(start)}`),
    facts: found.memories.map(({ content }) => content),
  };
}

describe('German', () => {
  it('finds tasks, an appointment and facts of a call', async () => {
    const found = await understand(
      'de',
      'Me: Hallo Anna, ich habe morgen um zehn einen Termin beim Zahnarzt.',
      'Anna: Gut. Kannst du bitte bis Freitag die Rechnung bezahlen?',
      'Me: Klar, mache ich. Ich muss noch Brot kaufen.',
      'Me: Ich bin allergisch gegen Nüsse und arbeite als Lehrer.',
    );
    expect(found.tasks).toEqual([
      'user | Die Rechnung bezahlen | 08.05. 23:59',
      'user | Brot kaufen | -',
    ]);
    expect(found.appointments).toEqual(['Termin beim Zahnarzt | 05.05. 10:00']);
    expect(found.facts).toEqual(['Ist allergisch gegen Nüsse', 'Arbeitet als Lehrer']);
    expect(found.title).toBe('Termin beim Zahnarzt');
    expect(found.note).toBeNull();
  });

  it('takes denial, conditions, refusals and hearsay for nothing', async () => {
    const found = await understand(
      'de',
      'Me: Ich muss die Miete nicht bezahlen, das macht mein Bruder.',
      'Me: Wenn es regnet, muss ich die Wäsche aufhängen.',
      'Anna: Kannst du das Auto waschen?',
      'Me: Nein, das geht heute leider gar nicht.',
      'Me: Er hat gesagt, ich wohne in Hamburg.',
      'Me: Der Termin am Freitag um elf ist abgesagt.',
    );
    expect([...found.tasks, ...found.appointments]).toEqual([]);
  });
});

describe('Spanish', () => {
  it('finds tasks, an appointment and facts of a call', async () => {
    const found = await understand(
      'es',
      'Me: Hola, mañana a las diez tengo cita con el dentista.',
      'Ana: ¿Puedes pagar la factura antes del viernes?',
      'Me: Claro. Tengo que comprar pan para la cena.',
      'Me: Soy alérgico a las nueces y trabajo de profesor.',
    );
    expect(found.tasks).toEqual([
      'user | Pagar la factura | 08.05. 23:59',
      'user | Comprar pan para la cena | -',
    ]);
    expect(found.appointments).toEqual(['Cita con el dentista | 05.05. 10:00']);
    expect(found.facts).toEqual(['Es alérgico a las nueces', 'Trabaja de profesor']);
    expect(found.title).toBe('Cita con el dentista');
  });

  it('takes denial and refusals for nothing', async () => {
    const found = await understand(
      'es',
      'Me: No tengo que pagar el alquiler este mes, lo paga mi hermano.',
      'Ana: ¿Puedes lavar el coche?',
      'Me: No puedo, lo siento, tengo mucho trabajo.',
      'Me: La reunión del viernes a las once está cancelada.',
    );
    expect([...found.tasks, ...found.appointments, ...found.facts]).toEqual([]);
  });
});

describe('French', () => {
  it('finds tasks, an appointment and facts of a call', async () => {
    const found = await understand(
      'fr',
      "Me: Bonjour, demain à dix heures j'ai rendez-vous chez le dentiste.",
      'Anne: Tu peux payer la facture avant vendredi ?',
      'Me: Bien sûr. Je dois acheter du pain pour ce soir.',
      'Me: Je suis allergique aux noix et je travaille comme professeur.',
    );
    expect(found.tasks[0]).toBe('user | Payer la facture | 08.05. 23:59');
    expect(found.tasks[1]).toMatch(/^user \| Acheter du pain \|/);
    expect(found.appointments).toEqual(['Rendez-vous chez le dentiste | 05.05. 10:00']);
    expect(found.facts).toEqual(['Est allergique aux noix', 'Travaille comme professeur']);
    expect(found.title).toBe('Rendez-vous chez le dentiste');
  });

  it('takes denial and refusals for nothing', async () => {
    const found = await understand(
      'fr',
      'Me: Je ne dois pas payer le loyer ce mois-ci, mon frère le paie.',
      'Anne: Tu peux laver la voiture ?',
      'Me: Non, désolé, je ne peux pas.',
      'Me: La réunion de vendredi à onze heures est annulée.',
    );
    expect([...found.tasks, ...found.appointments, ...found.facts]).toEqual([]);
  });
});

describe('a language without rules', () => {
  it.each([
    [
      'ja',
      'Me: 明日の10時に歯医者の予約があります。',
      'Anna: 金曜日までに請求書を払ってくれますか。',
    ],
    ['hi', 'Me: कल सुबह दस बजे मेरी डॉक्टर से मुलाकात है।', 'Anna: क्या तुम शुक्रवार तक बिल भर दोगे?'],
    [
      'ru',
      'Me: Завтра в десять у меня приём у зубного врача.',
      'Anna: Ты можешь оплатить счёт до пятницы?',
    ],
  ])(
    'keeps the talk, without English words, and says what it cannot do: %s',
    async (code, ...turns) => {
      const found = await understand(code, ...turns);
      expect(found.discarded).toBe(false);
      // The names of who speaks stand before what they say.
      const told = found.overview.replaceAll(/(?:Me|Anna): /g, '');
      expect(`${found.title} ${told}`).not.toMatch(/[a-z]{2}/i);
      expect(found.title.length).toBeGreaterThan(1);
      expect(found.note).toContain('Only a language model');
    },
  );
});
