import type { components } from './schema.ts';

type Schemas = components['schemas'];

/** A task. */
export type ActionItem = Schemas['ActionItem'];
/** A conversation; times are ISO 8601. */
export type Conversation = Schemas['Conversation'];
/** A fact about the user. The types of calls leave `layer` out, which is always null. */
export type Memory = Omit<Schemas['Memory'], 'layer'>;
/** Somebody the user knows. */
export type Person = Schemas['Person'];
/** A part of a transcript; its times are seconds from the start. */
export type Segment = Schemas['Segment'];
