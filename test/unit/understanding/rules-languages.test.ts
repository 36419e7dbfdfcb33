import { describe, expect, it } from 'vitest';
import { chooseRules } from '../../../src/understanding/rules/choose-rules.ts';
import { cleanSpeech } from '../../../src/understanding/rules/clean-speech.ts';
import { createRuleEngine } from '../../../src/understanding/rules/rule-engine.ts';
import type { SpokenSegment } from '../../../src/understanding/understanding-engine.ts';

/** What rules make of turns of two speakers. */
async function understand(...turns: string[]) {
  const segments = turns.map(
    (text, index): SpokenSegment => ({
      id: String(index),
      text,
      speaker: `SPEAKER_0${index % 2}`,
      name: index % 2 === 0 ? 'Anna' : 'Ben',
      isUser: index % 2 === 0,
      startMs: index * 5000,
      endMs: index * 5000 + 4000,
    }),
  );
  const input = {
    uid: 'anna',
    medium: 'speech' as const,
    segments,
    photos: [],
    startedAt: Date.parse('2026-11-30T09:00:00Z'),
    timeZone: 'Europe/Berlin',
    language: 'en',
    userName: 'Anna',
    calendar: null,
    openTasks: [],
    knownFacts: [],
    forced: true,
  };
  return await createRuleEngine().understand(input, new AbortController().signal);
}

const GERMAN = [
  'Wir treffen uns um acht Uhr am Bahnhof, um das Gepäck abzuholen. Um zehn fährt der Zug nach Köln.',
  'Der Zug nach Köln hält in Düsseldorf. Das Gepäck ist schwer.',
  'Das Gepäck bringen wir zum Bahnhof, der Bahnhof ist nah.',
];

describe('rules for talk in other languages', () => {
  it('keep German words that are fillers in English', async () => {
    const { overview } = await understand(...GERMAN);
    expect(overview).toContain('Wir treffen uns um acht Uhr am Bahnhof, um das Gepäck abzuholen.');
  });

  it('join no titles and begin no overviews with English words', async () => {
    const { title, overview } = await understand(...GERMAN);
    expect(title).toBe('Gepäck, Bahnhof, Köln');
    expect(overview).not.toMatch(/\b(?:and|talk about)\b/);
  });

  it.each([
    ['हम कल पुस्तकालय में मिले और बजट पर बात की।', 'मैं रिपोर्ट भेजूँगा।', /^कल पुस्तकालय$/u],
    ['The cafe\u0301 in Zu\u0308rich was lovely.', 'Yes.', /^Café$|Z(?:ü|u\u0308)rich$/u],
    ['我们明天去北京看长城，预算是三千块。', '李明会带相机。', /^北京看长城$/u],
    [
      '서울에서 민수를 만났어요. 보고서는 금요일까지 보낼게요.',
      '부산은 비가 와요.',
      /^[가-힣 ]+$/u,
    ],
    ['วันนี้เราไปตลาดแล้วซื้อปลาสดกับมะม่วง', 'พรุ่งนี้ฝนตกแน่นอน', /^[\u0e00-\u0e7f]+$/u],
    ['אִמָּא גָּרָה בִּירוּשָׁלַיִם.', 'הָרוֹפֵא בָּא.', /^[\u0590-\u05ff ]+$/u],
  ])('give a title of whole words and characters: %s', async (first, second, expected) => {
    const { title } = await understand(first, second);
    expect(title).toMatch(expected);
    // No part of a word that was said: what stands before and after is no letter and no mark.
    const said = `${first} ${second}`.normalize('NFC');
    for (const part of title.normalize('NFC').split(' and ')) {
      const at = said.toLowerCase().indexOf(part.toLowerCase());
      expect(at).toBeGreaterThanOrEqual(0);
      expect(said.slice(at + part.length)).not.toMatch(/^\p{M}/u);
    }
  });

  it.each([
    ['佐藤さんは京都に引っ越しました', '佐藤さんは京都に引っ越しました。'],
    ['予算は三百万円です。会議は金曜日です。', '予算は三百万円です。'],
    ['हम कल पुस्तकालय में मिले और बजट पर बात की', 'हम कल पुस्तकालय में मिले और बजट पर बात की।'],
    ['हम कल पुस्तकालय में मिले और बजट पर बात की।', 'हम कल पुस्तकालय में मिले और बजट पर बात की।'],
  ])('end sentences as their script does: %s', async (said, expected) => {
    const { overview } = await understand(said);
    expect(overview).toContain(expected);
    expect(overview).not.toMatch(/[。।]\./u);
  });

  it.each([
    'Quiero café y leche, y pan o galletas.',
    'Chodzę do pracy w Krakowie i mam psa o imieniu Burek, a potem jadę z nim do Warszawy na obiad u mamy.',
    'Il caffè e il pane, e poi i ragazzi arrivano a Roma o a Pisa.',
    'Er kommt um acht, oh ja, und dann er geht.',
  ])('leave single letters and small words where they are: %s', (text) => {
    const rules = chooseRules([text]);
    expect(rules.code).not.toBe('en');
    expect(cleanSpeech(text, rules)).toBe(text);
  });

  it.each([
    'Um, so we, uh, meet at eight.',
    'Call mom on Friday.',
    "I'll send the report and you book the room, because the meeting is on Tuesday at ten o'clock.",
    'meet Jörg at the café in Zürich on Friday',
  ])('take for English: %s', (text) => {
    expect(chooseRules([text]).code).toBe('en');
  });
});
