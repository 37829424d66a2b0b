"""
Every check of the project, as nox sessions.

`python3 noxfile.py` needs Python 3.11 or newer with venv and nothing else: where nox is missing, it is installed into
`.nox/bootstrap` and this file starts again there. Arguments are those of nox: `python3 noxfile.py -s tests -- -k money`.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
BOOTSTRAP = ROOT / ".nox" / "bootstrap"
WHEELS = ROOT / ".nox" / "wheels"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # without bytecode every start of every tool compiles its libraries anew


def start_in_bootstrap() -> None:
    """Replace this process by one that has nox; make its environment first if it is missing, broken or outdated."""
    python = BOOTSTRAP / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = BOOTSTRAP / "stamp"
    wanted = "\n".join([*PROJECT["dependency-groups"]["nox"], sys.version, str(BOOTSTRAP)])
    if not (python.exists() and stamp.exists() and stamp.read_text("utf-8") == wanted):
        print("preparing .nox/bootstrap (once)", flush=True)  # noqa: T201  the first words to a newcomer who waits
        venv.create(BOOTSTRAP, clear=True, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PROJECT["dependency-groups"]["nox"]], check=True)
        stamp.write_text(wanted, "utf-8")
    again = [str(python), str(ROOT / "noxfile.py"), *sys.argv[1:]]
    if os.name == "nt":  # execv does not hand the exit code on there
        raise SystemExit(subprocess.run(again, check=False).returncode)
    os.execv(python, again)


if __name__ == "__main__" and not (importlib.util.find_spec("nox") and importlib.util.find_spec("uv")):
    start_in_bootstrap()

import nox  # noqa: E402  only here is it certain to exist

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
PYTHONS = sorted({PYTHON, *nox.project.python_versions(PROJECT)})
# Where a flipped sign is a wrong figure in somebody's books, every branch is tested; measuring that makes tests half as slow again.
EXACT = ["src/crmkit/" + part for part in ("classification/*", "metrics/*", "scheduling/*", "money.py", "periods.py")]
OF_EXACT = ["tests/classification", "tests/ground", "tests/metrics", "tests/scheduling"]
OF_FRAMES = ["tests/classification", "tests/facts", "tests/history", "tests/metrics"]
OF_MAIN_FIGURES = [
    *(f"tests/classification/test_{name}.py" for name in ("abc_analysis", "purchase_activity", "rfm")),
    *(f"tests/history/test_{name}.py" for name in ("cards", "sales_statistics")),
    *(f"tests/metrics/test_{name}.py" for name in ("large_amounts", "profit_tables")),
    "tests/facts/test_warehouses.py",
]
QUICK = ["-n", "2", "--durations=10"]
EVERYTHING = [*QUICK, "--ignore=tests/bare", "--doctest-modules", "--pyargs", "crmkit", "tests"]

nox.needs_version = ">=2026.4.10"
nox.options.default_venv_backend = "uv"
nox.options.download_python = "never"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["lint", "types", f"bare-{PYTHON}", f"tests-{PYTHON}", "warehouse", "campaign", "docs"]


def install_wheel(session: nox.Session, group: str, *options: str) -> None:
    """Install the built wheel and what the dependency group names, and remove everything else."""
    (wheel,) = WHEELS.glob("*.whl")
    session.install("--exact", "--reinstall-package=crmkit", *options, "--group", group, str(wheel))


def install_source(session: nox.Session, group: str) -> None:
    """Install the checkout itself and what the dependency group names."""
    session.install("--exact", "--group", group, "--editable", ".")


@nox.session
def wheel(session: nox.Session) -> None:
    """Build the wheel that the tests and the demo install."""
    shutil.rmtree(WHEELS, ignore_errors=True)
    session.run("uv", "build", "--quiet", "--wheel", "--out-dir", str(WHEELS), str(ROOT))


@nox.session
def lint(session: nox.Session) -> None:
    """Style, layers, declared dependencies; the extras can be installed together."""
    session.install("--group", "lint")
    session.install("--no-deps", "--editable", ".")  # import-linter asks Python where crmkit is
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("lint-imports", "--no-logo")
    session.run("deptry", "src", silent=True)  # it remarks on every package that is not installed; shown if it fails
    session.run("uv", "pip", "compile", "--quiet", "--all-extras", "--output-file", os.devnull, "pyproject.toml")


@nox.session
def types(session: nox.Session) -> None:
    """Check types: mypy everywhere, pyright as a user's editor sees the public face."""
    install_source(session, "types")
    session.run("mypy")
    session.run("pyright")


@nox.session(python=PYTHONS, requires=["wheel"])
def bare(session: nox.Session) -> None:
    """Test the wheel without any extra, on the oldest dependencies that it admits."""
    install_wheel(session, "bare", "--resolution=lowest-direct", "--requirements=pyproject.toml")
    session.run("pytest", *(session.posargs or ["tests/bare"]))


@nox.session(python=PYTHONS, requires=["wheel"])
def tests(session: nox.Session) -> None:
    """Test the wheel with its extras, and run every example of the documentation."""
    install_wheel(session, "tests")
    if session.posargs:
        session.run("pytest", *session.posargs)
        return
    session.env["COVERAGE_FILE"] = str(Path(session.create_tmp()) / "coverage")
    session.run("coverage", "erase")
    session.run("coverage", "run", "-m", "pytest", *QUICK, *OF_EXACT)
    session.run("coverage", "combine", "--quiet")
    session.run("coverage", "report", "--fail-under=100", "--include=" + ",".join(EXACT))
    session.run("pytest", *EVERYTHING, *(f"--ignore={folder}" for folder in OF_EXACT))


@nox.session(requires=["wheel"])
def coverage(session: nox.Session) -> None:
    """Measure all tests over all of crmkit."""
    install_wheel(session, "tests")
    session.env["COVERAGE_FILE"] = str(Path(session.create_tmp()) / "coverage")
    session.run("coverage", "erase")
    session.run("coverage", "run", "-m", "pytest", *(session.posargs or EVERYTHING))
    session.run("coverage", "combine", "--quiet")
    session.run("coverage", "report", "--fail-under=98")


@nox.session(requires=["wheel"])
def campaign(session: nox.Session) -> None:
    """Do every verb in any order on two stores, 300 times 50 steps; measuring coverage too would take more than twice as long."""
    install_wheel(session, "tests")
    session.run("pytest", "-n", "2", "--hypothesis-profile=campaign", "tests/desks/test_all_verbs_machine.py", *session.posargs)


@nox.session(requires=["wheel"])
def oldest(session: nox.Session) -> None:
    """Test the wheel on the oldest release of everything that it admits."""
    (crmkit,) = (entry for entry in PROJECT["dependency-groups"]["tests"] if str(entry).startswith("crmkit["))
    extras = crmkit.removeprefix("crmkit[").removesuffix("]").split(",")
    install_wheel(
        session, "tests", "--resolution=lowest-direct", "--requirements=pyproject.toml", *(f"--extra={extra}" for extra in extras)
    )
    session.run("pytest", *(session.posargs or EVERYTHING))


@nox.session(requires=["wheel"])
def postgresql(session: nox.Session) -> None:
    """Test the desks and the stores on PostgreSQL too; its server programs must be on this machine."""
    install_wheel(session, "tests")
    session.run("pytest", *(session.posargs or ["-n", "2", "tests/desks", "tests/persistence"]), env={"CRMKIT_DESKS_ON_POSTGRESQL": "1"})


def on_engines(session: nox.Session, group: str, engines: str, *paths: str) -> None:
    """Run the suite of the figures on engines that hold their tables themselves."""
    install_wheel(session, group)
    names = " or ".join(engines.split())
    session.run("pytest", "-W", "default", "-k", names, *(session.posargs or ["-n", "2", *paths]), env={"CRMKIT_ENGINES": engines})


@nox.session(requires=["wheel"])
def ibis(session: nox.Session) -> None:
    """Test the figures on Ibis, inside DuckDB and inside PostgreSQL; without server programs on this machine those of PostgreSQL skip."""
    on_engines(session, "ibis", "ibis-duckdb ibis-postgresql", *OF_FRAMES)


@nox.session(requires=["wheel"])
def warehouse(session: nox.Session) -> None:
    """Test the main figures inside PostgreSQL: the part of `ibis` for which every run has the time."""
    on_engines(session, "ibis", "ibis-postgresql", *OF_MAIN_FIGURES)


@nox.session(requires=["wheel"])
def spark(session: nox.Session) -> None:
    """Test the figures on Spark; Java must be on this machine. It starts jobs for every step, so this takes about an hour."""
    on_engines(session, "spark", "spark", *OF_FRAMES)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation; every warning is an error."""
    install_source(session, "docs")
    session.run("sphinx-build", "--fail-on-warning", "--keep-going", "--quiet", "docs", "docs/_build", *session.posargs)


@nox.session(requires=["wheel"])
def demo(session: nox.Session) -> None:
    """Show the main job on a sample company."""
    install_wheel(session, "demo")
    session.run("crmkit", "demo", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure what the issues promise."""
    install_source(session, "bench")
    session.run("python", "bench/run.py", *session.posargs)


@nox.session
def mutants(session: nox.Session) -> None:
    """Change the rules one operator at a time and see whether a test notices."""
    install_source(session, "mutants")
    session.run("mutmut", "run", *session.posargs)
    session.run("mutmut", "results")


@nox.session(requires=["wheel"])
def hardening(session: nox.Session) -> None:
    """Run the long campaigns."""
    install_wheel(session, "tests")
    session.run("pytest", "-m", "long", "--hypothesis-profile=thorough", *session.posargs)


if __name__ == "__main__":
    os.chdir(ROOT)
    nox.main()
