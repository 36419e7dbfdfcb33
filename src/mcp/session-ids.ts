import { randomToken, sha256Hex } from '../kernel/ids.ts';

/**
 * Session ids for clients of the earlier revisions that expect one. Nothing is stored: an id tells by
 * itself whose it is, so that it outlives a restart and works on every server of an installation.
 */
export function newSessionId(uid: string): string {
  const random = randomToken(12);
  return `${random}.${proofOf(random, uid)}`;
}

/** Whose a session id is: this user's, another's, or no session id at all. */
export function ownerOfSession(id: string, uid: string): 'own' | 'foreign' | 'unknown' {
  const [random = '', proof = '', ...rest] = id.split('.');
  if (rest.length > 0 || random.length !== 16 || proof.length !== 32) return 'unknown';
  return proofOf(random, uid) === proof ? 'own' : 'foreign';
}

function proofOf(random: string, uid: string): string {
  return sha256Hex(`mcp-session:${random}:${uid}`).slice(0, 32);
}
