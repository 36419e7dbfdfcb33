import { z } from 'zod';

/** The text of a task as programs give it. */
export const taskDescription = z.string().trim().min(1).max(1000);
