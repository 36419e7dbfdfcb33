import { VARIABLE_GROUPS } from './variables.ts';

/** Read by the command line alone: the token that its commands send. */
const COMMAND_LINE_NAMES = ['OMI_TOKEN'];

/** Names of all variables that are read. */
export const VARIABLE_NAMES: readonly string[] = [
  ...VARIABLE_GROUPS.flatMap(({ variables }) => Object.keys(variables)),
  ...COMMAND_LINE_NAMES,
];
