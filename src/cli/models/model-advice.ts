import { catalogueSize, recommendModel, thisMachine } from '../../local-models/recommend.ts';
import { spokenLanguages, type User } from '../../model/accounts/user.ts';

const MEGABYTE = 1e6;
const GIGABYTE = 2 ** 30;

/** Languages of the users of a server, else that of this terminal; BCP-47. */
export function languagesOf(users: readonly Pick<User, 'languages' | 'language'>[]): string[] {
  const spoken = users.flatMap(spokenLanguages);
  const system = new Intl.DateTimeFormat().resolvedOptions().locale;
  return [...new Set(spoken.length > 0 ? spoken : [system])];
}

/** A line about the model for live speech that suits this machine, and how to get it. */
export function modelAdvice(languages: readonly string[], machine = thisMachine()): string {
  const { cores, memoryBytes } = machine;
  const here = `${cores} ${cores === 1 ? 'core' : 'cores'}, ${(memoryBytes / GIGABYTE).toFixed(0)} GB`;
  const model = recommendModel(machine, languages);
  if (model === null) {
    return `No model of the list suits this machine (${here}) and ${languages.join(', ')}; all of them: omi-backend models list`;
  }
  const bytes = catalogueSize(model);
  const size = bytes === null ? '' : `, ${Math.round(bytes / MEGABYTE)} MB`;
  return `To hear without a vendor: omi-backend models pull   (${model.id}${size}; suits this machine: ${here})`;
}
