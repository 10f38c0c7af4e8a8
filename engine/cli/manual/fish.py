"""Completion for fish."""

HEAD = """# fish completion for weir; made by engine/cli/manual/manual.py

function __weir_types
    weir inspect 2>/dev/null | string match -rg '^([A-Za-z0-9]+) '
end

complete -c weir -f
complete -c weir -n __fish_use_subcommand -s h -l help -d 'Tell what commands there are'
complete -c weir -n __fish_use_subcommand -l version -d 'Tell the version'
"""
ARGUMENTS = {"dir": "-a '(__fish_complete_directories)'", "flow": "-k -a '(__fish_complete_suffix .xml)'",
             "type": "-a '(__weir_types)'", "file": "-F", "": ""}


def quote(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def words(kind):
    return f"-a {quote(kind.replace('|', ' '))}" if "|" in kind else ARGUMENTS[kind]


def completion(commands):
    lines = []
    for command in commands:
        when = f"complete -c weir -n '__fish_seen_subcommand_from {command.name}'"
        lines.append(f"complete -c weir -n __fish_use_subcommand -a {command.name} "
                     f"-d {quote(command.summary)}")
        for entry in command.options:
            letter = f" -s {entry.letter}" if entry.letter else ""
            value = f" {'-r' if entry.kind == 'file' else '-x'} {words(entry.kind)}" if entry.takes_value else ""
            lines.append(f"{when}{letter} -l {entry.name}{value} -d {quote(entry.text)}".replace("  ", " "))
        for kind in dict.fromkeys(command.kinds):
            if kind:
                lines.append(f"{when} {words(kind)}")
        lines.append(f"{when} -s h -l help -d 'Tell how it is used'")
    return HEAD + "\n".join(lines) + "\n"
