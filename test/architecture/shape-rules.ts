import type { Exception, ShapeRule } from './exceptions.ts';
import {
  filesIn,
  findCircles,
  importsOf,
  type Measured,
  measureFolders,
  measureShape,
} from './measure-shape.ts';
import type { FileMap } from './rules.ts';

/** What a reader can hold in the head at once. */
const LIMITS = {
  /** Lines of a function. */
  function: 60,
  /** What a constructor is given. */
  constructor: 15,
  /** Files of a folder, without its subfolders. */
  folder: 35,
} as const;

/** Something that breaks a rule. */
interface Breach {
  rule: ShapeRule;
  subject: string;
  text: string;
}

/**
 * Returns a sentence for each breach that no exception covers, and for each exception that covers
 * none: it is to be removed.
 */
export function findShapeViolations(files: FileMap, exceptions: readonly Exception[]): string[] {
  const breaches = findBreaches(files);
  const isCovered = ({ rule, subject }: Breach) =>
    exceptions.some((exception) => exception.rule === rule && covers(exception, subject));
  const isNeeded = (exception: Exception) =>
    breaches.some(({ rule, subject }) => rule === exception.rule && covers(exception, subject));
  return [
    ...breaches.filter((breach) => !isCovered(breach)).map(({ text }) => text),
    ...exceptions
      .filter((exception) => !isNeeded(exception))
      .map(({ rule, subject }) => `exceptions.ts: nothing breaks the rule ${rule} in ${subject}.`),
  ];
}

/** A `*` stands for a part of a path or of a name. */
function covers(exception: Exception, subject: string): boolean {
  const pattern = exception.subject.split('*').map(escapePattern).join('[^/ ]*');
  return new RegExp(`^${pattern}$`, 'u').test(subject);
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function findBreaches(files: FileMap): Breach[] {
  const { functions, constructors, unusedMethods } = measureShape(
    filesIn(files, 'src/', 'bench/', 'scripts/'),
  );
  return [
    ...tooLarge(functions, 'function-length', LIMITS.function, 'lines'),
    ...tooLarge(constructors, 'constructor-size', LIMITS.constructor, 'dependencies'),
    ...tooLarge(measureFolders(files), 'folder-size', LIMITS.folder, 'files'),
    ...findCircles(importsOf(files)).map((circle): Breach => {
      const subject = circle.join(' ');
      const text = `Files import each other in a circle: ${subject}.`;
      return { rule: 'file-circle', subject, text };
    }),
    ...unusedMethods.map((subject): Breach => {
      const text = `${subject} is public, and no other code reads it.`;
      return { rule: 'unused-method', subject, text };
    }),
  ];
}

function tooLarge(
  measured: readonly Measured[],
  rule: ShapeRule,
  limit: number,
  unit: string,
): Breach[] {
  return measured
    .filter(({ size }) => size > limit)
    .map(({ subject, size }) => ({
      rule,
      subject,
      text: `${subject} has ${size} ${unit}, more than ${limit}.`,
    }));
}
