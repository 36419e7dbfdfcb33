import { z } from 'zod';
import type { ProviderWord } from '../../stt-event.ts';

export const resultSchema = z.object({
  type: z.string().nullish(),
  start_time: z.number().nullish(),
  end_time: z.number().nullish(),
  attaches_to: z.string().nullish(),
  alternatives: z
    .array(
      z.object({
        content: z.string().nullish(),
        confidence: z.number().nullish(),
        language: z.string().nullish(),
        speaker: z.string().nullish(),
      }),
    )
    .nullish(),
});

export type SpeechmaticsResult = z.infer<typeof resultSchema>;

/** The label of a voice that could not be told. */
const UNKNOWN_SPEAKER = 'UU';

/**
 * Makes words of `results`: words and entities, with the punctuation that is attached to them. The
 * last word is held back while nothing is attached to it, because its comma or full stop may be the
 * first item of the next message.
 */
export class SpeechmaticsWords {
  #held: ProviderWord | null = null;
  /** What stands before the next word, as an opening question mark does. */
  #prefix = '';
  /** True if the next word continues the last one, as after a hyphen. */
  #joined = false;

  /** The word that waits for its punctuation. */
  get held(): ProviderWord | null {
    return this.#held;
  }

  /** Takes the results of a message and answers the words that are complete now. */
  push(results: readonly SpeechmaticsResult[]): ProviderWord[] {
    const words: ProviderWord[] = [];
    for (const result of results) {
      const content = result.alternatives?.[0]?.content;
      if (!content) continue;
      if (result.type === 'punctuation') words.push(...this.#attach(content, result.attaches_to));
      else words.push(...this.#addWord(content, result));
    }
    return words;
  }

  /** The word that was held back: nothing more comes for it. */
  release(): ProviderWord[] {
    const word = this.#held;
    this.#held = null;
    this.#joined = false;
    return word ? [word] : [];
  }

  /** Words of a partial message, after the one that is held back; changes nothing. */
  preview(results: readonly SpeechmaticsResult[]): ProviderWord[] {
    const copy = new SpeechmaticsWords();
    copy.#held = this.#held && { ...this.#held };
    copy.#prefix = this.#prefix;
    copy.#joined = this.#joined;
    // Confidences of partial results mean nothing.
    return [...copy.push(results), ...copy.release()].map((word) => ({
      ...word,
      confidence: null,
    }));
  }

  #attach(mark: string, attachesTo: string | null | undefined): ProviderWord[] {
    if (attachesTo === 'next' || attachesTo === 'none') {
      this.#prefix += attachesTo === 'none' ? `${mark} ` : mark;
      return [];
    }
    if (this.#held === null) return [];
    this.#held.text += mark;
    if (attachesTo === 'both') {
      this.#joined = true;
      return [];
    }
    return this.release();
  }

  #addWord(content: string, result: SpeechmaticsResult): ProviderWord[] {
    const { start_time: start, end_time: end } = result;
    if (start == null || end == null) return [];
    if (this.#joined && this.#held) {
      this.#held.text += content;
      this.#held.endMs = toMs(end);
      this.#joined = false;
      return [];
    }
    const complete = this.release();
    const [alternative] = result.alternatives ?? [];
    const label = alternative?.speaker;
    this.#held = {
      text: this.#prefix + content,
      startMs: toMs(start),
      endMs: toMs(end),
      speaker: label === UNKNOWN_SPEAKER ? null : label || null,
      confidence: alternative?.confidence ?? null,
      language: alternative?.language ?? null,
    };
    this.#prefix = '';
    return complete;
  }
}

/** Seconds of the wire as whole milliseconds. */
export function toMs(seconds: number): number {
  return Math.round(seconds * 1000);
}
