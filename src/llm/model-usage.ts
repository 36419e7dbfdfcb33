/** What one answered request to a model has used, as its server counted. */
export interface TokenUsage {
  /** As it was asked for. */
  model: string;
  /** The whole prompt, `cachedInputTokens` included. */
  inputTokens: number;
  /** The part of the prompt that the server had kept from before. */
  cachedInputTokens: number;
  outputTokens: number;
}

/**
 * Told of every request that a server has answered with its usage, before anybody looks whether the
 * answer can be used: what was spent is spent. Must not throw.
 */
export type OnUsage = (usage: TokenUsage) => void;

/** For callers that count nothing. */
export const ignoreUsage: OnUsage = () => undefined;

/** How demanding work is: the operator may give each class a model of its own. */
export type TaskClass = 'medium' | 'small' | 'nano' | 'agent';

/** What models are asked for, and how demanding it is. */
export const FEATURE_CLASSES = {
  structure: 'medium',
  summary: 'medium',
  app_result: 'medium',
  daily_summary: 'medium',
  notifications: 'medium',
  memories: 'small',
  external_text: 'small',
  emotion: 'small',
  vision: 'small',
  folder: 'nano',
  app_select: 'nano',
  onboarding: 'nano',
  session_title: 'nano',
  chat: 'agent',
  embeddings: null,
  speech: null,
} as const satisfies Record<string, TaskClass | null>;
export type LlmFeature = keyof typeof FEATURE_CLASSES;

/** For whom and for what a model is asked: what its use is counted under. */
export interface ModelUse {
  uid: string;
  feature: LlmFeature;
}

/** An entry for the ledger. */
export interface UsageEntry extends ModelUse, TokenUsage {
  /** Requests that were answered. */
  calls: number;
  /** 1 if the caller got no result. */
  failedCalls: number;
  /** True if a key of the user's own paid. */
  ownKey: boolean;
}

/** Keeps account of what models use. Must not throw. */
export interface UsageLedger {
  record(entry: UsageEntry): void;
}
