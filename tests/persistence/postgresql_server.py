"""A PostgreSQL server for tests: started in an empty folder, listening on a socket there, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import Any

import attrs


def server_programs() -> Path | None:
    """Find the folder of initdb and pg_ctl; Debian keeps it out of the path."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None)


@attrs.frozen
class Server:
    """A server in a folder; the server refuses to run as root, so root lends the folder to a lesser user."""

    programs: Path
    folder: Path

    def start(self) -> None:
        """Make the cluster and start it; German sorting rules, so that sorting by code point is not by chance."""
        if os.geteuid() == 0:
            user = self._user()
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self._run("initdb", "-D", self._data, "-U", "crmkit", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", *self._german())
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c fsync=off -c max_connections=60"
        self._run("pg_ctl", "-D", self._data, "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Stop it at once."""
        if (self.folder / "data" / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", self._data, "-m", "immediate", "stop")

    def url(self, database: str = "postgres") -> str:
        """Tell its address."""
        return f"postgresql+psycopg://crmkit@/{database}?host={self.folder}"

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _german(self) -> tuple[str, ...]:
        help_text = subprocess.run([self.programs / "initdb", "--help"], check=True, capture_output=True, text=True).stdout
        return ("--locale-provider=icu", "--icu-locale=de") if "--icu-locale" in help_text else ()

    def _run(self, program: str, *arguments: str) -> None:
        lesser: dict[str, Any] = {}
        if os.geteuid() == 0:
            user = self._user()
            lesser = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        subprocess.run([self.programs / program, *arguments], check=True, cwd=self.folder, stdout=subprocess.DEVNULL, **lesser)

    @staticmethod
    def _user() -> pwd.struct_passwd:
        try:
            return pwd.getpwnam("postgres")
        except KeyError:
            return pwd.getpwnam("nobody")
