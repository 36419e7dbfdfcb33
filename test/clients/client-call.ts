import type { Shape } from './shape.ts';

/** Clients by their letter: each has its own parsers. */
export const CLIENTS = {
  A: 'app (May)',
  N: 'app (newest)',
  M: 'macOS',
  R: 'macOS, second server',
  I: 'Windows',
  W: 'web app',
  P: 'public site',
  C: 'CLI',
  X: 'MCP client',
  G: 'plugins',
  V: 'agent cloud',
} as const;
export type ClientLetter = keyof typeof CLIENTS;

/** How often a client makes a call: at each start, on a usual day, or rarely. */
export const KINDS = { s: 'start-up', d: 'daily', r: 'rare' } as const;
export type KindLetter = keyof typeof KINDS;

/** One call that a client of Omi makes, and what its parser needs of the answer. */
export interface ClientCall {
  /** Method and path; `{memory}` is a thing of the user's, `{new.memory}` one made for the call. */
  call: string;
  /** Who makes it and how often: `As Nd` is the app of May at its start and the newest app daily. */
  by: string;
  /** What the parser needs; undefined: the status is enough. */
  needs?: Shape;
  body?: unknown;
  /** A form with one file under this field, and texts under others. */
  file?: {
    field: string;
    name: string;
    holds: 'wav' | 'zip' | 'device' | 'text' | 'png';
    texts?: Readonly<Record<string, string>>;
  };
  /** Fields of a form as a browser sends it. */
  form?: Readonly<Record<string, string>>;
  /** Present if the body is raw 16-bit PCM. */
  pcm?: true;
  /** Statuses that the client takes as an answer; 200 unless given. */
  takes?: readonly number[];
  /** Kind of key; a user's token unless given. */
  key?: 'none' | 'dev' | 'mcp' | 'app';
  /** Present of calls that Omi's own server of May does not take. */
  omiFails?: true;
  /** Present of calls that belong to the app store, the developer API and MCP. */
  store?: true;
  /** Present of calls of later versions of a client; they are asked, and are in no total. */
  later?: true;
  /** A socket: what is sent in the query, and the event that has to come. */
  socket?: Readonly<Record<string, string>>;
}

/** Short form of most calls. */
export function call(
  line: string,
  by: string,
  needs?: Shape,
  more: Omit<ClientCall, 'call' | 'by' | 'needs'> = {},
): ClientCall {
  return { call: line, by, ...(needs === undefined ? {} : { needs }), ...more };
}

/** Reads who makes a call: `As Nd`. */
export function callersOf(by: string): { client: ClientLetter; kind: KindLetter }[] {
  return by.split(' ').map((word) => ({
    client: word.charAt(0) as ClientLetter,
    kind: word.charAt(1) as KindLetter,
  }));
}
