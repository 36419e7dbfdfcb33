import { describe, expect, it } from 'vitest';
import type { LocalAccounts } from '../../../src/auth/local-accounts.ts';
import { MachineTokens, machineToken } from '../../../src/auth/machine-tokens.ts';

const accounts = {
  verify: async (token: string) => (token === 'omi_known' ? { uid: 'known' } : null),
  findUser: async (name: string) => (name === 'Zoë' ? { id: 'zoe' } : undefined),
} as unknown as LocalAccounts;

describe('tokens of the command line on the machine of the server', () => {
  const tokens = new MachineTokens(accounts);

  it('belong to the user that they name', async () => {
    expect(await tokens.verify(machineToken(tokens.key, 'Zoë'))).toEqual({ uid: 'zoe' });
    expect(await tokens.isRevoked(machineToken(tokens.key, 'Zoë'))).toBe(false);
    expect(await tokens.verify(machineToken(tokens.key, 'nobody'))).toBeNull();
  });

  it.each(['', 'omi_machine_', 'omi_machine_.', `omi_machine_${'A'.repeat(43)}.Wm_Dqw`])(
    '%j is refused',
    async (token) => {
      expect(await tokens.verify(token)).toBeNull();
    },
  );

  it('are worth nothing at another start of the server', async () => {
    const next = new MachineTokens(accounts);
    expect(await next.verify(machineToken(tokens.key, 'Zoë'))).toBeNull();
  });

  it('leave other tokens to the accounts', async () => {
    expect(await tokens.verify('omi_known')).toEqual({ uid: 'known' });
  });
});
