"""Fetch real qbittorrent-nox servers of four generations, once: ``python -m tests.real.fetch [--force]``.

Each one is the dependency closure of Debian's own package, unpacked into a folder and run by its own dynamic
loader: no root, no container.  Kept in ``$QBT_SERVERS``, else ``~/.cache/qbt-servers``.

Debian's suites move on, so a generation takes the version that is known to be good where the mirror has it,
else the newest that still is of that generation, else what the snapshot archive had; what was got is printed.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.real.apt import AptError, Package, PrivateApt, mirror

ROOT = Path(os.environ.get("QBT_SERVERS") or Path.home() / ".cache/qbt-servers")
SNAPSHOT = "http://snapshot.debian.org/archive/debian/20261115T000000Z"
ARCHIVE = "http://archive.debian.org/debian"
PACKAGE = "qbittorrent-nox"
BINARY = "usr/bin/qbittorrent-nox"

UNPACKED = re.compile(r"(lib|zlib1g_|openssl-provider|qbittorrent-nox_)")
"""The rest of the closure (perl, dpkg, debconf …) is there for maintainer scripts, which are never run."""
DROPPED = ("usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/mime", "etc")


@dataclass(frozen=True)
class Source:
    """Where a generation comes from.  ``known`` is the Debian version measured against."""

    suites: tuple[str, ...]
    known: str
    below: tuple[int, ...]
    """The first upstream version that would be another generation."""


SOURCES = {
    "4.2.5": Source(("bullseye",), "4.2.5-0.1", (4, 3)),
    "4.5.2": Source(("bookworm",), "4.5.2-3+deb12u1", (4, 6)),
    "5.1.0": Source(("trixie",), "5.1.0-2", (5, 2)),
    "5.3.0": Source(("trixie", "trixie-backports"), "5.3.0-1~bpo13+1", (6,)),
}


@dataclass(frozen=True)
class Prefix:
    """An unpacked server; all paths below ``root``, so that the folder can be moved."""

    root: Path
    debian: str
    loader: str
    libs: tuple[str, ...]
    plugins: tuple[str, ...]

    @property
    def version(self) -> str:
        """The upstream version, as "5.3.0"."""
        return upstream(self.debian)

    @property
    def command(self) -> list[str]:
        libs = ":".join(str(self.root / lib) for lib in self.libs)
        return [str(self.root / self.loader), "--library-path", libs, str(self.root / BINARY)]

    @property
    def env(self) -> dict[str, str]:
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",  # else Qt 5 mangles file names that are not ASCII
            "LOCPATH": str(self.root / "usr/lib/locale"),
            "QT_PLUGIN_PATH": ":".join(str(self.root / folder) for folder in self.plugins),
            "OPENSSL_CONF": "/dev/null",
            "TZ": "UTC",
        }


def upstream(debian: str) -> str:
    """The version without Debian's epoch, revision and repacking: "1:5.3.0+dfsg-1" gives "5.3.0"."""
    found = re.match(r"(?:\d+:)?(\d+(?:\.\d+)+)", debian)
    assert found, debian
    return found[1]


def as_tuple(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def prefix(generation: str) -> Prefix | None:
    """What is in the cache for a generation."""
    folder = ROOT / "prefix" / generation
    if not (folder / "manifest.json").exists():
        return None
    manifest = json.loads((folder / "manifest.json").read_text())
    return Prefix(
        root=folder / "root",
        debian=manifest["debian"],
        loader=manifest["loader"],
        libs=tuple(manifest["libs"]),
        plugins=tuple(manifest["plugins"]),
    )


def fetch(generation: str, *, force: bool = False) -> Prefix:
    """Give the cached server of a generation, after downloading it if need be.  One process at a time does that."""
    ROOT.mkdir(parents=True, exist_ok=True)
    with (ROOT / "fetch.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = None if force else prefix(generation)
        return found or _fetch_from_any(generation)


def _fetch_from_any(generation: str) -> Prefix:
    source = SOURCES[generation]
    failures = []
    for uri in (mirror(), ARCHIVE, SNAPSHOT):
        try:
            return _fetch_from(generation, source, uri)
        except AptError as error:
            failures.append(f"{uri}: {error}")
    raise AptError(f"qBittorrent {generation} cannot be had:\n" + "\n".join(failures))


def _fetch_from(generation: str, source: Source, uri: str) -> Prefix:
    work = ROOT / "apt" / generation
    apt = PrivateApt(work, ROOT / "archives", uri=uri, suites=source.suites)
    started = time.monotonic()
    apt.update()
    chosen = choose(apt.versions(PACKAGE), source, at_least=as_tuple(generation))
    packages = apt.download(PACKAGE, chosen)
    loaded = time.monotonic()
    _unpack(packages, ROOT / "prefix" / generation, chosen)
    shutil.rmtree(work)
    size = sum(package.file.stat().st_size for package in packages) / 1e6
    print(
        f"{generation}: {len(packages)} packages ({size:.0f} MB) of {uri} in {loaded - started:.1f} s, "
        f"unpacked in {time.monotonic() - loaded:.1f} s",
        flush=True,
    )
    found = prefix(generation)
    assert found
    return found


def choose(versions: list[str], source: Source, *, at_least: tuple[int, ...]) -> str:
    """Pick the known version, else the newest of the same generation; raises AptError if there is none."""
    if source.known in versions:
        return source.known
    for version in versions:
        if at_least <= as_tuple(upstream(version)) < source.below:
            return version
    raise AptError(f"{source.suites} have only {versions}")


def _unpack(packages: list[Package], folder: Path, debian: str) -> None:
    fresh = folder.with_name(folder.name + ".tmp")
    shutil.rmtree(fresh, ignore_errors=True)
    root = fresh / "root"
    root.mkdir(parents=True)
    for package in packages:
        if UNPACKED.match(package.file.name):
            subprocess.run(["dpkg-deb", "-x", package.file, root], check=True)
    for name in DROPPED:
        shutil.rmtree(root / name, ignore_errors=True)
    made = _resolve(root, debian)
    _check_it_runs(made)
    manifest = {
        **{key: value for key, value in asdict(made).items() if key != "root"},
        "packages": [[package.name, package.version, package.sha256] for package in packages],
    }
    (fresh / "manifest.json").write_text(json.dumps(manifest, indent=1))
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


def _resolve(root: Path, debian: str) -> Prefix:
    """Find loader and library folders.  Raises AptError unless all libraries come from below ``root``."""
    usual = [f"{top}lib/{machine}-linux-gnu" for top in ("", "usr/") for machine in ("x86_64", "aarch64")]
    libs = [folder for folder in usual if (root / folder).is_dir()]
    loader = next(  # the file itself, never the absolute link in lib64, which leads to the system's loader
        file
        for folder in libs
        for pattern in ("ld-2.*.so", "ld-linux-*.so.*")
        for file in (root / folder).glob(pattern)
        if not file.is_symlink()
    )
    while missing := _missing(root, loader, libs):
        # private folders such as libproxy/ are named by absolute paths inside the libraries
        more = {str(file.parent.relative_to(root)) for name in missing for file in root.rglob(name)} - set(libs)
        if not more:
            raise AptError(f"libraries missing in {root}: {missing}")
        libs += sorted(more)
    plugins = [str(path.relative_to(root)) for folder in libs for path in (root / folder).glob("qt?/plugins")]
    return Prefix(root, debian, str(loader.relative_to(root)), tuple(libs), tuple(plugins))


def _missing(root: Path, loader: Path, libs: list[str]) -> set[str]:
    """Names of libraries that are not found below ``root``; one of this system is as bad as none."""
    paths = ":".join(str(root / lib) for lib in libs)
    listed = subprocess.run(
        [loader, "--library-path", paths, "--list", root / BINARY],
        capture_output=True,
        text=True,
        env={"LC_ALL": "C"},
        check=False,
    )
    lines = re.findall(r"^\s*(\S+) => (.+?)(?: \(0x.*)?$", listed.stdout, re.MULTILINE)
    missing = {name for name, found in lines if not found.startswith(str(root))}
    return missing | set(re.findall(r"loading shared libraries: (\S+?): cannot", listed.stdout + listed.stderr))


def _check_it_runs(made: Prefix) -> None:
    out = subprocess.run(
        [*made.command, "--version"],
        env={**made.env, "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )
    if f"v{made.version}" not in out.stdout:
        raise AptError(f"{made.debian} does not run: {out.stdout}{out.stderr}")


def main(arguments: list[str]) -> int:
    """Fetch all four and print what was got and how long it took."""
    started = time.monotonic()
    for generation in SOURCES:
        before = time.monotonic()
        try:
            got = fetch(generation, force="--force" in arguments)
        except AptError as error:
            print(error, file=sys.stderr)
            return 1
        print(f"{generation}: {got.debian} ready after {time.monotonic() - before:.1f} s in {got.root.parent}")
    print(f"real servers: {time.monotonic() - started:.1f} s in all")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
