/** What is used of a JSON schema in an OpenAPI document. */
interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  anyOf?: Schema[];
  format?: string;
  minimum?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
}

interface Operation {
  parameters?: { in: string; name: string; required?: boolean; schema?: Schema }[];
  security?: object[];
  requestBody?: { content?: Record<string, { schema?: Schema }> };
}

/** One operation of the API as the server describes it. */
export interface ApiRoute {
  /** `GET /v1/conversations/{id}`. */
  name: string;
  method: string;
  path: string;
  isPublic: boolean;
  query: { name: string; required: boolean; schema: Schema }[];
  body: Schema | undefined;
}

/** Every route of a running server, from its own description. */
export async function documentedRoutes(url: string): Promise<ApiRoute[]> {
  const response = await fetch(`${url}/openapi.json`);
  const document = (await response.json()) as { paths: Record<string, Record<string, Operation>> };
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      isPublic: operation.security?.length === 0,
      query: (operation.parameters ?? [])
        .filter((parameter) => parameter.in === 'query')
        .map(({ name, required, schema }) => ({
          name,
          required: required ?? false,
          schema: schema ?? {},
        })),
      body: operation.requestBody?.content?.['application/json']?.schema,
    })),
  );
}

/** A query string with every required parameter, and every other one that `named` has a value for. */
export function queryOf(route: ApiRoute, named: Record<string, unknown>): URLSearchParams {
  const query = new URLSearchParams();
  for (const { name, required, schema } of route.query) {
    const isNamed = Object.hasOwn(named, name) && named[name] !== null;
    if (!required && !isNamed) continue;
    const value = isNamed ? named[name] : sampleOf(schema, named, route.path);
    query.set(name, String(value));
  }
  return query;
}

/** A body with every field that the schema names. */
export function bodyOf(route: ApiRoute, named: Record<string, unknown>): unknown {
  return route.body && sampleOf(route.body, named, route.path);
}

/** A value that fits a schema; fields that `named` has a value for get that. */
function sampleOf(schema: Schema, named: Record<string, unknown>, path: string): unknown {
  if (schema.$ref) throw new Error(`A schema by reference is not followed: ${schema.$ref}`);
  if (schema.enum) return schema.enum[0];
  const [first] = schema.anyOf ?? [];
  if (first) return schema.format === 'date-time' ? DATE : sampleOf(first, named, path);
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== 'null') : schema.type;
  switch (type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, field]) => [
          name,
          Object.hasOwn(named, name) ? named[name] : sampleOf(field, named, path),
        ]),
      );
    case 'array':
      return schema.items ? [sampleOf(schema.items, named, path)] : [];
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return schema.minimum !== undefined && schema.minimum > 0 ? schema.minimum : 0;
    default:
      if (schema.format === 'date-time') return DATE;
      return path.endsWith('/visibility') ? 'public' : 'sample';
  }
}

const DATE = '2026-01-01T00:00:00Z';
