/** Path that the server is reached under, with a slash at both ends: that of the configured address. */
export function basePathOf(publicUrl: string | null): string {
  return publicUrl === null ? '/' : `${new URL(publicUrl).pathname.replace(/\/+$/, '')}/`;
}

/**
 * The target of a request as the server's routes know it. A proxy at a sub-path may leave the sub-path in
 * it, or not.
 */
export function withoutBasePath(target: string, basePath: string): string {
  if (basePath === '/') return target;
  const bare = basePath.slice(0, -1);
  if (target === bare || target.startsWith(`${bare}?`)) return `/${target.slice(bare.length)}`;
  return target.startsWith(basePath) ? target.slice(bare.length) : target;
}
