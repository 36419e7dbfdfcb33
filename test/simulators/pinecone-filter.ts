/** What a record's metadata may be. */
export type MetadataValue = string | number | boolean | string[];
export type RecordMetadata = Record<string, MetadataValue>;

/** Thrown for a filter that Pinecone would refuse. */
export class BadFilterError extends Error {}

/**
 * Evaluates a metadata filter as Pinecone does: `$eq $ne $gt $gte $lt $lte $in $nin $exists`, joined
 * by `$and` and `$or`; of a list, one value that fits is enough.
 * Source: https://docs.pinecone.io/guides/search/filter-by-metadata
 */
export function fitsFilter(metadata: RecordMetadata, filter: unknown): boolean {
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter)) {
    throw new BadFilterError('The filter must be an object.');
  }
  return Object.entries(filter).every(([key, condition]) => {
    if (key === '$and' || key === '$or') {
      if (!Array.isArray(condition) || condition.length === 0) {
        throw new BadFilterError(`${key} takes a list of filters.`);
      }
      const fit = condition.map((each) => fitsFilter(metadata, each));
      return key === '$and' ? fit.every(Boolean) : fit.some(Boolean);
    }
    if (key.startsWith('$')) throw new BadFilterError(`${key} is not supported here.`);
    return fitsCondition(metadata[key], condition);
  });
}

function fitsCondition(value: MetadataValue | undefined, condition: unknown): boolean {
  if (typeof condition !== 'object' || condition === null) return fitsEqual(value, condition);
  const operators = Object.entries(condition);
  if (operators.length === 0) throw new BadFilterError('A condition must not be empty.');
  return operators.every(([operator, wanted]) => fitsOperator(value, operator, wanted));
}

function fitsOperator(
  value: MetadataValue | undefined,
  operator: string,
  wanted: unknown,
): boolean {
  switch (operator) {
    case '$eq':
      return fitsEqual(value, wanted);
    case '$ne':
      return !fitsEqual(value, wanted);
    case '$in':
      return listOf(operator, wanted).some((each) => fitsEqual(value, each));
    case '$nin':
      return !listOf(operator, wanted).some((each) => fitsEqual(value, each));
    case '$exists':
      return (value !== undefined) === wanted;
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      if (typeof wanted !== 'number') throw new BadFilterError(`${operator} takes a number.`);
      return typeof value === 'number' && compare(value, operator, wanted);
    default:
      throw new BadFilterError(`${operator} is not a valid operator.`);
  }
}

function compare(value: number, operator: string, wanted: number): boolean {
  if (operator === '$gt') return value > wanted;
  if (operator === '$gte') return value >= wanted;
  return operator === '$lt' ? value < wanted : value <= wanted;
}

function fitsEqual(value: MetadataValue | undefined, wanted: unknown): boolean {
  if (!['string', 'number', 'boolean'].includes(typeof wanted)) {
    throw new BadFilterError('A value must be a string, number or boolean.');
  }
  return Array.isArray(value) ? value.some((each) => each === wanted) : value === wanted;
}

function listOf(operator: string, wanted: unknown): unknown[] {
  if (!Array.isArray(wanted) || wanted.length === 0) {
    throw new BadFilterError(`${operator} takes a list that is not empty.`);
  }
  return wanted;
}
