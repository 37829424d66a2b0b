"""Rules about the text of the source that no linter knows."""

from __future__ import annotations

import ast

from tests.architecture.sources import Source, dotted, sources

LONGEST_FILE = 300
HAS_THE_CLOCK = "crm.py"


def clock_readings(source: Source) -> list[str]:
    """Reads of the present moment, from Python or from a database; ruff knows the aliases too, but not the database's."""
    readings = {
        *("datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
        *("time.time", "time.time_ns", "time.localtime", "time.gmtime"),
        *("func.now", "func.current_date", "func.current_time", "func.current_timestamp"),
    }
    return [
        f"{source.name}:{node.lineno}"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and ".".join(dotted(node).split(".")[-2:]) in readings
    ]


def dangers(source: Source) -> list[str]:
    """Ways to run what somebody sent: pickle and its kin, eval, exec, YAML's full loader."""
    modules = {"pickle", "shelve", "marshal", "dill", "cloudpickle", "joblib"}
    calls = {"eval", "exec", "yaml.load", "yaml.unsafe_load", "yaml.full_load", "pandas.read_pickle", "pd.read_pickle"}
    return [
        f"{source.name}:{node.lineno}"
        for node in ast.walk(source.tree)
        if (isinstance(node, ast.Import) and modules & {alias.name.split(".")[0] for alias in node.names})
        or (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in modules)
        or (isinstance(node, ast.Call) and dotted(node.func) in calls)
    ]


def floats(source: Source) -> list[str]:
    return [
        f"{source.name}:{node.lineno}"
        for node in ast.walk(source.tree)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Call) and dotted(node.func) in {"float", "Decimal.from_float", "math.fsum"})
        or (isinstance(node, ast.Call) and dotted(node.func) == "round")
    ]


def unstable_frames(source: Source) -> list[str]:
    """Imports of Narwhals that are not its stable API, whose meaning may change with a release."""
    imported = [
        (f"{source.name}:{node.lineno}", module)
        for node in ast.walk(source.tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for module in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [f"{node.module}.{node.names[0].name}"])
    ]
    return [
        place for place, module in imported if f"{module}.".startswith("narwhals.") and not f"{module}.".startswith("narwhals.stable.v2.")
    ]


def test_only_crm_has_a_clock() -> None:
    assert [place for source in sources() if source.name != HAS_THE_CLOCK for place in clock_readings(source)] == []


def test_crm_reads_its_clock_in_one_place() -> None:
    (crm,) = (source for source in sources() if source.name == HAS_THE_CLOCK)

    assert len(clock_readings(crm)) == 1


def test_nothing_runs_what_somebody_sent() -> None:
    assert [place for source in sources() for place in dangers(source)] == []


def test_money_knows_no_float() -> None:
    (money,) = (source for source in sources() if source.name == "money.py")

    assert floats(money) == []


def test_frames_are_read_through_the_stable_api() -> None:
    assert [place for source in sources() for place in unstable_frames(source)] == []


def test_no_file_is_too_long_to_be_read_at_once() -> None:
    assert {source.name: lines for source in sources() if (lines := len(source.text.splitlines())) > LONGEST_FILE} == {}


def test_no_folder_holds_one_file() -> None:
    rooms = {source.path.parent for source in sources() if "migrations" not in source.module}
    contents = {room.name: {path.name for path in room.iterdir()} - {"__init__.py", "__pycache__"} for room in rooms}

    assert [room for room, names in contents.items() if len(names) == 1] == []


def test_no_room_is_named_after_nothing() -> None:
    empty_names = {"utils", "util", "helpers", "core", "common", "domain", "infrastructure", "services", "managers", "misc"}

    assert [source.name for source in sources() if empty_names & set(source.module.split("."))] == []
