/** What a changelog says of a release. */
export interface ReleaseNotes {
  /** The section of the version, with its heading. */
  text: string;
  /** How many entries stand under *Unreleased*: they are in the package, and in the notes of no version. */
  unreleasedEntries: number;
}

/**
 * Returns the notes of a version from a changelog in the form of Keep a Changelog.
 *
 * @throws Error if there is no section for the version, or if it is empty
 */
export function readReleaseNotes(changelog: string, version: string): ReleaseNotes {
  const sections = changelog.split(/^(?=## \[)/m);
  const text = sections.find((section) => section.startsWith(`## [${version}]`));
  if (text === undefined || !/^- /m.test(text)) {
    throw new Error(
      `CHANGELOG.md has no entries for ${version}. Move those under Unreleased to a section [${version}].`,
    );
  }
  const unreleased = sections.find((section) => section.startsWith('## [Unreleased]')) ?? '';
  return { text, unreleasedEntries: unreleased.match(/^- /gm)?.length ?? 0 };
}
