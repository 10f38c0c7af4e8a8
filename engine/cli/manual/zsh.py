"""Completion for zsh."""

HEAD = """#compdef weir
# made by engine/cli/manual/manual.py

_weir_types () {
  local -a types
  types=(${(f)"$(weir inspect 2>/dev/null | sed -n 's/^\\([A-Za-z0-9]\\{1,\\}\\) .*/\\1/p')"})
  compadd -a types
}

_weir_commands () {
  local -a commands
  commands=(
"""
MIDDLE = """  )
  _describe command commands
}

_weir () {
  local state line
  _arguments -C '(- *)'{-h,--help}'[Tell what commands there are]' '(- *)--version[Tell the version]' \\
    '1: :_weir_commands' '*:: :->arguments'
  [[ $state == arguments ]] || return
  case $words[1] in
"""
TAIL = """  esac
}

_weir "$@"
"""
ACTIONS = {"file": "_files", "dir": "_files -/", "flow": '_files -g "*.xml(-.)"',
           "type": "_weir_types", "": " "}


def quote(text):
    return "'" + text.replace("'", "'\\''") + "'"


def plain(text):
    """Without what _arguments takes for its own."""
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]").replace(":", "\\:")


def action(kind):
    return f"({kind.replace('|', ' ')})" if "|" in kind else ACTIONS[kind]


def option(entry):
    value = f":{plain(entry.value)}:{action(entry.kind)}" if entry.takes_value else ""
    again = "*" if entry.repeated else ""
    sign = "=" if entry.takes_value else ""
    specs = [f"{again}--{entry.name}{sign}[{plain(entry.text)}]{value}"]
    if entry.letter:
        plus = "+" if entry.takes_value else ""
        specs.append(f"{again}-{entry.letter}{plus}[{plain(entry.text)}]{value}")
    return [quote(spec) for spec in specs]


def completion(commands):
    names = "".join(f"    {quote(f'{command.name}:{command.summary}')}\n" for command in commands)
    cases = ""
    for command in commands:
        specs = [spec for entry in command.options for spec in option(entry)]
        for number, (place, kind) in enumerate(zip(command.places, command.kinds), 1):
            last = command.endless and number == len(command.places)
            specs.append(quote(f"{'*' if last else number}:{plain(place)}:{action(kind)}"))
        specs.append("'(- *)'{-h,--help}'[Tell how it is used]'")
        cases += f"    {command.name})\n      _arguments \\\n        "
        cases += " \\\n        ".join(specs) + " ;;\n"
    return HEAD + names + MIDDLE + cases + TAIL
