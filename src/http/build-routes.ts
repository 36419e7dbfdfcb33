import type { RoutePlugin } from './app.ts';
import { ROUTES } from './routes/registry.ts';

type Intersection<U> = (U extends unknown ? (member: U) => void : never) extends (
  all: infer I,
) => void
  ? I
  : never;

/** The services that the routes of all resources take, by name. */
export type RouteServices = Intersection<
  Exclude<Parameters<(typeof ROUTES)[number]>[0], undefined>
>;

/** Every route of the API: a resource is one file in `routes/`, which exports `xxxRoutes(deps)`. */
export function buildRoutes(services: RouteServices): RoutePlugin[] {
  return ROUTES.map((routes) => routes(services));
}
