"""Holds `ulid-tui` to what Python's own modules read out of the same files.

Random files of every format are written, with known flaws, in the dialects that programs write them in. What their rows
are is known from how they were made, and for tables and JSON is read back by the modules `csv` and `json`. The program is
then asked for its rows, their order, figures and flaws: by name, through a pipe that is cut at random places, compressed, on one
processor and several, with little memory, by each kernel that the machine has. IDs are ULIDs, UUIDs of version 7, TypeIDs
or GUIDs, in every spelling that is recognised.

usage: formats.py PROGRAM CASES [SEED]
"""

import codecs
import csv
import gzip
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import uuid

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NAMES = ["name", "n", "city"]
WORDS = ["Rome", "a b", "é", "x,y", "p;q", "it's", "", "0", "3.5", "two\nlines", 'say "hi"', "tab\there", "a|b", "Köln", "1,50"]


def encode(value):
    return "".join(ALPHABET[value >> 5 * (25 - place) & 31] for place in range(26))


def decode(text):
    """The 128 bits of an ID, or nothing."""
    if len(text) != 26 or text[0] not in "01234567":
        return None
    value = 0
    for character in text.upper():
        if character not in ALPHABET:
            return None
        value = value << 5 | ALPHABET.index(character)
    return value


FIXED_BITS = 0xF << 76 | 0b11 << 62
MARKS = 0x7 << 76 | 0b10 << 62


def hyphenated(value):
    return str(uuid.UUID(int=value))


# How an ID of so many bits is written. Of a mixture the choice depends on the bits, so that an ID is always written alike.
SPELLINGS = {
    "ulid": encode,
    "uuid": hyphenated,
    "urn": lambda value: "urn:uuid:" + hyphenated(value),
    "hex": lambda value: "%032X" % value,
    "0x": lambda value: "0x%032x" % value,
    "bytea": lambda value: "\\x%032x" % value,
    "prefixed": lambda value: "ORDER#" + encode(value),
    "uuid7": hyphenated,
    "typeid": lambda value: "user_" + encode(value).lower(),
    "mixed": lambda value: encode(value) if value % 4 else hyphenated(value),
    "guid": lambda value: str(uuid.UUID(bytes=uuid.UUID(int=value).bytes_le)),
}
# What the text of a kind of source may hold: free text is looked through for ULIDs and for UUIDs of version 7.
SPELLED = {
    "binary": ["ulid"],
    "every": ["ulid", "typeid", "uuid7", "mixed"],
    "text": ["ulid", "typeid", "uuid7", "mixed"],
    "messages": ["ulid", "typeid", "uuid7"],
}


class Row:
    """A row with its ID as it is written, its other cells, and the line that it begins on."""

    def __init__(self, text, cells, line=None, key=None):
        self.text, self.cells, self.line = text, cells, line
        self.key = decode(text) if key is None else key


def line_ends(text):
    """How many lines end in a text, however they do."""
    return len(re.findall(r"\r*\n|\r", text))


class Case:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.kind = self.random.choice(
            ["lines", "table", "table", "table", "jsonl", "jsonl", "array", "pages", "sequence", "text", "messages", "every", "binary"]
        )
        self.spelling = "ulid"
        if self.random.random() < 0.4:
            self.spelling = self.random.choice(SPELLED.get(self.kind, list(SPELLINGS)))
        self.keys = {}
        self.ms = 1_500_000_000_000 + self.random.randrange(10**11)
        self.last = None
        # by returns alone; or those of Windows made twice
        others = ["\r", "\r\r\n"] if self.kind in ("lines", "table") else []
        self.ending = self.random.choice(["\n"] * 6 + ["\r\n"] * 3 + others)
        self.rows = []
        self.options = ["--spelling", "guid"] if self.spelling == "guid" else []
        self.suffix = ""
        self.bytes = getattr(self, "make_" + self.kind)()

    def id(self):
        """Mostly ascending IDs, some of them again, some late, some in lower case."""
        draw = self.random.random()
        if draw < 0.05 and self.last:
            return self.last
        self.ms += self.random.choice([0, 1, 7, 1000, 5_000_000]) if draw > 0.1 else -self.random.randrange(1000)
        value = self.ms << 80 | self.random.getrandbits(80)
        if self.spelling in ("uuid7", "typeid", "guid") or self.spelling == "mixed" and value % 4 == 0:
            value = value & ~FIXED_BITS | MARKS
        self.last = SPELLINGS[self.spelling](value)
        self.keys[self.last] = value
        return self.last.lower() if draw > 0.97 and self.spelling == "ulid" else self.last

    def row(self, text, cells, line=None):
        return Row(text, cells, line, self.keys.get(text))

    def broken(self):
        good = self.id()
        if self.spelling != "ulid":
            return self.random.choice([good + "0", good[:-1] + "U", "none"])
        return self.random.choice([good[1:], good + "0", good[:25] + "U", "8" + good[1:], "none"])

    def some_id(self):
        return self.broken() if self.random.random() < 0.08 else self.id()

    def count(self):
        return self.random.choice([3, 10, 60, 250, 900])

    def make_lines(self):
        texts = [self.id()] + [self.some_id() for _ in range(self.count())]
        self.rows = [self.row(text, {}, line) for line, text in enumerate(texts, 1)]
        text = self.ending.join(texts) + (self.ending if self.random.random() < 0.7 else "")
        return self.encoded(text)

    def encoded(self, text):
        draw = self.random.random()
        if draw < 0.08:
            return codecs.BOM_UTF16_LE + text.encode("utf-16-le")
        if draw < 0.16 and self.kind == "table":
            return text.encode("cp1252")
        return (codecs.BOM_UTF8 if draw < 0.2 else b"") + text.encode()

    def make_table(self):
        """Written by the module `csv`, with blank lines and a title put between its records."""
        delimiter = self.random.choice(",;\t|")
        names = ["id"] + NAMES[: self.random.randrange(1, 4)]
        self.random.shuffle(names)
        has_header = self.random.random() < 0.8
        # which the module would not quote
        words = [word for word in WORDS if self.ending != "\r" or "\n" not in word]
        quoting = self.random.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
        quote, space = '"', ""
        if self.random.random() < 0.15:
            quoting, quote = csv.QUOTE_ALL, "'"
        if self.random.random() < 0.15:
            # spaces that begin a field are then lost without quotes
            quoting, space, delimiter = csv.QUOTE_ALL, " ", self.random.choice(",;")
        blanks = self.random.choice([0, 0, 0.2])
        line, parts = 1, []
        if self.random.random() < 0.15 and not space:
            delimiter = self.random.choice("^~")
            self.options += ["--delimiter", delimiter]
        if not has_header:
            self.options += ["--header", "no"]
        if self.random.random() < 0.1:
            lines = self.random.choice([1, 3, 40])
            parts.append(f"made, by; hand{self.ending}" * lines)
            self.options += ["--skip", str(lines)]
        if self.random.random() < 0.1:
            parts.append(f"% words of a program{self.ending}" * 2)
            self.options += ["--comment", "%"]

        def written(cell):
            buffer = io.StringIO()
            how = {"delimiter": delimiter, "quoting": quoting, "quotechar": quote, "lineterminator": self.ending}
            csv.writer(buffer, **how).writerow([cell])
            return buffer.getvalue().removesuffix(self.ending)

        def write(cells):
            parts.append((delimiter + space).join(map(written, cells)) + self.ending)

        if self.random.random() < 0.2 and has_header:
            parts.append(self.random.choice(["report of May", "# made by a program"]) + self.ending)
        if has_header:
            write(names)
        for number in range(self.count()):
            while self.random.random() < blanks:
                parts.append(self.ending)
            text = self.id() if number < 2 else self.some_id()
            cells = {name: self.random.choice(words) for name in names if name != "id"}
            cells["name" if "name" in names else names[0] if names[0] != "id" else names[1]] = f"r{number}"
            line = line_ends("".join(parts)) + 1
            self.rows.append(self.row(text, cells, line))
            write([text if name == "id" else cells[name] for name in names])
        content = "".join(parts)
        if self.random.random() < 0.3:
            content = content.removesuffix(self.ending)
        else:
            content += self.ending * self.random.randrange(3)
        if not has_header:
            for row in self.rows:
                row.cells = {f"column{place}": row.cells[name] for place, name in enumerate(names, 1) if name != "id"}
        if self.spelling not in ("ulid", "mixed"):
            name = "id_" if has_header else f"column{names.index('id') + 1}"
            for row in self.rows:
                row.cells[name] = row.text
        how = {"delimiter": delimiter, "quotechar": quote, "skipinitialspace": bool(space)}
        self.check_table(content, names, how)
        return self.encoded(content)

    def check_table(self, content, names, how):
        """What was written is what the module reads."""
        read = [row for row in csv.reader(io.StringIO(content, newline=""), **how) if row]
        read = read[-len(self.rows) :]
        assert [row[names.index("id")] for row in read] == [row.text for row in self.rows]

    def object(self, number):
        path = self.path
        text = self.id() if number < 2 else self.some_id()
        cells = {"n": number, "name": self.random.choice(WORDS), "list": [1, {"id": "x"}, "]}"]}
        value = text
        for name in reversed(path[1:]):
            value = {name: value}
        whole = {path[0]: value, **cells}
        kept = {} if self.spelling in ("ulid", "mixed") else {"id_": text}
        row = self.row(text, {**cells, **(kept if len(path) == 1 else {path[0]: value})})
        return row, whole

    def make_objects(self):
        self.path = self.random.choice([["id"], ["id"], ["Item", "id", "S"], ["trace", "id"]])
        made = [self.object(number) for number in range(self.count())]
        self.rows = [row for row, _ in made]
        return [whole for _, whole in made]

    def dumped(self, value, **how):
        text = json.dumps(value, ensure_ascii=self.random.random() < 0.5, **how)
        return text.replace("/", "\\/") if self.random.random() < 0.3 else text

    def make_jsonl(self):
        objects = self.make_objects()
        text, blanks = "", self.random.choice([0, 0, 0.2])
        for row, whole in zip(self.rows, objects):
            while self.random.random() < blanks:
                text += self.ending
            row.line = text.count("\n") + 1
            text += self.dumped(whole) + self.ending
        assert [json.loads(line) for line in text.split("\n") if line.strip()] == objects
        return self.encoded(text if self.random.random() < 0.7 else text.rstrip())

    def make_array(self):
        text = self.dumped(self.make_objects(), indent=self.random.choice([None, None, 1]))
        return self.encoded(text + self.random.choice(["", self.ending]))

    def make_sequence(self):
        """Objects one behind another, with nothing around them."""
        indent, between = self.random.choice([(2, self.ending), (1, "\n\x1e"), (None, ""), (2, ",\n")])
        parts = [self.dumped(whole, indent=indent) for whole in self.make_objects()]
        text = ""
        for row, part in zip(self.rows, parts):
            row.line = text.count("\n") + 1
            text += part + between
        return self.encoded(text)

    def make_pages(self):
        objects = self.make_objects()
        cut = self.random.randrange(1, len(objects))
        parts = self.random.choice([[objects], [objects[:cut], [], objects[cut:]]])
        wrap = self.random.choice([lambda part: {"data": part, "next": "[{"}, lambda part: {"a": [{}], "hits": {"n": 1, "hits": part}}])
        indent = self.random.choice([None, 2])
        return self.encoded("\n".join(self.dumped(wrap(part), indent=indent) for part in parts))

    def make_messages(self):
        """Objects of which a text has the ID, or none: JSON within a text, as Docker writes the logs of a program."""
        self.suffix = ".log"
        text = ""
        for number in range(self.count()):
            line = text.count("\n") + 1
            written = self.id() if number < 1 or self.random.random() < 0.7 else ""
            inner = {"orderId": written or "none", "msg": self.random.choice(WORDS)}
            cells = {"log": self.dumped(inner) + "\n", "stream": "stdout", "n": number}
            self.rows.append(self.row(written, cells, line))
            text += self.dumped(cells) + self.ending
        self.further = 0
        return self.encoded(text)

    def lines_of_text(self):
        lines = []
        for _ in range(self.count()):
            ids = [self.id() for _ in range(self.random.choice([0, 1, 1, 1, 2, 5]))]
            words = " ".join(f"{self.random.choice(['id=', 'at ', 'user_', '('])}{text};" for text in ids)
            lines.append((ids, f"GET /{words} in 3 ms"))
        lines[0] = ([self.last or self.id()], f"made {self.last}")
        return lines

    def make_text(self):
        self.suffix = ".log"
        lines = self.lines_of_text()
        self.rows = [self.row(ids[0] if ids else "", {}, line) for line, (ids, _) in enumerate(lines, 1)]
        self.further = sum(max(len(ids) - 1, 0) for ids, _ in lines)
        return self.encoded(self.ending.join(text for _, text in lines) + self.ending)

    def make_every(self):
        self.options = ["--every"]
        lines = self.lines_of_text()
        self.rows = [self.row(text, {}, line) for line, (ids, _) in enumerate(lines, 1) for text in ids]
        return self.encoded(self.ending.join(text for _, text in lines))

    def make_binary(self):
        self.rows = [Row(self.id(), {}) for _ in range(self.count())]
        return b"".join(row.key.to_bytes(16, "big") for row in self.rows)


def figures(rows, is_text):
    seen, last, found = set(), None, {"rows": len(rows), "valid": 0, "invalid": 0, "duplicate": 0, "out_of_order": 0}
    found["without_id"] = 0
    for row in rows:
        if row.key is None:
            found["without_id" if is_text else "invalid"] += 1
            continue
        found["valid"] += 1
        found["duplicate"] += row.key in seen
        found["out_of_order"] += last is not None and row.key < last
        seen.add(row.key)
        last = row.key
    return found


def uuids_v7(case):
    """How many IDs are UUIDs of version 7: those that are written with hyphens and have the bits, and TypeIDs."""
    keys = [row for row in case.rows if row.key is not None]
    if case.spelling == "typeid":
        return len(keys)
    return sum("-" in row.text and row.key & FIXED_BITS == MARKS for row in keys)


def in_order(rows):
    """Rows by their IDs, those without one last."""
    return sorted(rows, key=lambda row: (row.key is None, row.key or 0))


def is_cell(value):
    return value not in ("", None)


FACTS = {"row", "id", "time", "unix_ms", "random_hex", "fault", "message"}


def told(row):
    """What a row of the program says, and what it should."""
    key = decode(row["id"]) if "fault" not in row else None
    cells = {name: value for name, value in row.items() if name not in FACTS and is_cell(value)}
    return key, row.get("unix_ms"), cells


def expected(row):
    cells = {name: value for name, value in row.cells.items() if is_cell(value)}
    return row.key, None if row.key is None else row.key >> 80, cells


def run(program, arguments, content=None, cuts=(), environment=None):
    environment = {**os.environ, **(environment or {})}
    command = [program, *arguments]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    )

    def feed():
        try:
            for begin, end in zip((0, *cuts), (*cuts, len(content))):
                process.stdin.write(content[begin:end])
                process.stdin.flush()
        except BrokenPipeError:
            pass
        finally:
            process.stdin.close()

    feeder = threading.Thread(target=feed if content is not None else process.stdin.close)
    feeder.start()
    out, err = process.stdout.read(), process.stderr.read()
    feeder.join()
    return process.wait(), out.decode(), err.decode()


def plain(content):
    return content


def compressed_by_zstd(content):
    """As the program zstd does it, which writes a frame for each of its inputs."""
    zstd = shutil.which("zstd")
    if zstd is None:
        return content
    parts = [content[: len(content) // 2], content[len(content) // 2 :]]
    return b"".join(subprocess.run([zstd, "-qc"], input=part, capture_output=True, check=True).stdout for part in parts)


def kernels(program):
    """Those that the machine has: others are refused."""
    names = ["scalar", "avx2", "avx512", "neon"]
    return [name for name in names if run(program, ["--stats"], b"x\n", (), {"ULID_KERNEL": name})[0] == 0] or ["auto"]


def compare(what, found, wanted):
    if found == wanted:
        return
    if isinstance(found, list):
        differing = [pair for pair in zip(found, wanted) if pair[0] != pair[1]]
        pair = differing[0] if differing else (len(found), len(wanted))
        raise AssertionError(f"{what}: {pair[0]} for {pair[1]}, of {len(found)} and {len(wanted)}")
    raise AssertionError(f"{what}: {found} for {wanted}")


def check_rows(what, result, rows, is_mixed=False):
    code, out, err = result
    compare(f"{what}, code, {err}", code, 0)
    found = [told(json.loads(line)) for line in out.splitlines()]
    if is_mixed:
        # the column stands beside the IDs if it says more than they do, which depends on what prevails
        for _, _, cells in found:
            cells.pop("id_", None)
    compare(what, found, [expected(row) for row in rows])


def check(program, case, folder, available):
    path = os.path.join(folder, "case" + case.suffix)
    with open(path, "wb") as file:
        file.write(case.bytes)
    draw = case.random
    setting = {"ULID_KERNEL": draw.choice(available), "RAYON_NUM_THREADS": draw.choice("12")}
    arguments = [*case.options, "--print", "jsonl"]
    check_rows("by name", run(program, [path, *arguments], None, (), setting), case.rows, case.spelling == "mixed")
    content = draw.choice([plain, plain, gzip.compress, compressed_by_zstd])(case.bytes)
    cuts = sorted(draw.randrange(len(content)) for _ in range(draw.choice([0, 1, 3, 20])))
    # a name tells no more than the bytes do
    check_rows(f"by pipe, cut at {cuts}", run(program, ["-", *arguments], content, cuts, setting), case.rows, case.spelling == "mixed")
    sorting = ["--sort", "id", "--mem", draw.choice(["1K", "1G"])]
    check_rows("in order", run(program, [path, *arguments, *sorting], None, (), setting), in_order(case.rows), case.spelling == "mixed")
    is_text = case.kind in ("text", "messages", "every")
    code, out, _ = run(program, [path, *case.options, "--stats", "json"], None, (), setting)
    wanted = figures(case.rows, is_text)
    if case.kind in ("text", "messages"):
        wanted["further_ids"] = case.further
    # of a few IDs without hyphens nobody can tell: the bits may be there by chance, or those of the others not
    if case.spelling in ("uuid", "urn", "uuid7", "guid") or wanted["valid"] > 30:
        wanted["uuids_v7"] = uuids_v7(case)
    found = json.loads(out)
    compare("figures", {name: found[name] for name in wanted}, wanted)
    if any(row.line is None for row in case.rows):
        return
    flawed = [row.line for row in case.rows if row.key is None and not is_text]
    code, out, _ = run(program, [path, *case.options, "--check", "invalid"], None, (), setting)
    lines = [int(line[len(path) + 1 :].split(":")[0]) for line in out.splitlines() if line.startswith(path)]
    compare("lines of flaws", lines, flawed)
    compare("code of --check", code, 1 if flawed else 0)


def check_several(program, cases, folder):
    """Several files are one source: their rows follow each other, under the names of their columns."""
    paths = []
    for number, case in enumerate(cases):
        path = os.path.join(folder, f"{number}{case.suffix}")
        with open(path, "wb") as file:
            file.write(case.bytes)
        paths.append(path)
    rows = [row for case in cases for row in case.rows]
    check_rows("several files", run(program, [*paths, "--print", "jsonl"]), rows)


def main():
    program, count = sys.argv[1], int(sys.argv[2])
    first = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    available = kernels(program)
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, first + count):
            case = Case(seed)
            try:
                check(program, case, folder, available)
                if seed % 5 == 0:
                    others = [Case(seed * 1000 + more) for more in range(2)]
                    # a table without a header takes over the names of the one before it
                    cases = [one for one in (case, *others) if is_plain(one)]
                    check_several(program, cases or [case], folder) if cases else None
            except AssertionError as error:
                failures += 1
                print(f"case {seed}, {case.kind}: {error}")
                print(f"  {case.bytes[:300]!r}")
    print(f"{count - failures} of {count} cases agree, by the kernels {', '.join(available)}")
    sys.exit(1 if failures else 0)


def is_plain(case):
    """True for a source that says itself what it is, and what its columns are called."""
    return not (case.options or case.spelling != "ulid" or case.kind in ("every", "messages") or has_numbers(case))


def has_numbers(case):
    return any("column1" in row.cells or "column2" in row.cells for row in case.rows)


if __name__ == "__main__":
    main()
