/** An app that writes a summary of a conversation: a prompt with a name. */
export interface SummaryApp {
  id: string;
  name: string;
  description: string;
  author: string;
  /** One of the categories of apps. */
  category: string;
  /** Address of its picture, '' where it has none. */
  image: string;
  /** What a language model is asked to do with the conversation. */
  prompt: string;
}

/** The summary apps that a user can have. */
export interface SummaryAppDirectory {
  /** The app, where this user may use it. */
  find(uid: string, id: string): Promise<SummaryApp | undefined>;
  /** The apps of which some are suggested for a conversation. */
  listCandidates(uid: string): Promise<readonly SummaryApp[]>;
}
