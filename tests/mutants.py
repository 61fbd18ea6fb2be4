"""Mutation testing of the physics: which wrong formula would the tests not notice?

``python tests/mutants.py`` (`make mutate`) takes a sample of all small changes of the rooms in
mutants.toml, runs the tests of the room for each, and tells which changes no test noticed. The
changes are cosmic-ray's; it would start Python anew for each and all tests of a room, which
takes minutes, so the runs are our own: processes forked after the slow imports, each with one
changed module and those tests alone that reach the changed statement, the quickest first.

The sample is chosen by hashes of what is changed: other code, or more of it, moves no mutant in
the sample but those that it pushes out. What is no mutant, see `is_calculation` and `OPERATORS`.
"""

import argparse
import ast
import csv
import difflib
import hashlib
import importlib
import json
import os
import resource
import signal
import sys
import tomllib
import traceback
from collections import Counter
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import NamedTuple

import analysis.numerics.arithmetic  # noqa: F401 - before numpy, see there

# isort: split
import coverage
import pytest
from cosmic_ray.ast import Visitor, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator

ROOT = Path(__file__).resolve().parent.parent
TABLE = Path(__file__).with_suffix(".toml")
BUILD = ROOT / "_build"
LEAST_DEAD, MOST_EQUIVALENT = 0.85, 0.05
# Without what slips through unseen: `<` for `<=` differs for no real number that chance gives
# (counts are moved by a whole one); and what does not fit its operands fails without a test.
OPERATORS = (
    *(f"ReplaceBinaryOperator_{pair}" for pair in ("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul")),
    *(f"ReplaceBinaryOperator_{pair}" for pair in ("Pow_Mul", "FloorDiv_Mul", "Mod_Mul")),
    *(f"ReplaceBinaryOperator_{pair}" for pair in ("BitAnd_BitOr", "BitOr_BitAnd")),
    *(f"ReplaceComparisonOperator_{pair}" for pair in ("Lt_GtE", "GtE_Lt", "Gt_LtE", "LtE_Gt")),
    *(f"ReplaceComparisonOperator_{pair}" for pair in ("Eq_NotEq", "NotEq_Eq")),
    *(f"ReplaceComparisonOperator_{pair}" for pair in ("Is_IsNot", "IsNot_Is")),
    *(f"ReplaceUnaryOperator_Delete_{sign}" for sign in ("USub", "Not", "Invert")),
    *("AddNot", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "NumberReplacer"),
    *("ReplaceAndWithOr", "ReplaceOrWithAnd", "ZeroIterationForLoop"),
    *("ReplaceBreakWithContinue", "ReplaceContinueWithBreak"),
)
# Imported once, before the processes part.
SLOW = ("hypothesis", "lmfit", "matplotlib.pyplot", "mpmath", "numpy", "pybaselines", "scipy.stats")
SLOW += ("scipy.optimize", "scipy.signal", "scipy.ndimage", "scipy.integrate", "uncertainties")
ARGUMENTS = ("-x", "-q", "--tb=short", "-p", "no:cacheprovider", "--hypothesis-seed=0")
ARGUMENTS += ("--assert=plain",)  # rewriting would read the changed module from its file
# Tests that run anywhere: without measured sets, a built book, or simulations.
ANYWHERE = ("-m", "not (measured or pages or study or builds)")
SPARE_SECONDS, SPARE_FACTOR, MEMORY = 10, 4, 4 * 2**30
DIED, SURVIVED, TIMED_OUT, UNREACHED = "died", "survived", "timed out", "not reached"


class Mutant(NamedTuple):
    """One small change of one statement."""

    file: str
    function: str
    first: int  # lines of the changed statement
    last: int
    operator: str
    occurrence: int  # in the file
    key: str  # stays when other statements change

    @property
    def room(self):
        return self.file.split("/")[1]

    @property
    def source(self):
        return (ROOT / self.file).read_text(encoding="utf-8")

    @property
    def mutated(self):
        operator = get_operator(f"core/{self.operator}")()
        return mutate_code(self.source, operator, self.occurrence)

    @property
    def change(self):
        lines = difflib.unified_diff(
            self.source.splitlines(), self.mutated.splitlines(), n=0, lineterm=""
        )
        return [line[0] + " " + line[1:].strip() for line in list(lines)[3:]]


# ------------------------------------------------------------------ what can be changed


def is_calculation(node):
    """Tell whether a change here is one of what is computed.

    It is within a function, but not in a message (`raise`, f-string), a type, or a decorator;
    tables of constants lie outside functions. Nor is it the `strict` of a `zip`, or a number that
    one more or less changes by less than a twentieth.
    """
    if node.type == "number" and abs(ast.literal_eval(node.value)) > 20:
        return False
    within = False
    while (parent := node.parent) is not None:
        kind = parent.type
        if (
            kind in {"raise_stmt", "fstring", "decorator", "tfpdef"}
            # What looks like a product is none.
            or (kind in {"parameters", "dictorsetmaker"} and node.type == "operator")
            or (kind == "annassign" and node is parent.children[1])
            or (kind in {"param", "funcdef"} and node is parent.annotation)
            or (kind == "argument" and parent.children[0].get_code().strip() == "strict")
        ):
            return False
        within = within or kind in {"funcdef", "lambdef"}
        node = parent
    return within


def _statement(node):
    """Return the smallest statement, or head of a compound one, around a node."""
    heads = {"suite", "file_input", "funcdef", "if_stmt", "while_stmt", "for_stmt", "with_stmt"}
    while node.parent is not None and node.parent.type not in heads:
        node = node.parent
    return node


class _Places(Visitor):
    """All places of a file where an operator applies, in the order in which it counts them."""

    def __init__(self):
        self.operators = {name: get_operator(f"core/{name}")() for name in OPERATORS}
        self.count, self.found = Counter(), []

    def visit(self, node):
        for name, operator in self.operators.items():
            for index, (start, _) in enumerate(operator.mutation_positions(node)):
                if is_calculation(node):
                    self.found.append((start, node, name, index, self.count[name]))
                self.count[name] += 1
        return node


def mutants_of(file, seed):
    """Return the mutants of a file, one for each place."""
    places = _Places()
    places.walk(get_ast((ROOT / file).read_text(encoding="utf-8")))
    seen, at = Counter(), {}
    for start, node, operator, index, occurrence in places.found:
        inner = node.children[1] if operator == "AddNot" else node
        if operator == "ZeroIterationForLoop":
            inner = node.children[3]
        statement = _statement(inner)
        owner = statement.search_ancestor("funcdef", "lambdef")
        text = " ".join(statement.get_code(include_prefix=False).split())
        name = owner.name.value if owner is not None and owner.type == "funcdef" else "lambda"
        what = (file, name, text, operator, index)
        seen[what] += 1
        key = _hash(*what, seen[what])[:10]
        # A default is seen where the function's body is.
        lines = owner if inner.search_ancestor("param") is not None else statement
        first, last = lines.start_pos[0], lines.get_last_leaf().start_pos[0]
        mutant = Mutant(file, name, first, last, operator, occurrence, key)
        at.setdefault(start, []).append(mutant)
    return [min(several, key=lambda mutant: _hash(seed, mutant.key)) for several in at.values()]


def sample(rooms, size, seed):
    """Return so many mutants of all rooms."""
    files = [
        path.relative_to(ROOT).as_posix()
        for room in rooms
        for path in sorted((ROOT / "analysis" / room).rglob("*.py"))
    ]
    several = [mutant for file in files for mutant in mutants_of(file, seed)]
    return sorted(several, key=lambda mutant: _hash(seed, mutant.key))[:size], len(several)


def _hash(*parts):
    return hashlib.sha256(repr(parts).encode()).hexdigest()


# ------------------------------------------------------------------------ runs of tests


class _Chosen:
    """Plugin of pytest: runs the chosen tests, each file's in a given order."""

    def __init__(self, order):
        self.order = {name: place for place, name in enumerate(order)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config, items):
        left_out = [item for item in items if item.nodeid not in self.order]
        items[:] = sorted(
            (item for item in items if item.nodeid in self.order),
            key=lambda item: self.order[item.nodeid],
        )
        config.hook.pytest_deselected(items=left_out)


class _Watched:
    """Plugin of pytest: notes how long each test takes, and which lines it runs."""

    def __init__(self):
        self.cover = coverage.Coverage(data_file=None, source=[str(ROOT / "analysis")])
        self.cover.start()
        self.seconds, self.tests = Counter(), {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid):
        self.cover.switch_context(nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef, request):
        """Count what a shared fixture runs for all tests of its file."""
        now = request._pyfuncitem.nodeid
        self.cover.switch_context(now if fixturedef.scope == "function" else now.split("::")[0])
        try:
            return (yield)
        finally:
            self.cover.switch_context(now)

    def pytest_runtest_logreport(self, report):
        self.seconds[report.nodeid] += report.duration
        self.tests[report.nodeid] = report.passed and self.tests.get(report.nodeid, True)

    def table(self):
        self.cover.stop()
        data = self.cover.get_data()
        lines = {}
        for file in data.measured_files():
            name = Path(file).relative_to(ROOT).as_posix()
            for line, contexts in data.contexts_by_lineno(file).items():
                for context in contexts:
                    lines.setdefault(context, {}).setdefault(name, []).append(line)
        passed = {name: self.seconds[name] for name, good in self.tests.items() if good}
        return {"seconds": passed, "lines": lines}


def _fork(log, seconds, work):
    """Start a process that does some work, with its output in a file; return its number."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        os.setpgid(0, 0)
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(output, 1)
        os.dup2(output, 2)
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 5))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        signal.alarm(10 * int(seconds))  # what waits takes no time of the processor
        code = work()
        sys.stdout.flush()
    except BaseException:  # noqa: BLE001 - reaches the log, whatever it is
        traceback.print_exc()
    finally:
        os._exit(code)


def cover(files):
    """Return, for each file of tests, the time of each and the lines that it runs.

    Kept for files of tests that are as they were, over code that is as it was.
    """
    kept_in = BUILD / "mutants-cover.json"
    kept = json.loads(kept_in.read_text()) if kept_in.exists() else {}
    helpers = [path for path in (ROOT / "tests").glob("*.py") if not path.stem.startswith("test_")]
    helpers.remove(Path(__file__))
    shared = [*sorted((ROOT / "analysis").rglob("*.py")), *sorted(helpers)]
    of_all = _hash(*(path.read_bytes() for path in shared))
    tables = {}
    for file in files:
        own = ROOT / file
        state = _hash(of_all, own.read_bytes() if own.is_file() else "")
        if kept.get(file, {}).get("state") != state:
            print(f"reading what {file} reaches", flush=True)
            result = BUILD / "mutants" / "cover.json"

            def watch(file=file, result=result):
                watched = _Watched()
                which = ANYWHERE if file.startswith("tests") else ()
                code = pytest.main([*ARGUMENTS[1:], *which, file], plugins=[watched])
                result.write_text(json.dumps(watched.table()))
                return int(code)

            log = BUILD / "mutants" / "cover.log"
            _, status = os.waitpid(_fork(log, 3600, watch), 0)
            if os.waitstatus_to_exitcode(status) not in {0, 5}:
                sys.exit(f"error: {file} fails without any change:\n{log.read_text()[-3000:]}")
            kept[file] = {"state": state, **json.loads(result.read_text())}
            kept_in.write_text(json.dumps(kept))
        tables[file] = kept[file]
    return tables


def reaching(mutant, tables, seconds):
    """Return the tests that reach a mutant and their time, quick ones first, up to a limit."""
    changed = set(range(mutant.first, mutant.last + 1))
    reach = {}
    for file, table in tables.items():
        hit = {
            name
            for name, lines in table["lines"].items()
            if not changed.isdisjoint(lines.get(mutant.file, ()))
        }
        all_of_it = file in hit
        reach |= {name: time for name, time in table["seconds"].items() if all_of_it or name in hit}
    total, chosen = 0.0, {}
    for name in sorted(reach, key=reach.get):
        total += reach[name]
        if total > seconds and chosen:
            break
        chosen[name] = reach[name]
    by_file = Counter()
    for name, time in chosen.items():
        by_file[name.split("::")[0]] += time
    return sorted(chosen, key=lambda name: by_file[name.split("::")[0]]), sum(chosen.values())


def _with_mutant(mutant, tests):
    """Run tests over a changed module."""
    path, code = str(ROOT / mutant.file), mutant.mutated
    get_code = SourceFileLoader.get_code

    def changed(self, name):
        if self.path != path:
            return get_code(self, name)
        return compile(code, path, "exec", dont_inherit=True)

    SourceFileLoader.get_code = changed
    for name in [name for name in sys.modules if name.split(".")[0] == "analysis"]:
        del sys.modules[name]
    files = dict.fromkeys(name.split("::")[0] for name in tests)
    return int(pytest.main([*ARGUMENTS, *files], plugins=[_Chosen(tests)]))


def outcome(code, log):
    """Return what a run's status means, and by which test the mutant died."""
    if code == 0:
        return SURVIVED, ""
    if code < 0:
        return TIMED_OUT, ""
    lines = log.read_text(errors="replace").splitlines()
    by = next((line for line in lines if line.startswith(("FAILED", "ERROR"))), lines[-1])
    return DIED, by.split(" - ")[0]


def run(mutants, tables, rooms, processes, seconds):
    """Yield each mutant with its outcome, the test that noticed, and the time of the processor."""
    waiting, running = list(mutants), {}
    while waiting or running:
        while waiting and len(running) < processes:
            mutant = waiting.pop(0)
            own = {file: tables[file] for file in rooms[mutant.room]}
            tests, time = reaching(mutant, own, seconds)
            if not tests:
                yield mutant, UNREACHED, "", 0.0
                continue
            log = BUILD / "mutants" / f"{mutant.key}.log"
            limit = SPARE_SECONDS + SPARE_FACTOR * time
            child = _fork(log, limit, lambda m=mutant, t=tests: _with_mutant(m, t))
            running[child] = mutant, log
        if running:
            child, status, used = os.wait4(-1, 0)
            mutant, log = running.pop(child)
            said, by = outcome(os.waitstatus_to_exitcode(status), log)
            yield mutant, said, by, used.ru_utime + used.ru_stime


# ----------------------------------------------------------------------------- the report


def report(rows, known):
    """Print what came out; return whether enough died."""
    by_room = {room: Counter() for room in dict.fromkeys(row[0].room for row in rows)}
    equivalent = {entry["mutant"] for entry in known["equivalent"]}
    for mutant, said, _, time in rows:
        by_room[mutant.room] += Counter({said: 1, "all": 1, "seconds": round(time)})
        by_room[mutant.room]["equivalent"] += mutant.key in equivalent
    heads = ("all", DIED, TIMED_OUT, SURVIVED, UNREACHED, "equivalent", "seconds")
    whole = sum(by_room.values(), Counter())
    print(f"\n{'room':12}" + "".join(f"{head:>12}" for head in heads))
    for room, counts in (*by_room.items(), ("sum", whole)):
        print(f"{room:12}" + "".join(f"{counts[head]:12d}" for head in heads))
    why = {entry["mutant"]: entry["why"] for kind in known.values() for entry in kind}
    stale = []
    for mutant, said, by, _ in rows:
        lives = said in {SURVIVED, UNREACHED}
        if lives:
            print(f"\n{mutant.key} {said}: {mutant.file}:{mutant.first} {mutant.function}")
            print("\n".join(f"    {line}" for line in mutant.change))
            print(f"    {why.get(mutant.key, 'no reason is given in ' + TABLE.name)}")
        elif mutant.key in equivalent:
            stale.append(f"{mutant.key} is listed as equivalent, but {said} {by}")
        elif mutant.key in why:
            stale.append(f"{mutant.key} is listed as a survivor, but {said} {by}")
    dead = (whole[DIED] + whole[TIMED_OUT]) / max(whole["all"], 1)
    alike = whole["equivalent"] / max(whole["all"], 1)
    print(f"\n{dead:.1%} of {whole['all']} mutants died; {LEAST_DEAD:.0%} have to.")
    print(f"{alike:.1%} are equivalent; {MOST_EQUIVALENT:.0%} may be.")
    for line in stale:
        print(f"{TABLE.name}: {line}")
    return dead >= LEAST_DEAD and alike <= MOST_EQUIVALENT and not stale


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--size", type=int, default=300, help="how many mutants")
    parser.add_argument("--seed", type=int, default=0, help="another sample")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seconds", type=float, default=60.0, help="of tests for one mutant")
    parser.add_argument("--room", action="append", help="of the sample, only this room's")
    parser.add_argument("--only", action="append", help="of the sample, only this mutant")
    given = parser.parse_args(arguments)
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    rooms = {
        name: [*(f"tests/test_{word}.py" for word in words), f"analysis/{name}"]
        for name, words in table["rooms"].items()
    }
    known = {kind: table.get(kind, []) for kind in ("equivalent", "survivor")}
    os.chdir(ROOT)
    (BUILD / "mutants").mkdir(parents=True, exist_ok=True)
    chosen, number = sample(rooms, given.size, given.seed)
    print(f"{len(chosen)} of {number} mutants, seed {given.seed}")
    keys = {mutant.key for mutant in chosen}
    chosen = [
        mutant
        for mutant in chosen
        if mutant.room in (given.room or rooms) and mutant.key in (given.only or keys)
    ]
    # Those of small rooms first.
    chosen.sort(key=lambda mutant: list(rooms).index(mutant.room))
    for name in SLOW:
        importlib.import_module(name)
    tables = cover(dict.fromkeys(file for m in chosen for file in rooms[m.room]))
    rows = []
    for row in run(chosen, tables, rooms, given.processes, given.seconds):
        rows.append(row)
        print(f"{len(rows):4d} {row[0].key} {row[1]:12} {row[3]:6.1f} s {row[0].file}", flush=True)
    rows.sort(key=lambda row: (row[0].file, row[0].first))
    with (BUILD / "mutants.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        heads = ("key", "file", "line", "function", "operator", "change", "outcome", "by", "cpu_s")
        writer.writerow(heads)
        for mutant, said, by, time in rows:
            place = (mutant.key, mutant.file, mutant.first, mutant.function, mutant.operator)
            writer.writerow((*place, " ".join(mutant.change), said, by, round(time, 1)))
    return 0 if report(rows, known) else 1


if __name__ == "__main__":
    sys.exit(main())
