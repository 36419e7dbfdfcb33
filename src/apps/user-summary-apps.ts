import type { App } from '../model/apps/app.ts';
import type { AppDirectory } from './app-directory.ts';
import { BUILT_IN_SUMMARY_APPS } from './built-in-apps.ts';
import type { SummaryApp, SummaryAppDirectory } from './summary-app.ts';

/**
 * The apps that write summaries: the built-in ones, of which those that the operator has named are
 * suggested, and those that the user may open. What the user has enabled is suggested first.
 */
export class UserSummaryApps implements SummaryAppDirectory {
  readonly #candidates: readonly SummaryApp[];
  readonly #apps: AppDirectory;

  /** @param options.candidateIds built-in apps that are suggested; other ids are ignored */
  constructor(options: { candidateIds: readonly string[]; apps: AppDirectory }) {
    const named = new Set(options.candidateIds);
    this.#candidates = BUILT_IN_SUMMARY_APPS.filter(({ id }) => named.has(id));
    this.#apps = options.apps;
  }

  async find(uid: string, id: string): Promise<SummaryApp | undefined> {
    const app = await this.#apps.find(uid, id);
    return app && toSummaryApp(app);
  }

  async listCandidates(uid: string): Promise<readonly SummaryApp[]> {
    const enabled = await this.#apps.listEnabled(uid);
    const own = enabled.flatMap((app) => toSummaryApp(app) ?? []);
    const ids = new Set(own.map(({ id }) => id));
    return [...own, ...this.#candidates.filter(({ id }) => !ids.has(id))];
  }
}

function toSummaryApp(app: App): SummaryApp | undefined {
  if (!app.capabilities.includes('memories') || !app.memoryPrompt) return undefined;
  return {
    id: app.id,
    name: app.name,
    description: app.description,
    author: app.author,
    category: app.category,
    image: app.imageUrl ?? '',
    prompt: app.memoryPrompt,
  };
}
