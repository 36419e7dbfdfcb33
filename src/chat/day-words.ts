import type { DateTime } from 'luxon';

/** A stretch of time, both ends included. */
export interface Span {
  from: DateTime;
  to: DateTime;
}

type Unit = 'day' | 'week' | 'month' | 'year';

/** Words for days, weeks, months and years near now, in languages other than English. */
const WORDS: readonly (readonly [back: number, unit: Unit, spaced: string, unspaced: string])[] = [
  // The longer words come first: "vorgestern" holds "gestern".
  [
    2,
    'day',
    "vorgestern|avant-hier|anteayer|antier|l['’]altro ieri|anteontem|eergisteren|przedwczoraj|позавчера|позавчора",
    'おととい|一昨日|前天|그저께|엊그제',
  ],
  [
    1,
    'day',
    // "Hier" is "here" in German.
    'gestern|(?<=(?:avons|avez|ai|as|a|ont|dit|fait|parlé) )hier|hier (?=soir|matin)|ayer|ieri|ontem|gisteren|wczoraj|вчера|вчора|dün|אתמול|أمس',
    '昨日|きのう|昨天|어제|เมื่อวาน',
  ],
  [
    0,
    'day',
    "heute|aujourd['’]hui|hoy|oggi|hoje|vandaag|dzisiaj|dziś|сегодня|сьогодні|bugün|היום|اليوم",
    '今日|きょう|今天|오늘|วันนี้',
  ],
  [
    1,
    'week',
    '(?:letzte|vorige)[nr]? woche|la semaine (?:dernière|passée)|(?:la |na )?semana pasada|(?:na )?semana passada|la settimana scorsa|(?:vorige|afgelopen) week|на прошлой неделе',
    '先週|上周|上个星期|上週|지난주|지난 주',
  ],
  [
    0,
    'week',
    'diese[nr]? woche|cette semaine|esta semana|questa settimana|deze week|на этой неделе',
    '今週|这周|本周|这个星期|這週|이번 주|이번주',
  ],
  [
    1,
    'month',
    'letzten monat|le mois dernier|(?:el )?mes pasado|il mese scorso|(?:no )?mês passado|vorige maand|в прошлом месяце',
    '先月|上个月|上個月|지난달|지난 달',
  ],
  [
    0,
    'month',
    'diesen monat|ce mois-ci|este mes|questo mese|este mês|deze maand|в этом месяце',
    '今月|这个月|本月|這個月|이번 달|이번달',
  ],
  [
    1,
    'year',
    "letzte[sn]? jahr|l['’]année dernière|(?:el )?año pasado|l['’]anno scorso|(?:no )?ano passado|vorig jaar|в прошлом году",
    '去年|昨年|작년|지난해',
  ],
];

/** Patterns for these words, with what each means at a moment. */
export const DAY_WORDS: readonly (readonly [RegExp, (now: DateTime) => Span])[] = WORDS.map(
  ([back, unit, spaced, unspaced]) => [
    // Scripts without spaces have no borders of words; Korean joins its particles to them.
    new RegExp(`(?<![\\p{L}\\p{M}])(?:${spaced})(?![\\p{L}\\p{M}])|${unspaced}`, 'iu'),
    (now) => {
      const day = now.minus({ [`${unit}s`]: back });
      return { from: day.startOf(unit), to: day.endOf(unit) };
    },
  ],
);
