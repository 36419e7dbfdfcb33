/** What an answer says if no language model is set up. */
export const NO_MODEL =
  'No language model is configured, so I can only quote your conversations and keep tasks and memories.';
