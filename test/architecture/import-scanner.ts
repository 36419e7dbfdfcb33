/** One file's ties to others, as its text states them. */
export interface Import {
  specifier: string;
  kind: 'static' | 'type' | 'dynamic';
}

export interface ScannedSource {
  imports: Import[];
  hasDefaultExport: boolean;
  readsEnvironment: boolean;
}

/**
 * Reads imports, re-exports and dynamic imports out of TypeScript text without a compiler:
 * comments go, string and template contents are set aside, and what is left is matched.
 */
export function scanSource(source: string): ScannedSource {
  const { code, strings } = setStringsAside(source);
  const imports: Import[] = [];
  const from = /(?:^|[;}\s])(import|export)\s+(type\s)?((?:[\w$*\s,]|\{[^{}]*\})*?)from\s*§(\d+)§/g;
  for (const [, , typeOnly, names = '', index] of code.matchAll(from)) {
    imports.push({
      specifier: strings[Number(index)] ?? '',
      kind: typeOnly !== undefined || onlyTypes(names) ? 'type' : 'static',
    });
  }
  for (const [, index] of code.matchAll(/(?:^|[;}\s])import\s*§(\d+)§/g)) {
    imports.push({ specifier: strings[Number(index)] ?? '', kind: 'static' });
  }
  for (const [, typeQuery, index] of code.matchAll(/(typeof\s+)?\bimport\s*\(\s*§(\d+)§/g)) {
    imports.push({
      specifier: strings[Number(index)] ?? '',
      kind: typeQuery === undefined ? 'dynamic' : 'type',
    });
  }
  return {
    imports,
    hasDefaultExport:
      /(?:^|[;}\s])export\s+default\b/.test(code) ||
      /(?:^|[;}\s])export\s*\{[^}]*\bas\s+default\b/.test(code),
    readsEnvironment:
      /\bprocess\s*\??\.\s*env\b/.test(code) ||
      /\}\s*=\s*process\b/.test(code) ||
      [...code.matchAll(/\bprocess\s*\[\s*§(\d+)§/g)].some(
        ([, index]) => strings[Number(index)] === 'env',
      ) ||
      imports.some(({ specifier }) => /^(node:)?process$/.test(specifier)),
  };
}

/** `{ type A, type B }`: every name is a type. */
function onlyTypes(names: string): boolean {
  const inBraces = /^\s*\{([^{}]*)\}\s*$/.exec(names)?.[1];
  if (inBraces === undefined) return false;
  const items = inBraces.split(',').filter((item) => item.trim() !== '');
  return items.length > 0 && items.every((item) => /^\s*type\s/.test(item));
}

const BEFORE_REGEX =
  /(?:^|[(,=:[!&|?{};+\-*%~^<>]|\b(?:return|typeof|case|in|of|do|else|yield|await))\s*$/;

/** The code with comments blanked and each string or template piece replaced by its number. */
function setStringsAside(source: string): { code: string; strings: string[] } {
  const strings: string[] = [];
  /** Brace depth of each `${` that is open. */
  const openTemplates: number[] = [];
  let depth = 0;
  let code = '';
  let at = 0;

  const keep = (text: string) => {
    code += `§${strings.push(text) - 1}§`;
  };
  const readTemplate = () => {
    const start = at;
    while (at < source.length && source[at] !== '`' && !source.startsWith('${', at)) {
      at += source[at] === '\\' ? 2 : 1;
    }
    keep(source.slice(start, at));
    if (source[at] === '`') at += 1;
    else {
      at += 2;
      openTemplates.push(depth);
      code += ' ';
    }
  };

  while (at < source.length) {
    const char = source[at] ?? '';
    if (source.startsWith('//', at)) {
      at = endOr(source, source.indexOf('\n', at));
    } else if (source.startsWith('/*', at)) {
      const end = source.indexOf('*/', at + 2);
      at = end === -1 ? source.length : end + 2;
      code += ' ';
    } else if (char === "'" || char === '"') {
      const start = ++at;
      while (at < source.length && source[at] !== char) at += source[at] === '\\' ? 2 : 1;
      keep(source.slice(start, at));
      at += 1;
    } else if (char === '`') {
      at += 1;
      readTemplate();
    } else if (char === '}' && openTemplates.at(-1) === depth) {
      openTemplates.pop();
      at += 1;
      code += ' ';
      readTemplate();
    } else if (char === '/' && BEFORE_REGEX.test(code.slice(-20))) {
      at = endOfRegex(source, at);
      code += ' 0 ';
    } else {
      if (char === '{') depth += 1;
      if (char === '}') depth -= 1;
      code += char;
      at += 1;
    }
  }
  return { code, strings };
}

function endOfRegex(source: string, start: number): number {
  let at = start + 1;
  let inClass = false;
  while (at < source.length && source[at] !== '\n' && (inClass || source[at] !== '/')) {
    if (source[at] === '[') inClass = true;
    if (source[at] === ']') inClass = false;
    at += source[at] === '\\' ? 2 : 1;
  }
  return at + 1;
}

function endOr(source: string, position: number): number {
  return position === -1 ? source.length : position;
}
