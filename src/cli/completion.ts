import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import { VARIABLE_NAMES } from '../config/variable-names.ts';
import { printLines } from './terminal.ts';

/** Of arguments and options whose value is a path. */
const PATH_NAME = /^(?:file|folder|path|recording)$/;
/** Tells the shell to complete paths itself. */
const COMPLETE_PATHS = ':0';

/**
 * In place of the library's script for bash, which needs the package bash-completion, and evaluates what is being
 * typed as shell code.
 */
const BASH_SCRIPT = `# bash completion for omi-backend
__omi_backend_complete() {
    local word=\${COMP_WORDS[COMP_CWORD]} value rest
    COMPREPLY=()
    while IFS=$'\\t' read -r value rest; do
        case $value in
            ${COMPLETE_PATHS}) compopt -o default ;;
            :*) ;;
            "$word"*) COMPREPLY+=("$value") ;;
        esac
    done < <(omi-backend complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F __omi_backend_complete omi-backend`;

/** Adds `completion <shell>`, and the hidden command that the shells ask. Call it last. */
export function addCompletion(program: Command): void {
  const completions = tab(program, { completionCommandName: 'completion' });
  for (const action of ['get', 'set', 'unset']) {
    completions.commands.get(`config ${action}`)?.argument('name', (complete) => {
      for (const name of VARIABLE_NAMES) complete(name, '');
    });
  }
  program.commands
    .find((candidate) => candidate.name() === 'completion')
    ?.description('print what completes commands in bash, zsh, fish or powershell')
    .action((shell: string) => {
      if (shell === 'bash') printLines([BASH_SCRIPT]);
      else completions.setup(program.name(), program.name(), shell);
    })
    .addHelpText(
      'after',
      `
Examples:
  source <(omi-backend completion bash)                        # ~/.bashrc
  source <(omi-backend completion zsh)                         # ~/.zshrc, after compinit
  omi-backend completion fish > ~/.config/fish/completions/omi-backend.fish`,
    );
  program.commands
    .find((candidate) => candidate.name() === 'complete')
    ?.action((words: string[]) => {
      if (expectsPath(program, words)) printLines([COMPLETE_PATHS]);
      else completions.parse(words);
    });
}

/**
 * Returns true if the last word is a path, by the name of its argument or option.
 *
 * @param words after the program, the last one as far as it is typed
 */
export function expectsPath(program: Command, words: readonly string[]): boolean {
  let command = program;
  let position = 0;
  let option: string | undefined;
  for (const word of words.slice(0, -1)) {
    if (option !== undefined) option = undefined;
    else if (word.startsWith('-')) option = valueName(command, word);
    else {
      const next = command.commands.find((candidate) => candidate.name() === word);
      if (next) command = next;
      else position += 1;
    }
  }
  if (option !== undefined) return PATH_NAME.test(option);
  if (words.at(-1)?.startsWith('-')) return false;
  const last = command.registeredArguments.at(-1);
  const argument = command.registeredArguments[position] ?? (last?.variadic ? last : undefined);
  return argument !== undefined && PATH_NAME.test(argument.name());
}

/** Returns the name of the value that an option takes, undefined if it takes none or is unknown. */
function valueName(command: Command, word: string): string | undefined {
  const option = command.options.find(
    (candidate) => candidate.long === word || candidate.short === word,
  );
  return /[<[](\w+)/.exec(option?.flags ?? '')?.[1];
}
