/** Particles that follow a noun without a space, longest first. */
const PARTICLES = [
  ...['에게서는', '에서부터', '으로부터', '이라고는'],
  ...[
    '에서는',
    '에게서',
    '한테서',
    '까지는',
    '부터는',
    '이라고',
    '이라는',
    '으로는',
    '에서도',
    '에게는',
    '보다는',
  ],
  ...[
    '에서',
    '에게',
    '한테',
    '까지',
    '부터',
    '으로',
    '이랑',
    '이나',
    '라고',
    '라는',
    '보다',
    '처럼',
    '마다',
  ],
  ...['밖에', '에는', '에도', '와는', '과는', '하고', '조차', '마저'],
  ...[
    '은',
    '는',
    '이',
    '가',
    '을',
    '를',
    '에',
    '의',
    '도',
    '로',
    '와',
    '과',
    '만',
    '랑',
    '나',
    '께',
    '요',
  ],
];
/** Syllables that remain of a word at least: shorter ones may be whole words themselves. */
const LEAST_SYLLABLES = 2;

/** Returns a Korean word without the particle at its end: 서울에서 as 서울. */
export function koreanStem(word: string): string {
  const particle = PARTICLES.find(
    (ending) => word.endsWith(ending) && word.length - ending.length >= LEAST_SYLLABLES,
  );
  return particle === undefined ? word : word.slice(0, -particle.length);
}
