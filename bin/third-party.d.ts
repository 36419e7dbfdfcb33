/** See `third-party.js`; for the console's build, which is typed. */
export function thirdPartyNotices(root: string, inputs: readonly string[]): string;
