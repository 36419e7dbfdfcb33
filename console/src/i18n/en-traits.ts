/** What conversations are narrowed by, beside words and days. */
export const enTraits = {
  traits: {
    category: 'Category',
    anyCategory: 'Any category',
    source: 'Source',
    anySource: 'Any source',
    person: 'Person',
    anyPerson: 'Anybody',
    tasks: 'Has tasks',
    categories: {
      personal: 'Personal',
      education: 'Education',
      health: 'Health',
      finance: 'Finance',
      legal: 'Law',
      philosophy: 'Philosophy',
      spiritual: 'Faith',
      science: 'Science',
      entrepreneurship: 'Founding',
      parenting: 'Parenting',
      romantic: 'Love',
      travel: 'Travel',
      inspiration: 'Inspiration',
      technology: 'Technology',
      business: 'Business',
      social: 'Social life',
      work: 'Work',
      sports: 'Sports',
      politics: 'Politics',
      literature: 'Literature',
      history: 'History',
      architecture: 'Architecture',
      music: 'Music',
      weather: 'Weather',
      news: 'News',
      entertainment: 'Entertainment',
      psychology: 'Psychology',
      real: 'Property',
      design: 'Design',
      family: 'Family',
      economics: 'Economy',
      environment: 'Environment',
      other: 'Other',
    },
    sources: {
      friend: 'Friend',
      omi: 'Omi',
      fieldy: 'Fieldy',
      bee: 'Bee',
      plaud: 'Plaud',
      frame: 'Frame',
      friend_com: 'Friend.com',
      apple_watch: 'Apple Watch',
      phone: 'Phone',
      phone_call: 'Phone call',
      desktop: 'Computer',
      web: 'Browser',
      openglass: 'OmiGlass',
      screenpipe: 'Screenpipe',
      workflow: 'Workflow',
      sdcard: 'Device memory',
      external_integration: 'App',
      limitless: 'Limitless',
      onboarding: 'First steps',
      unknown: 'Unknown',
    },
  },
};

type Names<T> = (keyof T)[];
/** Every category and source that has a name. */
export const CATEGORIES = Object.keys(enTraits.traits.categories) as Names<
  typeof enTraits.traits.categories
>;
export const SOURCES = Object.keys(enTraits.traits.sources) as Names<
  typeof enTraits.traits.sources
>;
