import { once } from 'node:events';
import { Command } from 'commander';
import { AppError } from '../kernel/errors.ts';
import { API_SCOPES } from '../model/accounts/api-key.ts';
import { withContext } from './environment.ts';

interface McpOptions {
  user: string;
  readOnly?: boolean;
}

export function mcpCommand(): Command {
  return new Command('mcp')
    .description('serve MCP over standard input and output, for assistants on this machine')
    .option('--user <name>', 'whose data (name or id)', 'owner')
    .option('--read-only', 'offer nothing that changes anything')
    .addHelpText(
      'after',
      `
No key and no running server are needed: it reads the data directory (DATA_DIR). Assistants start it
themselves; see docs/mcp.md.

Example, in the configuration of an assistant:
  {"mcpServers": {"omi": {"command": "omi-backend", "args": ["mcp"], "env": {"DATA_DIR": "/srv/omi"}}}}`,
    )
    .action(serveMcp);
}

/** Serves until standard input ends. Standard output belongs to the protocol. */
async function serveMcp(options: McpOptions): Promise<void> {
  const [{ serveStdio }, { createUserServer }, { mcpParts }] = await Promise.all([
    import('@modelcontextprotocol/server/stdio'),
    import('../mcp/user-server.ts'),
    import('../server/mcp-parts.ts'),
  ]);
  await withContext(async (context) => {
    const user = await context.accounts.findUser(options.user);
    if (!user) {
      throw new AppError(
        'not-found',
        `There is no user "${options.user}". Start the server once, or set DATA_DIR to its data directory.`,
      );
    }
    const scopes = new Set(
      API_SCOPES.filter((scope) => !options.readOnly || scope.endsWith(':read')),
    );
    const parts = mcpParts(context);
    const handle = serveStdio(() => createUserServer(parts, { uid: user.id, scopes }));
    await once(process.stdin, 'close');
    await handle.close();
  });
}
