/** Most characters and words of a label before a colon; what is longer is taken for speech. */
const MAX_CHARACTERS = 60;
const MAX_WORDS = 5;
/** Most characters of a person's name; see `PeopleService`. */
const MAX_NAME = 40;

/** What a label before a colon can be. */
export type LabelKind =
  /** A program's word for a voice, or a telephone number. */
  | 'voice'
  /** Looks like a name: first and last name, a name with an addition in brackets. */
  | 'name'
  /** A part in a conversation or a device: `Host`, `iPad`. */
  | 'part'
  /** Could be a name or anything else: `Anna`, `Flour`. */
  | 'word'
  /** Could be a name that is not capitalised. */
  | 'lower';

/** Labels that programs give to voices that they do not know. */
const ANONYMOUS =
  /^(?:unknown|unbekannter?|inconnu|desconocido) (?:speaker|sprecher|caller|voice)(?: \d{1,3})?$|^(?:speaker|spk|sprecher|sprecherin|locuteur|hablante|orador)[ _#-]{0,2}(?:\d{1,3}|[a-z])$|^s\d{1,2}$/iu;
/** The same without a number, and parts in a conversation: words that texts use otherwise too. */
const PARTS =
  /^(?:unknown|unbekannt|speaker|voice|sprecher|participant|teilnehmer|guest|channel|user|assistant|interviewer|interviewee|moderator|host|co-host|caller|agent|customer|operator|narrator|presenter|audience|panelist|me|you|them|ich|du|moi|yo)(?: \d{1,3})?$/iu;
/** A telephone number, also with digits hidden. */
const PHONE = /^\+?[\d*x•(]{1,4}[\d*x•() .-]{5,24}$/iu;
/** A device or a room that takes part under its own name. */
const DEVICE =
  /(?:^|\s)(?:iphone|ipad|ipod|macbook|imac|galaxy|pixel|android|huawei|oneplus|xiaomi|redmi|sm-\w{3,8}|laptop|desktop|surface|chromebook|zoom rooms?|conference room|meeting room|konferenzraum|call-in user)(?=$|[\s(])/iu;
/** An addition in brackets behind a name: `(Guest)`, `(Ext)`, `(she/her)`, `(2)`. */
const ADDITION = /\s?[([][^()[\]]{1,30}[)\]]$/u;
const NAME_WORD = /^[\p{L}\p{M}][\p{L}\p{M}\p{N}.'’‘_·・-]*$/u;
/** `P.S.`, `N.B.`, a letter alone with a full stop. */
const INITIALS = /^(?:\p{L}\.){1,3}$/u;
/** Words between or before the names of a person that are not capitalised. */
const PARTICLES =
  /^(?:a|al|af|av|ben|bin|binti|da|dal|das|de|del|della|den|der|des|di|do|dos|du|e|el|et|ibn|la|le|ten|ter|und|van|vom|von|y|zu|zur)$/iu;

/**
 * Words that stand before a colon in notes, letters and lists, in the languages of the interface. No
 * label with one of them is a name.
 */
const NO_NAMES = new Set(
  `a action actions address addendum agenda all also although and announcement answer antwort any apartado
  appendix asunto attachment attendees attention attenzione aufgabe aufgaben author autor avis
  aviso background backlog because beschluss betreff bonus book breakfast but caution cc challenge chapter
  checklist code comment comments conclusion conclusions cons context copyright cost costs currently customer
  data date dates datum deadline decision decisions decision-making definition dec december description
  details diciembre dinner disclaimer discussion domingo donnerstag duration durée dienstag edit editor eg
  email en enero ergebnis erinnerung error especially event every everything example examples fact facts faq
  fax fazit february fecha figure finally first firstly fix follow-up for format frage fragen freitag friday
  from fwd fyi goal goals headline here hinweis home how however http https idea ideas if image important
  importante in info information ingredients input instructions intro introduction issue issues it january
  janvier jueves july key keywords kind last lastly learnings lesson lessons level lieu link links list
  location lunch lundi lunes main march mardi martes materials maybe meanwhile meeting memo menu
  mercredi message method miércoles milestone mittwoch monday montag more motto name names nb needed next no
  nota notas note notes notice notiz november now nr number objective objectives october oct on once one ort
  option options or orden other outcome output overall overview owner page part password people
  phone pm point points posted ps pps pregunta price problem problems pros purpose quantity question
  questions question-answer quote re reason reasons recap recipe reference references regarding remark
  remarque remember reminder report requirement requirements resolution resolved resource resources respuesta
  result results risk risks réponse rule rules sabato samedi samstag saturday schedule scene score second
  secondly section sep september serves setup shopping since so sofern solution some sonntag source sources
  spoiler start status step steps still stop subject sujet summary sunday suggestions tags
  takeaway takeaways task tasks teilnehmer tel that the their then there therefore these they things third
  this those thursday time times tip tips tipp title tl;dr tldr to today todo todos tomorrow tools top topic
  topics total transcript translation tuesday type uhrzeit unless until update updates url usage version
  version-history viernes vendredi via warning warnung was we website wednesday week weekend well what when
  where which while who why wichtig with workaround yesterday yes yet you your zeit ziel ziele zoom
  zusammenfassung participants achtung anmerkung tagesordnung thema themen urgent beispiel dimanche jeudi february's
  avertissement exemple ejemplo atención advertencia resumen résumé objet temps hora lugar
  提醒 注意 备注 附注 问 答 例如 比如 主题 时间 地点 日期 结论 总结 備考 メモ 質問 回答 日時 場所 議題 例 結論 참고 주의 알림 질문 답변 날짜 시간
  장소 메모 примечание внимание вопрос ответ тема дата время место итог напоминание важно`
    .split(/\s+/u)
    .filter((word) => word !== ''),
);

/**
 * Splits `Label: words` at the first colon that can end a label. Undefined if there is none. What kind
 * of label it is, `labelKind` says. Looks at no more than the first 80 characters.
 */
export function splitLabel(text: string): { label: string; words: string } | undefined {
  const head = text.slice(0, MAX_CHARACTERS + 20);
  const from = /^(?:>{2,3}\s{0,3}|[-–—•*]\s{1,3})?/u.exec(head)?.[0].length ?? 0;
  for (let at = from; at < head.length; at += 1) {
    const character = head[at];
    const next = text[at + 1];
    const ends = character === ':' ? next === undefined || /\s/u.test(next) : character === '：';
    if (!ends) continue;
    const label = head.slice(from, at).trim();
    return label === '' ? undefined : { label, words: text.slice(at + 1).trim() };
  }
  return undefined;
}

/** What a label can be; undefined if it is none, as in `The plan is simple: we wait`. */
export function labelKind(label: string): LabelKind | undefined {
  if (label.length > MAX_CHARACTERS) return undefined;
  if (ANONYMOUS.test(label) || isPhone(label)) return 'voice';
  if (PARTS.test(label) || DEVICE.test(label)) return 'part';
  const name = label.replace(ADDITION, '');
  const words = name.split(/[\s,]+/u).filter((word) => word !== '');
  if (
    words.length === 0 ||
    words.length > MAX_WORDS ||
    !words.every((word) => NAME_WORD.test(word))
  ) {
    return undefined;
  }
  if (INITIALS.test(name) || NO_NAMES.has(plain(words[0] ?? ''))) return undefined;
  const capitals = words.filter((word) => /^[\p{Lu}\p{Lt}\p{Lo}]/u.test(word));
  const others = words.filter((word) => !capitals.includes(word) && !PARTICLES.test(word));
  if (others.length > 0 || capitals.length === 0) return words.length <= 2 ? 'lower' : undefined;
  if (words.some((word) => NO_NAMES.has(plain(word)))) return 'word';
  return capitals.length >= 2 || name !== label ? 'name' : 'word';
}

function plain(word: string): string {
  return word.toLowerCase().replace(/\.$/u, '');
}

/** A number with a prefix, hidden digits or at least nine of them; a date is none. */
function isPhone(label: string): boolean {
  if (!PHONE.test(label)) return false;
  const digits = label.match(/\d/gu)?.length ?? 0;
  const hidden = label.match(/[*x•]/giu)?.length ?? 0;
  return digits >= 3 && (digits >= 9 || hidden >= 2 || /^[+(]/u.test(label));
}

/** True if a label is a person's name, not a word for a voice. */
export function isPersonName(label: string): boolean {
  const isVoice =
    ANONYMOUS.test(label) || PARTS.test(label) || isPhone(label) || DEVICE.test(label);
  return label.length >= 2 && label.length <= MAX_NAME && !isVoice;
}
