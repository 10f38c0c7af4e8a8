"""Completion for bash, without any other package."""

HEAD = """# bash completion for weir; made by engine/cli/manual/manual.py

_weir_value () {
  local IFS=$'\\n'
  case $1 in
    file) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$2") ;;
    dir) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$2") ;;
    flow) compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -d -- "$2"; compgen -f -X '!*.xml' -- "$2") ;;
    type) mapfile -t COMPREPLY < <(compgen -W "$(weir inspect 2>/dev/null |
      sed -n 's/^\\([A-Za-z0-9]\\{1,\\}\\) .*/\\1/p')" -- "$2") ;;
    *'|'*) mapfile -t COMPREPLY < <(compgen -W "${1//|/$IFS}" -- "$2") ;;
  esac
}

# Sets options, the kinds of arguments in places, and whether the last may be given again.
_weir_command () {
  again=
  case $1 in
"""
TAIL = """  esac
}

# The kind of the value of an option of a command; fails when it takes none.
_weir_option () {
  case "$1 $2" in
%s    *) return 1 ;;
  esac
}

_weir () {
  local cur=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]-} options again i place=0 kind
  local -a places=()
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W '%s --help --version' -- "$cur")
    return
  fi
  _weir_command "$command" || return 0
  # An equals sign is a word of its own here.
  i=$((COMP_CWORD - 1))
  if [[ $cur == = ]]; then
    cur=
  elif [[ ${COMP_WORDS[i]} == = ]]; then
    i=$((i - 1))
  fi
  if kind=$(_weir_option "$command" "${COMP_WORDS[i]}"); then
    _weir_value "$kind" "$cur"
    return
  fi
  if [[ $cur == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
    [[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace
    return 0
  fi
  for ((i = 2; i < COMP_CWORD; i++)); do
    if [[ ${COMP_WORDS[i]} == -* ]]; then
      if _weir_option "$command" "${COMP_WORDS[i]}" >/dev/null; then
        i=$((i + 1))
        [[ ${COMP_WORDS[i]-} != = ]] || i=$((i + 1))
      fi
    else
      place=$((place + 1))
    fi
  done
  if ((place >= ${#places[@]})) && [[ $again ]]; then
    place=$((${#places[@]} - 1))
  fi
  _weir_value "${places[place]-}" "$cur"
}

complete -F _weir weir
"""


def completion(commands):
    lines, values = [], []
    for command in commands:
        options = " ".join(f"--{entry.name}" + ("=" if entry.takes_value else "")
                           for entry in command.options)
        places = " ".join(f"'{kind}'" for kind in command.kinds)
        again = " again=1" if command.endless else ""
        lines.append(f"    {command.name}) options='{options} --help' places=({places}){again} ;;\n")
        for entry in command.options:
            if entry.takes_value:
                names = f"'{command.name} --{entry.name}'"
                names += f" | '{command.name} -{entry.letter}'" if entry.letter else ""
                values.append(f"    {names}) printf '%s\\n' '{entry.kind}' ;;\n")
    names = " ".join(command.name for command in commands)
    return (HEAD + "".join(lines) + "    *) return 1 ;;\n"
            + TAIL.replace("%s", "".join(values), 1).replace("'%s --help", f"'{names} --help", 1))
