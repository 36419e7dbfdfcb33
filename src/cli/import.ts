import { Command, Option } from 'commander';
import { AppError } from '../kernel/errors.ts';
import type { ImportOptions } from './import/import-files.ts';

/** What a file can hold; the default is to find it out. */
const SOURCES: readonly NonNullable<ImportOptions['source']>[] = [
  'transcript',
  'audio',
  'email',
  'message',
  'text',
];

export function importCommand(): Command {
  return new Command('import')
    .description(
      'make conversations of transcripts, recordings, e-mails and text, or take over a user from an archive; works while the server runs',
    )
    .argument(
      '<file...>',
      'captions (WebVTT, SubRip), transcripts as text or JSON, sound (WAV, MP3, M4A, …), e-mails (.eml), or an archive that `export` wrote',
    )
    .addOption(
      new Option('--source <source>', 'what the files hold, instead of finding it out').choices(
        SOURCES,
      ),
    )
    .option('--format <format>', 'of a transcript, instead of recognising it: text, json, otter, …')
    .option('--encoding <name>', 'of text that is not UTF-8, UTF-16 or Windows-1252: shift_jis, …')
    .option('--me <name>', 'the name in the files that is the user')
    .option('--user <name>', 'whose conversations they become', 'owner')
    .option(
      '--started-at <time>',
      'when it began, ISO 8601 (one file only); default: as the file says, else when it was last changed, less the length of the transcript',
      parseTime,
    )
    .option('--overwrite', 'of an archive: write over what its user has here already')
    .option('--language <tag>', 'language of the files: en, de, …')
    .addHelpText(
      'after',
      `
Which files can be imported: docs/importing.md. Sound needs a speech-to-text service.
Named speakers become people. The same words are added once, whatever the format of the file; a file that
has grown updates its conversation. Files without times are laid out at 0.3 s a word. What of a file is
not speech is counted and reported. With --me, the sender of an e-mail is the user. What is found in a
text names its paragraphs as source.
Exit code: 0; 1 if processing failed; 2 if no file could be used; 3 if some could not be used and the
others were imported.

Examples:
  omi-backend import meetings/*.json
  omi-backend import owner.tar.gz
  omi-backend import invitation.eml --me "Anna Smith"
  omi-backend import call.vtt --me "Anna Smith" --started-at 2026-03-10T14:00:00Z`,
    )
    .action(async (files: string[], options: ImportOptions) => {
      // Most of the product is loaded only when it is needed.
      const { importFiles } = await import('./import/import-files.ts');
      await importFiles(files, options);
    });
}

function parseTime(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) {
    throw new AppError('bad-request', `--started-at: "${text}" is not an ISO 8601 time.`);
  }
  return time;
}
