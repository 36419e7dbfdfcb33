import { describe, expect, it } from 'vitest';
import { versionProblem } from '../../../bin/node-problem.js';

describe('versionProblem', () => {
  it.each(['18.20.8', '20.9.0', '20.18.3'])(
    'refuses Node %s and names the oldest that works',
    (version) => {
      expect(versionProblem(version)).toBe(
        `This is Node ${version}, and omi-backend needs Node 20.19 or newer. Install Node 22.16 or newer.\n`,
      );
    },
  );

  it.each(['20.19.0', '21.0.0', '22.16.0', '24.1.0', process.versions.node])(
    'has nothing against Node %s',
    (version) => {
      expect(versionProblem(version)).toBeNull();
    },
  );
});
