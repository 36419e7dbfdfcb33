/** Abbreviations of zones, and the words for those of North America. */
const NAMED: Record<string, string> = {
  est: 'UTC-5',
  edt: 'UTC-4',
  cst: 'UTC-6',
  cdt: 'UTC-5',
  mst: 'UTC-7',
  mdt: 'UTC-6',
  pst: 'UTC-8',
  pdt: 'UTC-7',
  gmt: 'UTC',
  utc: 'UTC',
  zulu: 'UTC',
  bst: 'UTC+1',
  cet: 'UTC+1',
  cest: 'UTC+2',
  eet: 'UTC+2',
  ist: 'Asia/Kolkata',
  jst: 'Asia/Tokyo',
  aest: 'UTC+10',
  et: 'America/New_York',
  eastern: 'America/New_York',
  ct: 'America/Chicago',
  central: 'America/Chicago',
  mt: 'America/Denver',
  mountain: 'America/Denver',
  pt: 'America/Los_Angeles',
  pacific: 'America/Los_Angeles',
  uk: 'Europe/London',
  british: 'Europe/London',
  german: 'Europe/Berlin',
  french: 'Europe/Paris',
  spanish: 'Europe/Madrid',
  'central european': 'Europe/Berlin',
  indian: 'Asia/Kolkata',
  'san francisco': 'America/Los_Angeles',
  boston: 'America/New_York',
  washington: 'America/New_York',
  'east coast': 'America/New_York',
  'west coast': 'America/Los_Angeles',
};
/** "11 am Eastern", "noon EST", "4 pm London time", "9 o'clock in New York time". */
const SAID =
  /^,? (?:in )?(?:(?<abbreviation>(?:[ECMP][SD]?T|GMT|UTC|Zulu|BST|CES?T|EET|IST|JST|AEST|Eastern|Central|Mountain|Pacific)(?: (?:standard |daylight )?time)?)(?![\p{L}])|(?<place>\p{L}+(?: \p{L}+)?) (?:standard |daylight )?time\b)/u;

let cities: Map<string, string> | null = null;

/** IANA zones by their last name: `new york` is `America/New_York`. */
function zoneOfCity(name: string): string | undefined {
  cities ??= new Map(
    Intl.supportedValuesOf('timeZone').map((zone) => [
      (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ').toLowerCase(),
      zone,
    ]),
  );
  return cities.get(name);
}

/** Returns the zone that is named right behind a clock time, with the length of its words; or null. */
export function readZone(behind: string): { zone: string; length: number } | null {
  const match = SAID.exec(behind);
  if (!match?.groups) return null;
  const { abbreviation, place } = match.groups;
  const name = (abbreviation ?? place ?? '')
    .toLowerCase()
    .replace(/ (?:(?:standard |daylight )?time)$/, '');
  const zone = NAMED[name] ?? zoneOfCity(name);
  return zone === undefined ? null : { zone, length: match[0].length };
}
