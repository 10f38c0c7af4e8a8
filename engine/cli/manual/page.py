"""Pages of the manual, in the macros of man(7)."""
import re

ENVIRONMENT = [
    ("WEIR_MODULE_PATH", "The directories with the modules, a colon between; else where they are installed."),
    ("WEIR_KEY_FILE", "The file with the keys of encrypted secrets, unless --key names one."),
    ("CREDENTIALS_DIRECTORY", "Where systemd puts the credentials of a service."),
    ("XDG_STATE_HOME", "The data directories of flows are below weir/ there (~/.local/state)."),
    ("XDG_CONFIG_HOME", "The file with the keys is weir/key there (~/.config)."),
]


def escape(text):
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("~", "\\(ti").replace("^", "\\(ha")
    text = text.replace("'", "\\(aq").replace("`", "\\(ga").replace("…", "...")
    return re.sub(r"^\.", r"\\&.", text, flags=re.MULTILINE)


def paragraph(lines):
    """Lines that begin with blanks, or have columns, stay as they are."""
    text = escape("\n".join(lines))
    if any(re.match(r"\s", line) or re.search(r"\S {2,}\S", line) for line in lines):
        return [".PP", ".nf", *text.splitlines(), ".fi"]
    return [".PP", *text.splitlines()]


def paragraphs(text):
    written, lines = [], []
    for line in [*text.splitlines(), ""]:
        if line:
            lines.append(line)
        elif lines:
            written += paragraph(lines)
            lines = []
    return written


def synopsis(command):
    words = escape(command.arguments).split()
    return [f".B weir {command.name}", "[\\fIOPTION\\fR]...",
            *(f"\\fI{word}\\fR" for word in words)]


def option(entry):
    names = [f"\\-{entry.letter}"] if entry.letter else []
    names.append(f"\\-\\-{escape(entry.name)}")
    shown = ", ".join(f"\\fB{name}\\fR" for name in names)
    if entry.takes_value:
        shown += f"=\\fI{escape(entry.value)}\\fR"
    again = " May be given again." if entry.repeated and "again" not in entry.text else ""
    return [".TP", shown, escape(entry.text).removesuffix("...") + "." + again]


def head(name, version):
    return [f'.TH {name.upper()} 1 "" "weir {version}" "Weir"']


def of_command(command, version):
    """Returns: the text of the page weir-NAME(1)."""
    lines = head(f"weir\\-{command.name}", version)
    lines += [".SH NAME", f"weir\\-{command.name} \\- {escape(command.summary[0].lower() + command.summary[1:])}"]
    lines += [".SH SYNOPSIS", *synopsis(command), ".SH DESCRIPTION", escape(command.summary) + "."]
    lines += paragraphs(command.description)
    lines += [".SH OPTIONS"]
    for entry in command.options:
        lines += option(entry)
    lines += [".TP", "\\fB\\-h\\fR, \\fB\\-\\-help\\fR", "Tell how it is used."]
    lines += [".SH SEE ALSO", ".BR weir (1)"]
    return "\n".join(lines) + "\n"


def of_program(commands, version):
    """Returns: the text of the page weir(1)."""
    lines = head("weir", version)
    lines += [".SH NAME", "weir \\- move data along flows", ".SH SYNOPSIS", ".B weir",
              "\\fICOMMAND\\fR [\\fIARGUMENT\\fR]...", ".SH DESCRIPTION",
              "Weir moves data along flows: graphs of processors joined by queues.",
              "A flow is a file; each command has a page of its own.", ".SH COMMANDS"]
    for command in commands:
        lines += [".TP", f".BR weir\\-{command.name} (1)", escape(command.summary) + "."]
    lines += [".SH OPTIONS", ".TP", "\\fB\\-h\\fR, \\fB\\-\\-help\\fR", "Tell what commands there are.",
              ".TP", "\\fB\\-\\-version\\fR", "Tell the version."]
    lines += [".SH EXIT STATUS",
              "0 when all was done, 1 when it could not be done or problems were found, 2 when the command",
              "was used in a wrong way; a command may have more, which its page tells."]
    lines += [".SH ENVIRONMENT"]
    for name, text in ENVIRONMENT:
        lines += [".TP", f".B {name}", escape(text)]
    lines += [".SH SEE ALSO", ",\n".join(f".BR weir\\-{command.name} (1)" for command in commands)
              .replace("(1),", "(1),")]
    return "\n".join(lines) + "\n"
