const MAX_NAME = 120;

/** "Firefox on Linux" out of a `User-Agent` header; what it is not sure of it leaves out. */
export function browserName(userAgent: string | undefined): string {
  const text = (userAgent ?? '').slice(0, 500);
  const browser = ['Edg', 'OPR', 'Firefox', 'Chrome', 'Safari'].find((name) => text.includes(name));
  const system = ['Android', 'iPhone', 'iPad', 'Windows', 'Mac OS', 'Linux'].find((name) =>
    text.includes(name),
  );
  const names: Record<string, string> = { Edg: 'Edge', OPR: 'Opera', 'Mac OS': 'macOS' };
  const shown = [browser, system].flatMap((name) => (name ? [names[name] ?? name] : []));
  return (shown.join(' on ') || text || 'Browser').slice(0, MAX_NAME);
}
