# SPDX-License-Identifier: Apache-2.0
"""What the checks share: which files are ours, and C text with comments and strings blanked."""
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent


def tracked(root, *suffixes):
    """Tracked files with one of the suffixes, as paths relative to root; outside a git checkout all files."""
    shown = subprocess.run(["git", "ls-files", "-z"], cwd=root, stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL)
    if shown.returncode == 0:
        names = [name for name in shown.stdout.decode("utf-8").split("\0") if name]
    else:
        names = [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()]
    files = [pathlib.PurePosixPath(name) for name in names]
    return sorted(file for file in files
                  if (not suffixes or file.suffix in suffixes) and (root / file).is_file()
                  and not (root / file).is_symlink())


def blank(text):
    """C text of the same length and lines, with comments and the insides of strings and characters as spaces."""
    out = []
    i = 0
    size = len(text)
    while i < size:
        two = text[i:i + 2]
        if two == "/*":
            end = text.find("*/", i + 2)
            end = size if end < 0 else end + 2
            out.append("".join("\n" if c == "\n" else " " for c in text[i:end]))
            i = end
        elif two == "//":
            end = text.find("\n", i)
            end = size if end < 0 else end
            out.append(" " * (end - i))
            i = end
        elif text[i] in "\"'":
            quote = text[i]
            end = i + 1
            while end < size and text[end] != quote and text[end] != "\n":
                end += 2 if text[end] == "\\" else 1
            end = min(end, size)
            inside = text[i + 1:end]
            out.append(quote + "".join("\n" if c == "\n" else " " for c in inside))
            if end < size and text[end] == quote:
                out.append(quote)
                end += 1
            i = end
        else:
            out.append(text[i])
            i += 1
    return "".join(out)


def columns(line):
    """Width of a line with tabs every eight columns."""
    return len(line.expandtabs(8))
