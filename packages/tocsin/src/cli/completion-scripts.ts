// Completion scripts for bash, zsh and fish from a plain description of the commands. No I/O.

export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly {
    readonly long: string;
    readonly summary: string;
    readonly choices: readonly string[];
  }[];
  /** Words that can stand as its argument. */
  readonly choices: readonly string[];
  /** True where its arguments are files. */
  readonly files: boolean;
  readonly children: readonly CompletedCommand[];
}

/** Path of words to a command (`override allow`) with what can follow. */
interface Place {
  readonly path: string;
  readonly words: readonly string[];
  readonly files: boolean;
}

function places(commands: readonly CompletedCommand[], before = ''): readonly Place[] {
  return commands.flatMap((command) => {
    const path = before === '' ? command.name : `${before} ${command.name}`;
    const words = [
      ...command.children.map(({ name }) => name),
      ...command.choices,
      ...command.options.map(({ long }) => long),
    ];
    return [{ path, words, files: command.files }, ...places(command.children, path)];
  });
}

/** Every place that two words name (`'override allow'|…`), as a pattern of a shell's `case`. */
function pairs(commands: readonly CompletedCommand[]): string {
  return commands
    .flatMap(({ name, children }) => children.map((child) => `'${name} ${child.name}'`))
    .join('|');
}

/** The words after an option that takes one of some. */
function optionCases(commands: readonly CompletedCommand[]): readonly string[] {
  const cases = new Map<string, readonly string[]>();
  for (const { options } of commands)
    for (const { long, choices } of options) if (choices.length > 0) cases.set(long, choices);
  return [...cases].map(
    ([long, choices]) =>
      `    ${long}) COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$word")); return ;;`,
  );
}

export function bashScript(commands: readonly CompletedCommand[]): string {
  const cases = places(commands).map(
    ({ path, words, files }) => `    '${path}') words='${words.join(' ')}' files=${files ? 1 : 0} ;;`,
  );
  return `# completion of tocsin for bash
_tocsin() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" words='' files=0 place="\${COMP_WORDS[1]}"
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')} help --help --version' -- "$word"))
    return
  fi
  case "$before" in
${optionCases(commands).join('\n')}
  esac
  if [ "$COMP_CWORD" -gt 2 ]; then
    case "$place \${COMP_WORDS[2]}" in
      ${pairs(commands)}) place="$place \${COMP_WORDS[2]}" ;;
    esac
  fi
  case "$place" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  if [ "$files" -eq 1 ] && [ "\${word:0:1}" != - ]; then
    local IFS=$'\\n'
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}
complete -F _tocsin tocsin
`;
}

export function zshScript(commands: readonly CompletedCommand[]): string {
  const quote = (text: string): string => text.replaceAll("'", `'\\''`).replaceAll(':', '\\:');
  const list = commands.map(({ name, summary }) => `    '${name}:${quote(summary)}'`);
  const cases = places(commands).map(
    ({ path, words, files }) =>
      `    '${path}') compadd -- ${words.join(' ')}${files ? '; [[ "$PREFIX" == -* ]] || _files' : ''} ;;`,
  );
  return `#compdef tocsin
# completion of tocsin for zsh
_tocsin() {
  local -a commands
  commands=(
${list.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  local place="\${words[2]}"
  if (( CURRENT > 3 )); then
    case "$place \${words[3]}" in
      ${pairs(commands)}) place="$place \${words[3]}" ;;
    esac
  fi
  case "$place" in
${cases.join('\n')}
  esac
}
compdef _tocsin tocsin
`;
}

export function fishScript(commands: readonly CompletedCommand[]): string {
  const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = ['# completion of tocsin for fish', 'complete -c tocsin -f'];
  for (const { name, summary } of commands)
    lines.push(`complete -c tocsin -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`);
  const add = (command: CompletedCommand, seen: string): void => {
    const here = `complete -c tocsin -n ${quote(seen)}`;
    for (const { long, summary, choices } of command.options)
      lines.push(
        `${here} -l ${long.slice(2)} -d ${quote(summary)}${choices.length > 0 ? ` -x -a ${quote(choices.join(' '))}` : ''}`,
      );
    if (command.choices.length > 0) lines.push(`${here} -a ${quote(command.choices.join(' '))}`);
    if (command.files) lines.push(`${here} -F`);
    const none = `${seen}; and not __fish_seen_subcommand_from ${command.children.map(({ name }) => name).join(' ')}`;
    for (const child of command.children) {
      lines.push(`complete -c tocsin -n ${quote(none)} -a ${child.name} -d ${quote(child.summary)}`);
      add(child, `${seen}; and __fish_seen_subcommand_from ${child.name}`);
    }
  };
  for (const command of commands) add(command, `__fish_seen_subcommand_from ${command.name}`);
  return `${lines.join('\n')}\n`;
}
