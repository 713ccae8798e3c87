"""How does a shell complete what is typed? A script, generated from the parser itself."""

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tradebot.cli import flags, show
from tradebot.cli.outcome import Exit

_FILES: Final = frozenset({"config", "data_dir"})  # paths that are no Path in the parser


@dataclass(frozen=True, slots=True)
class Option:
    """One flag; `values` are what it may be set to, where that is a closed list."""

    names: tuple[str, ...]
    says: str
    takes_value: bool
    values: tuple[str, ...]
    is_file: bool


@dataclass(frozen=True, slots=True)
class Branch:
    """What can follow after these verbs."""

    path: str
    verbs: Mapping[str, str]
    options: tuple[Option, ...]
    values: tuple[str, ...]
    is_file: bool


def register(verbs: flags.Verbs) -> None:
    parser = flags.verb(verbs, "completion", "tradebot.cli.completion:completion")
    parser.add_argument("shell", choices=tuple(_SCRIPTS), metavar="SHELL",
                        help="bash, zsh or fish")
    flags.takes_json(parser)
    parser.epilog = "for example: source <(tradebot completion bash)"


def completion(args: argparse.Namespace) -> int:
    from tradebot.cli.main import build_parser

    script = _SCRIPTS[args.shell]([*levels(build_parser())])
    if args.json:
        show.document({"shell": args.shell, "script": script})
    else:
        show.line(script)
    return Exit.DONE


def levels(parser: argparse.ArgumentParser, path: str = "") -> Iterator[Branch]:
    """Walk the parser: one level for the program, and one for each verb and action."""
    verbs: dict[str, str] = {}
    options: list[Option] = []
    values: list[str] = []
    children: dict[str, argparse.ArgumentParser] = {}
    is_file = False
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            verbs |= {choice.dest: choice.help or "" for choice in action._choices_actions}
            children |= action.choices
        elif action.option_strings:
            options.append(_option(action))
        else:
            values += [str(choice) for choice in action.choices or ()]
            is_file = is_file or action.type is Path
    yield Branch(path, verbs, tuple(options), tuple(values), is_file)
    for name, child in children.items():
        yield from levels(child, f"{path} {name}".strip())


def _option(action: argparse.Action) -> Option:
    return Option(
        names=tuple(action.option_strings), says=action.help or "",
        takes_value=action.nargs != 0,
        values=tuple(str(choice) for choice in action.choices or ()),
        is_file=action.type is Path or action.dest in _FILES,
    )


def _cases(found: list[Branch]) -> tuple[list[str], list[str], list[str]]:
    """Return the lines that both bash and zsh need: where we are, values of flags, what follows."""
    steps, values, words = [], [], []
    for level in found:
        steps += [f'"{level.path}|{name}") at="{level.path} {name}"; at="${{at# }}" ;;'
                  for name in level.verbs]
        for option in level.options:
            if option.takes_value:
                names = "|".join(f'"{level.path}|{name}"' for name in option.names)
                what = " ".join(option.values)
                values.append(f'{names}) is_value=1; is_file={option.is_file:d}; all="{what}" ;;')
        flags_ = [name for option in level.options for name in option.names]
        all_ = " ".join((*level.verbs, *level.values, *flags_))
        words.append(f'"{level.path}") is_file={level.is_file:d}; all="{all_}" ;;')
    return steps, values, words


def _walk(found: list[Branch], typed: str, before: str) -> str:
    steps, values, words = _cases(found)
    inner = "\n".join(f"            {line}" for line in steps)
    of_flags = "\n".join(f"        {line}" for line in values)
    after = "\n".join(f"            {line}" for line in words)
    return f"""    for word in {typed}; do
        case "$at|$word" in
{inner}
        esac
    done
    case "$at|{before}" in
{of_flags}
    esac
    if [ -z "$is_value" ]; then
        case "$at" in
{after}
        esac
    fi"""


def _bash(found: list[Branch]) -> str:
    walk = _walk(found, '"${COMP_WORDS[@]:1:COMP_CWORD-1}"', "${COMP_WORDS[COMP_CWORD-1]}")
    return f"""_tradebot() {{
    local at="" word all="" is_value="" is_file=0 typed="${{COMP_WORDS[COMP_CWORD]}}"
{walk}
    COMPREPLY=($(compgen -W "$all" -- "$typed"))
    if [ "$is_file" = 1 ] && [ "${{typed#-}}" = "$typed" ]; then
        compopt -o filenames 2>/dev/null
        COMPREPLY+=($(compgen -f -- "$typed"))
    fi
}}
complete -F _tradebot tradebot"""


def _zsh(found: list[Branch]) -> str:
    walk = _walk(found, '"${(@)words[2,CURRENT-1]}"', "${words[CURRENT-1]}")
    return f"""#compdef tradebot
_tradebot() {{
    local at="" word all="" is_value="" is_file=0
{walk}
    compadd -- ${{=all}}
    if [ "$is_file" = 1 ]; then _files; fi
}}
compdef _tradebot tradebot"""


def _fish(found: list[Branch]) -> str:
    lines = [
        "function __tradebot_at",
        "    set -l at",
        "    for word in (commandline -opc)[2..-1]",
        '        switch "$at|$word"',
    ]
    for level in found:
        lines += [f"            case {_single(f'{level.path}|{name}')}\n"
                  f"                set at {_single(f'{level.path} {name}'.strip())}"
                  for name in level.verbs]
    lines += ["        end", "    end", '    test "$at" = "$argv[1]"', "end",
              "complete -c tradebot -f"]
    for level in found:
        when = f"complete -c tradebot -n {_single(f'__tradebot_at {_single(level.path)}')}"
        lines += [f"{when} -a {name} -d {_single(says)}" for name, says in level.verbs.items()]
        lines += [f"{when} -a {value}" for value in level.values]
        lines += [f"{when} -F"] if level.is_file else []
        lines += [f"{when} {_fish_option(option)}" for option in level.options]
    return "\n".join(lines)


def _fish_option(option: Option) -> str:
    named = [f"-l {n[2:]}" if n.startswith("--") else f"-s {n[1:]}" for n in option.names]
    if option.takes_value:
        named.append("-r" if option.is_file else "-x")
    if option.is_file:
        named.append("-F")
    if option.values:
        named.append(f"-a {_single(' '.join(option.values))}")
    return " ".join([*named, f"-d {_single(option.says)}"])


def _single(text: str) -> str:
    """Quote for fish, where a backslash takes the meaning from a quote and from itself."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


_SCRIPTS: Final = {"bash": _bash, "zsh": _zsh, "fish": _fish}
