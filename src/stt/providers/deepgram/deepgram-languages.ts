import { languageTags } from '../../service-languages.ts';

/** Languages between which nova-3 follows a speaker by itself (`language=multi`). */
export const NOVA3_MULTI_LANGUAGES: ReadonlySet<string> = languageTags(
  'multi en en-US en-AU en-GB en-IN en-NZ es es-419 fr fr-CA de hi ru pt pt-BR pt-PT ja it nl',
);

/** Languages that nova-3 hears one at a time. */
export const NOVA3_LANGUAGES: ReadonlySet<string> = languageTags(
  `ar ar-AE ar-SA ar-QA ar-KW ar-SY ar-LB ar-PS ar-JO ar-EG ar-SD ar-TD ar-MA ar-DZ ar-TN ar-IQ
   ar-IR be bg bn bs ca cs da da-DK de de-CH el en en-US en-AU en-GB en-IN en-NZ es es-419 et fa fi
   fr fr-CA he hi hr hu id it ja kn ko ko-KR lt lv mk mr ms nl nl-BE no pl pt pt-BR pt-PT ro ru sk
   sl sr sv sv-SE ta te th th-TH tl tr uk ur vi zh zh-CN zh-Hans zh-HK zh-Hant zh-TW`,
);

/** Languages between which nova-2 follows a speaker by itself. */
export const NOVA2_MULTI_LANGUAGES: ReadonlySet<string> = languageTags(
  'multi en en-US en-AU en-GB en-IN en-NZ es es-419',
);

/** Languages that nova-2 hears one at a time and nova-3 did not when Omi chose them. */
export const NOVA2_LANGUAGES: ReadonlySet<string> = languageTags(
  'zh zh-CN zh-Hans zh-TW zh-Hant zh-HK th th-TH',
);
