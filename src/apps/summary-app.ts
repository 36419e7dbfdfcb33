/** An app that writes a summary of a conversation: a prompt with a name. */
export interface SummaryApp {
  id: string;
  name: string;
  description: string;
  author: string;
  /** One of the categories of apps. */
  category: string;
  /** Address of its picture; '' if it has none. */
  image: string;
  /** The instruction for the language model. */
  prompt: string;
}

/** The summary apps of users. */
export interface SummaryAppDirectory {
  /** Returns the app if this user may use it. */
  find(uid: string, id: string): Promise<SummaryApp | undefined>;
  /** Returns the apps from which some are suggested for a conversation. */
  listCandidates(uid: string): Promise<readonly SummaryApp[]>;
}
