import { type Language, NO_WORDS, unchanged } from '../language.ts';

/** Japanese. Words of a script without spaces as dictionaries divide them. */
export const JAPANESE: Language = {
  code: 'ja',
  words: {
    ...NO_WORDS,
    phatic: 'はい ええ うん こんにちは おはよう ありがとう もしもし さようなら',
    grammar: `
      あ あなた あの あり ある あれ い いい いう いく いくら いた いつ いま いる う え お か が き く ください くん け けど こ ここ こと
      この これ これら ご さ さん し した して しまし す する せ そ そう そこ その それ た たい ため だ だった だれ ち ちゃん って つ て
      で でき でした でしたか でしょう です ですか と という どう どこ どの どれ な ない なか なぜ なに なん なんで に ぬ ね の ので は はい
      ひ ふ へ ほ ほど ま まし ました ましたか ましょう ます ますか ません また まで み む め も もう もの や やっ ゆ よ よう より ら られ
      り る れ ろ わ を ん 今 時 時に 分 午前 午後 何 何時 俺 僕 君 彼 彼女 様 私 私たち 言う 言っ 話し 話した 誰`,
  },
  abbreviations: '',
  numberAbbreviations: '',
  questionOpeners: '',
  questionLeads: '',
  stem: unchanged,
  frames: null,
};
