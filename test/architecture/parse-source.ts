import { parseSync } from 'oxc-parser';

/** A function of a file, nested ones included. */
export interface SourceFunction {
  /** `name`, or `Class.name` for a method. */
  name: string;
  /** Lines from the first to the last of the function. */
  lines: number;
}

/** A class of a file, as others see it. */
export interface SourceClass {
  name: string;
  /** Names of methods and accessors that are not private. */
  publicMethods: string[];
  /** Parameters of the constructor; of a parameter that is an object, its type. */
  constructorParameters: ConstructorParameter[];
}

/** `members` of a type that is written in place; `typeName` of one that has a name. */
export interface ConstructorParameter {
  members: number | null;
  typeName: string | null;
}

/** Members of an interface or of an object type with a name. */
export interface SourceType {
  name: string;
  members: number;
  /** Names of the types that it adds to. */
  extends: string[];
}

export interface ParsedSource {
  functions: SourceFunction[];
  classes: SourceClass[];
  types: SourceType[];
  /** Every name that is read of an object: `a.name`, `{ name } = a`, `Pick<A, 'name'>`. */
  readNames: Set<string>;
}

interface Node {
  type: string;
  start: number;
  end: number;
  [key: string]: unknown;
}

/** Reads what the rules of size need out of a TypeScript file. @throws if it does not parse */
export function parseSource(path: string, text: string): ParsedSource {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const source: ParsedSource = { functions: [], classes: [], types: [], readNames: new Set() };
  const lineStarts = startsOfLines(text);
  visit(program as unknown as Node, { parent: null, className: null, method: null }, (node, at) => {
    if (isFunction(node) && !isReturned(node, at.parent)) {
      source.functions.push(readFunction(node, at, lineStarts));
    }
    if (isClass(node)) source.classes.push(readClass(node));
    const type = readType(node);
    if (type) source.types.push(type);
    for (const name of namesRead(node, at.parent)) {
      // A method that only passes a call on to the same method of another object does not use it.
      if (name !== at.method) source.readNames.add(name);
    }
  });
  return source;
}

/** Returns the text of each comment of a TypeScript file. */
export function commentsOf(path: string, text: string): string[] {
  return parseSync(path, text).comments.map(({ value }) => value);
}

/** Where a node stands. */
interface Place {
  parent: Node | null;
  className: string | null;
  /** Name of the innermost method, null outside of methods. */
  method: string | null;
}

function visit(node: Node, at: Place, each: (node: Node, at: Place) => void): void {
  each(node, at);
  const place = {
    parent: node,
    className: isClass(node) ? nameOf(node.id) : at.className,
    method: node.type === 'MethodDefinition' ? nameOf(node.key) : at.method,
  };
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) visit(child, place, each);
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

function isFunction(node: Node): boolean {
  return /^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type);
}

function isClass(node: Node): boolean {
  return node.type === 'ClassDeclaration' || node.type === 'ClassExpression';
}

/** True for a function that another one makes and returns: its lines are lines of the other. */
function isReturned(node: Node, parent: Node | null): boolean {
  return parent?.type === 'ReturnStatement' || parent?.body === node;
}

function readFunction(
  node: Node,
  { parent, className }: Place,
  lineStarts: readonly number[],
): SourceFunction {
  const isMethod = parent?.type === 'MethodDefinition';
  const own = nameOf(node.id) ?? nameOf(parent?.key) ?? nameOf(parent?.id) ?? 'anonymous';
  const whole = isMethod ? parent : node;
  const lines = lineAt(lineStarts, whole.end) - lineAt(lineStarts, whole.start) + 1;
  return { name: isMethod && className ? `${className}.${own}` : own, lines };
}

function readClass(node: Node): SourceClass {
  const members = isNode(node.body) && Array.isArray(node.body.body) ? node.body.body : [];
  const methods = members.filter(isNode).filter(({ type }) => type === 'MethodDefinition');
  const own = methods.find(({ kind }) => kind === 'constructor');
  return {
    name: nameOf(node.id) ?? 'anonymous',
    publicMethods: methods.filter(isPublicMethod).flatMap(({ key }) => nameOf(key) ?? []),
    constructorParameters: own ? readParameters(own.value) : [],
  };
}

function isPublicMethod({ kind, key, computed, accessibility }: Node): boolean {
  if (kind === 'constructor' || computed === true) return false;
  if (accessibility === 'private' || accessibility === 'protected') return false;
  return isNode(key) && key.type === 'Identifier';
}

function readParameters(value: unknown): ConstructorParameter[] {
  const parameters = isNode(value) && Array.isArray(value.params) ? value.params : [];
  return parameters.filter(isNode).map((parameter) => {
    const pattern = isNode(parameter.parameter) ? parameter.parameter : parameter;
    const left = isNode(pattern.left) ? pattern.left : pattern;
    const annotation = isNode(left.typeAnnotation) ? left.typeAnnotation.typeAnnotation : null;
    if (!isNode(annotation)) return { members: null, typeName: null };
    const members = Array.isArray(annotation.members) ? annotation.members.length : null;
    return { members, typeName: nameOf(annotation.typeName) };
  });
}

function readType(node: Node): SourceType | null {
  const name = nameOf(node.id);
  if (name === null) return null;
  if (node.type === 'TSInterfaceDeclaration' && isNode(node.body)) {
    const bases = Array.isArray(node.extends) ? node.extends.filter(isNode) : [];
    return {
      name,
      members: Array.isArray(node.body.body) ? node.body.body.length : 0,
      extends: bases.flatMap(({ expression }) => nameOf(expression) ?? []),
    };
  }
  const aliased = node.type === 'TSTypeAliasDeclaration' ? node.typeAnnotation : null;
  if (!isNode(aliased) || !Array.isArray(aliased.members)) return null;
  return { name, members: aliased.members.length, extends: [] };
}

function namesRead(node: Node, parent: Node | null): string[] {
  switch (node.type) {
    case 'MemberExpression':
      return node.computed === true ? literal(node.property) : [nameOf(node.property) ?? ''];
    case 'Property':
      return parent?.type === 'ObjectPattern' ? [nameOf(node.key) ?? ''] : [];
    case 'TSLiteralType':
      return literal(node.literal);
    default:
      return [];
  }
}

function literal(node: unknown): string[] {
  return isNode(node) && typeof node.value === 'string' ? [node.value] : [];
}

function nameOf(node: unknown): string | null {
  if (!isNode(node)) return null;
  if (node.type === 'PrivateIdentifier') return `#${String(node.name)}`;
  return typeof node.name === 'string' ? node.name : null;
}

function startsOfLines(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** The number of the line, from 1, that holds an offset. */
function lineAt(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
