/** One list of an exported account: its name in the file, and its entries as they leave. */
export interface ExportSection {
  name: string;
  entries(uid: string): AsyncIterable<unknown>;
}

/**
 * The text of an exported account, piece by piece: `profile` first, then one list per section in
 * the given order. Entries are read only as fast as the pieces are taken.
 *
 * @param stringify turns one entry into JSON
 */
export async function* exportAccount(
  uid: string,
  profile: unknown,
  sections: readonly ExportSection[],
  stringify: (value: unknown) => string,
): AsyncGenerator<string> {
  yield `{"profile":${stringify(profile)}`;
  for (const section of sections) {
    yield `,${JSON.stringify(section.name)}:[`;
    let separator = '';
    for await (const entry of section.entries(uid)) {
      yield `${separator}${stringify(entry)}`;
      separator = ',';
    }
    yield ']';
  }
  yield '}';
}
