import { availableParallelism, totalmem } from 'node:os';
import { CATALOGUE } from './catalogue/catalogue.ts';
import type { CatalogueModel } from './catalogue/catalogue-model.ts';
import type { ModelTask } from './model-kind.ts';

/** What decides about the model that suits a machine. */
export interface Machine {
  cores: number;
  memoryBytes: number;
}

/** Memory of the library without any weights, and what a byte of weights takes: estimates. */
const BASE_MEMORY_BYTES = 120 * 2 ** 20;
const MEMORY_PER_BYTE = 1.5;
/** Share of the machine's memory that a model may take. */
const MEMORY_SHARE = 0.4;
/** Cores below which a model of that weight is not advised for live speech. */
const CORES: Record<CatalogueModel['weight'], number> = { light: 1, medium: 2, heavy: 6 };

/** The machine that this process runs on. */
export function thisMachine(): Machine {
  return { cores: availableParallelism(), memoryBytes: totalmem() };
}

/** Bytes of all files of a model; null if one of them is not known. */
export function catalogueSize({ files }: CatalogueModel): number | null {
  let total = 0;
  for (const { sizeBytes } of files) {
    if (sizeBytes === null) return null;
    total += sizeBytes;
  }
  return total;
}

/** Roughly the memory that a model takes while it runs, bytes: a rule of thumb, not measured. */
export function estimatedMemory(model: CatalogueModel): number {
  return BASE_MEMORY_BYTES + MEMORY_PER_BYTE * (catalogueSize(model) ?? 0);
}

/** True if the machine has the memory for a model, and, for live speech, the cores. */
export function suits(model: CatalogueModel, { cores, memoryBytes }: Machine): boolean {
  const isLive = model.task === 'streaming-speech';
  return (
    estimatedMemory(model) <= memoryBytes * MEMORY_SHARE &&
    (!isLive || cores >= CORES[model.weight])
  );
}

/**
 * The model of the catalogue to begin with: the first that suits the machine and serves the most of
 * the languages, or the most important of them. Null if none serves any of them.
 *
 * @param languages BCP-47, the most important first; empty: English
 */
export function recommendModel(
  machine: Machine,
  languages: readonly string[],
  task: ModelTask = 'streaming-speech',
): CatalogueModel | null {
  const wanted = (languages.length === 0 ? ['en'] : languages).map(
    (tag) => tag.split('-', 1)[0] ?? tag,
  );
  let best: { model: CatalogueModel; served: string[] } | null = null;
  for (const model of CATALOGUE) {
    if (model.task !== task || !suits(model, machine)) continue;
    const { languages: known } = model;
    const served = known.length === 0 ? wanted : wanted.filter((tag) => known.includes(tag));
    if (served.length > 0 && (best === null || isBetter(served, best.served, wanted))) {
      best = { model, served };
    }
  }
  return best?.model ?? null;
}

function isBetter(
  served: readonly string[],
  than: readonly string[],
  wanted: readonly string[],
): boolean {
  if (served.length !== than.length) return served.length > than.length;
  const rank = ([first = '']: readonly string[]) => wanted.indexOf(first);
  return rank(served) < rank(than);
}
