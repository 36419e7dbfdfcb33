/** Words of a title, at most. */
export const MAX_TITLE_WORDS = 10;
/** The title of a talk in which nothing is said that tells what it is about. */
export const NO_TITLE = 'Short Conversation';
