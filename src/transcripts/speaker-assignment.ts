import { AppError } from '../kernel/errors.ts';

/** What is to become of segments' speakers: they are the user, or a person (null: nobody known). */
export type SpeakerAssignment =
  | { isUser: boolean; personId: null }
  | { isUser: false; personId: string | null };

/**
 * An assignment from Omi's pair of type and value, if `"null"` stands for null. With `is_user`
 * any value makes it the user, "false" too; with `person_id` the value is the person.
 * @throws AppError `bad-request` for another type
 */
export function toSpeakerAssignment(type: string, value: string | null): SpeakerAssignment {
  const given = value === 'null' || value === '' ? null : value;
  switch (type) {
    case 'is_user':
      return { isUser: given !== null, personId: null };
    case 'person_id':
      return { isUser: false, personId: given };
    default:
      throw new AppError('bad-request', 'Invalid assign type');
  }
}
