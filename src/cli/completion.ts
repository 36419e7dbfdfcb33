import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';

/** Adds `completion <shell>`, and the hidden command that the shells ask. Call it last. */
export function addCompletion(program: Command): void {
  tab(program, { completionCommandName: 'completion' });
  const command = program.commands.find((candidate) => candidate.name() === 'completion');
  command
    ?.description('print what completes commands in bash, zsh, fish or powershell')
    .addHelpText(
      'after',
      `
Examples:
  source <(omi-backend completion bash)                        # ~/.bashrc, with the package bash-completion
  source <(omi-backend completion zsh)                         # ~/.zshrc, after compinit
  omi-backend completion fish > ~/.config/fish/completions/omi-backend.fish`,
    );
}
