/** Completion for shells, generated from the commands and their options. */
import type { Command, Option } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

/** A command by its path, such as `state show`, and what can follow it. */
interface Completed {
  /** Empty for the program itself. */
  readonly path: readonly string[];
  readonly description: string;
  readonly commands: readonly Command[];
  readonly options: readonly Option[];
}

export function completionScript(program: Command, shell: Shell): string {
  const all = completedIn(program, []);
  switch (shell) {
    case 'bash':
      return bashScript(program.name(), all);
    case 'zsh':
      return `#compdef ${program.name()}\nautoload -U +X bashcompinit && bashcompinit\n${bashScript(program.name(), all)}`;
    case 'fish':
      return fishScript(program.name(), all);
  }
}

function completedIn(command: Command, path: readonly string[]): readonly Completed[] {
  const { commands } = command;
  const options = command.createHelp().visibleOptions(command);
  const own: Completed = { path, description: command.description(), commands, options };
  return [own, ...commands.flatMap((each) => completedIn(each, [...path, each.name()]))];
}

/** One function that finds the command on the line, and offers what follows it. Files, where it is not known. */
function bashScript(name: string, all: readonly Completed[]): string {
  const id = `_${name.replaceAll('-', '_')}`;
  const cases = all.map(({ path, commands, options }) => {
    const words = [...commands.map((command) => command.name()), ...options.flatMap(flagsOf)];
    return `    ${quoted(path.join(' '))}) words=${quoted(words.join(' '))} ;;`;
  });
  const choices = [
    ...new Map(
      all.flatMap(({ options }) =>
        options.flatMap((option) =>
          option.argChoices === undefined ? [] : flagsOf(option).map((flag) => [flag, option.argChoices] as const),
        ),
      ),
    ),
  ].map(
    ([flag, values = []]) =>
      `    ${flag}) COMPREPLY=($(compgen -W ${quoted(values.join(' '))} -- "$current")); return ;;`,
  );
  const paths = all.filter(({ path }) => path.length > 0).map(({ path }) => quoted(path.join(' ')));
  return `${id}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" path="" words="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
    ${paths.join('|')}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$before" in
${choices.join('\n')}
  esac
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F ${id} ${name}
`;
}

function fishScript(name: string, all: readonly Completed[]): string {
  const lines = all.flatMap(({ path, commands, options }) => {
    const names = commands.map((command) => command.name()).join(' ');
    const isHere = path.map((word) => `__fish_seen_subcommand_from ${word}`);
    const isOpen = names === '' ? isHere : [...isHere, `not __fish_seen_subcommand_from ${names}`];
    const when = isOpen.length === 0 ? '' : ` -n ${quoted(isOpen.join('; and '))}`;
    return [
      ...commands.map(
        (command) =>
          `complete -c ${name} -f${when} -a ${command.name()} -d ${quoted(firstSentence(command.description()))}`,
      ),
      ...options.map((option) => {
        const flags = [
          ...(option.short === undefined ? [] : [`-s ${option.short.slice(1)}`]),
          ...(option.long === undefined ? [] : [`-l ${option.long.slice(2)}`]),
        ].join(' ');
        const value =
          option.argChoices === undefined
            ? option.required
              ? ' -r'
              : ''
            : ` -x -a ${quoted(option.argChoices.join(' '))}`;
        return `complete -c ${name}${when} ${flags}${value} -d ${quoted(firstSentence(option.description))}`;
      }),
    ];
  });
  return `${lines.join('\n')}\n`;
}

function flagsOf({ long, short }: Option): readonly string[] {
  return [long, short].filter((flag) => flag !== undefined);
}

function firstSentence(text: string): string {
  return /^.*?\.(?= |$)/.exec(text)?.[0] ?? text;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
