/** Languages between which Deepgram nova-3 follows a speaker by itself (`language=multi`). */
export const NOVA3_MULTI_LANGUAGES: ReadonlySet<string> = words(
  'multi en en-US en-AU en-GB en-IN en-NZ es es-419 fr fr-CA de hi ru pt pt-BR pt-PT ja it nl',
);

/** Languages that Deepgram nova-3 hears one at a time. */
export const NOVA3_LANGUAGES: ReadonlySet<string> = words(
  `ar ar-AE ar-SA ar-QA ar-KW ar-SY ar-LB ar-PS ar-JO ar-EG ar-SD ar-TD ar-MA ar-DZ ar-TN ar-IQ
   ar-IR be bg bn bs ca cs da da-DK de de-CH el en en-US en-AU en-GB en-IN en-NZ es es-419 et fa fi
   fr fr-CA he hi hr hu id it ja kn ko ko-KR lt lv mk mr ms nl nl-BE no pl pt pt-BR pt-PT ro ru sk
   sl sr sv sv-SE ta te th th-TH tl tr uk ur vi zh zh-CN zh-Hans zh-HK zh-Hant zh-TW`,
);

export const NOVA2_MULTI_LANGUAGES: ReadonlySet<string> = words(
  'multi en en-US en-AU en-GB en-IN en-NZ es es-419',
);

export const NOVA2_LANGUAGES: ReadonlySet<string> = words(
  'zh zh-CN zh-Hans zh-TW zh-Hant zh-HK th th-TH',
);

/** Languages of Soniox' real-time model, which tells them apart by itself where asked for `multi`. */
export const SONIOX_LANGUAGES: ReadonlySet<string> = words(
  `af sq ar az eu be bn bs bg ca zh hr cs da nl en et fi fr gl de el gu he hi hu id it ja kn kk ko
   lv lt mk ms ml mr no fa pl pt pa ro ru sr sk sl es sw sv tl ta te th tr uk ur vi cy`,
);

/** Languages of Speechmatics' `enhanced` model; the provider knows Speechmatics' own codes. */
export const SPEECHMATICS_LANGUAGES: ReadonlySet<string> = words(
  `ar ba be bg bn ca cs cy da de el en eo es et eu fa fi fil fr ga gl he hi hr hu ia id it ja ko lt
   lv mn mr ms mt nb nl nn no pl pt ro ru sk sl sv sw ta th tl tr ug uk ur vi yue zh`,
);

/** Languages that Speechmatics hears together with English, where these two are expected. */
export const SPEECHMATICS_BILINGUAL: ReadonlySet<string> = words('es fil ms ta tl zh');

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/));
}
