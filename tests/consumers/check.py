#!/usr/bin/env python3
"""check.py BUILD SOURCE CXX: installs what was built in BUILD into a temporary folder, looks at the libraries that are there, and builds
and runs two projects of somebody else against them: one that uses CMake's find_package, one that has a compiler and pkg-config only.

What each prints is held against what it should. Exit code 1 when anything is otherwise, 77 without pkg-config or readelf.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

BUILD, SOURCE, CXX = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
HERE = pathlib.Path(__file__).parent
LARGEST = 2_000_000  # bytes of libwrit.so, stripped
NOT_IN_THE_RUNTIME = ("LLVM", "antlr", "z3", "sqlite", "redis", "fmt", "date-tz", "toml", "yaml")
wrong = []


def run(*command, **options):
    """What it prints. A command that fails is the end."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def check(holds, what):
    if not holds:
        wrong.append(what)


def look_at_the_libraries(lib, folder):
    names = sorted(path.name for path in lib.glob("libwrit*.so"))
    check("libwrit.so" in names and "libwrit-compiler.so" in names, f"installed are {names}")
    for name in names:
        dynamic = run("readelf", "-d", lib / name)
        soname = re.search(r"soname: \[(.*)\]", dynamic).group(1)
        check(re.fullmatch(re.escape(name) + r"\.\d+\.\d+", soname), f"{name} calls itself {soname}")
        strangers = [s for s in run("nm", "-DC", "--defined-only", lib / name).splitlines()
                     if not re.search(r" (writ::|writ_|(vtable|typeinfo|typeinfo name|VTT|guard variable) for writ::|WRIT_)", s)]
        check(not strangers, f"{name} shows what is not ours: {strangers[:3]}")
    needed = run("ldd", lib / "libwrit.so")
    check("not found" not in needed, needed)
    for word in NOT_IN_THE_RUNTIME:
        check(word.lower() not in needed.lower(), f"libwrit.so needs {word}:\n{needed}")
    stripped = folder / "stripped.so"
    run("strip", "-o", stripped, lib / "libwrit.so")
    check(stripped.stat().st_size < LARGEST, f"libwrit.so has {stripped.stat().st_size} bytes, stripped")
    print(f"libwrit.so: {stripped.stat().st_size} bytes, stripped")


def find_package(prefix, folder, bundle, key):
    build = folder / "cmake"
    run("cmake", "-G", "Ninja", "-S", HERE / "cmake", "-B", build, f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_CXX_COMPILER={CXX}", f"-DFACTS={folder}")
    run("cmake", "--build", build)
    decided = run(build / "decides", bundle, key)
    check(decided == "allow\n", f"decides says {decided}")
    compiled = run(build / "compiles", HERE / "policy.writ", folder / "counters")
    check(compiled == "challenge: mfa\n", f"compiles says {compiled}")


def plain(prefix, lib, folder, bundle, key):
    environment = dict(os.environ, PKG_CONFIG_PATH=str(lib / "pkgconfig"))
    flags = run("pkg-config", "--cflags", "--libs", "writ", env=environment).split()
    program = folder / "plain"
    run(CXX, "-std=c++20", HERE / "cmake" / "decides.cpp", "-o", program, f"-I{folder}", *flags)
    decided = run(program, bundle, key, env=dict(os.environ, LD_LIBRARY_PATH=str(lib)))
    check(decided == "allow\n", f"the plain program says {decided}")
    # Each header by itself, with every warning: they are read by other people's compilers.
    for header in [folder / "acme_facts.h", *sorted((prefix / "include" / "writ").glob("*.h"))]:
        run(CXX, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror", "-x", "c++", "-include", header,
            os.devnull, f"-I{prefix / 'include'}")


def page(prefix, lib, folder):
    """The page on embedding: its files are written to an empty folder, and its commands run there and print what stands below them."""
    text = (SOURCE / "docs" / "embedding.md").read_text()
    folder.mkdir()
    environment = dict(os.environ, PKG_CONFIG_PATH=str(lib / "pkgconfig"), LD_LIBRARY_PATH=str(lib), PATH=f"{prefix / 'bin'}:{os.environ['PATH']}")
    blocks = re.findall(r"^```([^\n]+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    printed = 0
    for info, body in blocks:
        if " " in info:
            (folder / info.split(" ")[1]).write_text(body)
        elif info == "sh":
            run("sh", "-ec", body, cwd=folder, env=environment)
        elif info == "console":
            for command, wanted in re.findall(r"^\$ ([^\n]*)\n((?:(?!\$ ).*\n)*)", body, re.MULTILINE):
                seen = run("sh", "-ec", command, cwd=folder, env=environment)
                check(seen == wanted, f"docs/embedding.md: $ {command}\n{seen}")
                printed += 1
    check(printed >= 5, "docs/embedding.md shows less than it did")
    service = next(body for info, body in blocks if info == "cpp service.cpp")
    lines = [line for line in service.splitlines() if line.strip() and not line.startswith("#include")]
    check(len(lines) <= 40, f"the service of docs/embedding.md has {len(lines)} lines")


def main():
    for tool in ("pkg-config", "readelf"):
        if shutil.which(tool) is None:
            print(f"skipped: there is no {tool}")
            sys.exit(77)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        prefix = folder / "prefix"
        run("cmake", "--install", BUILD, "--prefix", prefix)
        lib = next(prefix.glob("lib/**/libwrit.so")).parent
        look_at_the_libraries(lib, folder)
        writ = prefix / "bin" / "writ"
        run(writ, "keygen", "release", cwd=folder)
        run(writ, "build", HERE / "policy.writ", "-o", "all.writb", "--key", "release.key", cwd=folder)
        facts = run(writ, "facts", HERE / "policy.writ", "--tenant", "acme", "--cpp", "--namespace", "acme")
        (folder / "acme_facts.h").write_text(facts)
        find_package(prefix, folder, folder / "all.writb", folder / "release.pub")
        plain(prefix, lib, folder, folder / "all.writb", folder / "release.pub")
        page(prefix, lib, folder / "page")
    for what in wrong:
        print(f"wrong: {what}")
    sys.exit(1 if wrong else 0)


main()
