#!/usr/bin/env python3
"""No two files define a type of one name in one namespace.

    types.py SOURCE_FOLDER

Where two do, the linker takes one of the two destructors for both, and no compiler sees both. Types in unnamed namespaces, inside other types and
inside functions are their file's own.
"""
import collections
import pathlib
import re
import sys

FOLDERS = ("runtime", "compiler", "cli")
# Text in which a brace or a word means nothing.
SILENT = re.compile(r'//[^\n]*|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)
STEP = re.compile(r"namespace\s*(?P<space>[\w:]*)\s*\{"
                  r"|\b(?:struct|class|enum\s+class|enum|union)\s+(?:alignas\([^)]*\)\s*)?(?P<type>[\w:]+)[^;{}()=<>]*\{"
                  r"|[{}]")


def types_of(text):
    """Names, with their namespaces, of the types that are defined outside of functions and of other types."""
    names, around = set(), []  # around: names of namespaces, None for any other brace
    for step in STEP.finditer(SILENT.sub(" ", text)):
        if step["space"] is not None:
            around.append(step["space"] or None)
        elif step["type"] is not None:
            if None not in around:
                names.add("::".join([*around, step["type"]]))
            around.append(None)
        elif step[0] == "{":
            around.append(None)
        elif around:
            around.pop()
    return names


def main():
    assert types_of("namespace a::b { struct C { struct D {}; }; namespace { class E {}; } void f() { enum F {}; } }") == {"a::b::C"}
    root = pathlib.Path(sys.argv[1])
    where = collections.defaultdict(list)
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".h", ".cpp"):
                for name in types_of(path.read_text(encoding="utf-8")):
                    where[name].append(str(path.relative_to(root)))
    twice = {name: files for name, files in where.items() if len(files) > 1}
    for name, files in sorted(twice.items()):
        print(f"{name} is defined by {' and by '.join(files)}")
    if not where or twice:
        sys.exit(1)
    print(f"{len(where)} types, each defined once")


if __name__ == "__main__":
    main()
