import { type Language, NO_WORDS, unchanged } from '../language.ts';

/** Chinese, in both scripts. Words of a script without spaces as dictionaries divide them. */
export const CHINESE: Language = {
  code: 'zh',
  words: {
    ...NO_WORDS,
    phatic: '你好 喂 谢谢 再见 嗯 好 好的 是',
    grammar: `
      什么时候 什麼時候 甚麼時候 怎么样 怎麼樣 的 了 在 是 我 你 妳 您 他 她 它 我们 你们 他们 她们 我們 你們 他們 她們 这 那 這 这个 那个 這個 那個 这些 那些 這些 什么 什麼 甚麼 怎么 怎麼 怎样
      怎樣 哪 哪个 哪個 哪里 哪裡 哪儿 谁 誰 多少 几 幾 吗 嗎 呢 吧 啊 呀 嘛 和 与 與 跟 也 都 就 不 没 沒 没有 沒有 有 要 会 會 能 可以 很 为 為
      为什么 為什麼 时候 時候 个 個 把 被 对 對 给 給 从 從 到 去 来 來 上 下 里 裡 中 之 而 且 或 但 但是 因为 因為 所以 如果 还 還 再 又 说 說 说过
      讲 講 关于 關於 过 過 着 著 得 地 一个 一個 一下`,
  },
  abbreviations: '',
  numberAbbreviations: '',
  questionOpeners: '',
  questionLeads: '',
  stem: unchanged,
  frames: null,
};
