"""A private apt: finds, downloads and checks Debian packages without root and without touching the system's own.

It has its own state, lists, sources and (empty) status file, so that it resolves the whole dependency
closure and works on any Debian release, as any user.  Of the system's settings only ``Acquire::*`` (proxy,
certificates) is taken over.  Signatures are checked against the Debian archive keyring, and every package
once more against the signed index, since apt trusts a cached file of the right size.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
DEFAULT_MIRROR = "http://deb.debian.org/debian"


class AptError(Exception):
    """An apt command failed, or a package is not what the signed index says."""


@dataclass(frozen=True)
class Package:
    """One downloaded package; ``sha256`` is the signed index's."""

    name: str
    version: str
    file: Path
    sha256: str


def mirror() -> str:
    """The Debian mirror that this system uses, or Debian's own where the system is no Debian."""
    if "QBT_MIRROR" in os.environ:
        return os.environ["QBT_MIRROR"].rstrip("/")
    for source in (Path("/etc/apt/sources.list.d/debian.sources"), Path("/etc/apt/sources.list")):
        text = source.read_text() if source.exists() else ""
        for found in re.finditer(r"^(?:URIs:|deb)\s+(?:\[[^]]*\]\s+)?(\S+)", text, re.MULTILINE):
            uri = found[1].rstrip("/")
            if uri.startswith(("http://", "https://")) and uri.endswith("/debian"):
                return uri
    return DEFAULT_MIRROR


class PrivateApt:
    """``archives`` keeps the .deb files and may be shared; ``work`` is for this one run and can be deleted."""

    def __init__(self, work: Path, archives: Path, *, uri: str, suites: tuple[str, ...]) -> None:
        if not KEYRING.exists():
            raise AptError(f"{KEYRING} is missing: install debian-archive-keyring")
        self.archives = archives
        self._suites = suites
        for folder in (work / "state/lists/partial", archives / "partial"):
            folder.mkdir(parents=True, exist_ok=True)
        (work / "state/status").write_text("")
        lines = [f"deb [signed-by={KEYRING}] {uri} {suite} main\n" for suite in suites]
        (work / "sources.list").write_text("".join(lines))
        (work / "apt.conf").write_text(_configuration(work, archives))
        self._env = {**os.environ, "APT_CONFIG": str(work / "apt.conf"), "LC_ALL": "C"}

    def update(self) -> None:
        self._run("apt-get", "-q", "update", "-o", "APT::Update::Error-Mode=any")

    def versions(self, package: str) -> list[str]:
        """All versions of a package in the suites, newest first."""
        return re.findall(r"^\s*\S+\s*\|\s*(\S+)\s*\|", self._run("apt-cache", "madison", package), re.MULTILINE)

    def download(self, package: str, version: str) -> list[Package]:
        """Get a package and all that it depends on; raises AptError if a file differs from the index."""
        get = ("apt-get", "-qq", "-y", "--no-install-recommends", "-t", self._suites[-1])
        wanted = (f"{package}={version}",)
        plan = self._run(*get, "--simulate", "install", *wanted)
        closure = re.findall(r"^Inst (\S+) \((\S+) ", plan, re.MULTILINE)
        self._run(*get, "--download-only", "install", *wanted)
        sums = self._signed_sums(closure)
        return [self._checked(name, ver, sums[name, ver]) for name, ver in closure]

    def _signed_sums(self, closure: list[tuple[str, str]]) -> dict[tuple[str, str], str]:
        sums = {}
        for record in self._run("apt-cache", "show", *(f"{n}={v}" for n, v in closure)).split("\n\n"):
            fields = dict(re.findall(r"^(Package|Version|SHA256): (\S+)", record, re.MULTILINE))
            if fields:
                sums[fields["Package"], fields["Version"]] = fields["SHA256"]
        return sums

    def _checked(self, name: str, version: str, sha256: str) -> Package:
        stem = f"{name}_{version.replace(':', '%3a')}_"
        found = [file for file in self.archives.glob(f"{name}_*.deb") if file.name.startswith(stem)]
        if len(found) != 1:
            raise AptError(f"expected one file {stem}*.deb, found {found}")
        if hashlib.sha256(found[0].read_bytes()).hexdigest() != sha256:
            found[0].unlink()
            raise AptError(f"{found[0].name} differs from the signed index; removed, run again")
        return Package(name, version, found[0], sha256)

    def _run(self, *command: str) -> str:
        done = subprocess.run(command, env=self._env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise AptError(f"{' '.join(command)}\n{done.stdout[-1000:]}{done.stderr[-3000:]}")
        return done.stdout


def _configuration(work: Path, archives: Path) -> str:
    system = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=True).stdout
    kept = [
        line
        for line in system.splitlines()
        if line.startswith(("Acquire::", "APT::Architecture")) and not line.endswith(' "";')
    ]
    nowhere = ("main", "parts", "sourceparts", "preferences", "preferencesparts", "trusted", "trustedparts")
    own = {
        **{f"Dir::Etc::{name}": "/dev/null" for name in nowhere},
        "Dir::Etc::sourcelist": f"{work}/sources.list",
        "Dir::State": f"{work}/state",
        "Dir::State::status": f"{work}/state/status",
        "Dir::Cache": str(work),
        "Dir::Cache::archives": str(archives),
        "Dir::Log": str(work),
        "APT::Sandbox::User": "root",
        "APT::Get::AllowUnauthenticated": "false",
        "Acquire::AllowInsecureRepositories": "false",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
        "Debug::NoLocking": "true",
    }
    if "snapshot.debian.org" in (work / "sources.list").read_text():
        own["Acquire::Check-Valid-Until"] = "false"  # a snapshot's index has expired by its nature
    return "\n".join([*kept, *(f'{key} "{value}";' for key, value in own.items())]) + "\n"
