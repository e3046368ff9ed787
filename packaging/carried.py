"""What the folder for Windows carries: each part with its version and its licence, as texts and as an SBOM."""

from __future__ import annotations

import hashlib
import json
import re
import struct
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from cyclonedx.factory.license import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

PROJECT = "fs-triage"
EXTRAS = ("comptes",)
"""What the folder carries beside what every installation of the project needs."""
LICENCES, SBOM = "LICENCES.txt", "sbom.cdx.json"
_LICENCE_FILE = re.compile(r"(LICEN[CS]E|COPYING|NOTICE)", re.IGNORECASE)
_LICENCE_IN_PYTHON = "LICENSE.txt"
_RULE = "=" * 100
_FILE_VERSION = struct.pack("<I", 0xFEEF04BD)
"""What the version of a Windows library begins with (VS_FIXEDFILEINFO)."""
_POSTGRESQL = """\
Portions Copyright (c) 1996-2026, PostgreSQL Global Development Group
Portions Copyright (c) 1994, The Regents of the University of California

Permission to use, copy, modify, and distribute this software and its documentation for any purpose, without fee, and
without a written agreement is hereby granted, provided that the above copyright notice and this paragraph and the
following two paragraphs appear in all copies.

IN NO EVENT SHALL THE UNIVERSITY OF CALIFORNIA BE LIABLE TO ANY PARTY FOR DIRECT, INDIRECT, SPECIAL, INCIDENTAL, OR
CONSEQUENTIAL DAMAGES, INCLUDING LOST PROFITS, ARISING OUT OF THE USE OF THIS SOFTWARE AND ITS DOCUMENTATION, EVEN IF
THE UNIVERSITY OF CALIFORNIA HAS BEEN ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.

THE UNIVERSITY OF CALIFORNIA SPECIFICALLY DISCLAIMS ANY WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE. THE SOFTWARE PROVIDED HEREUNDER IS ON AN "AS IS"
BASIS, AND THE UNIVERSITY OF CALIFORNIA HAS NO OBLIGATIONS TO PROVIDE MAINTENANCE, SUPPORT, UPDATES, ENHANCEMENTS, OR
MODIFICATIONS."""
"""The licence of libpq, which the package that carries it leaves out."""
_LIBRARIES = {
    "libcrypto": ("Apache-2.0", "OpenSSL. Le texte est dans celui de python, plus haut."),
    "libssl": ("Apache-2.0", "OpenSSL. Le texte est dans celui de python, plus haut."),
    "libpq": ("PostgreSQL", _POSTGRESQL),
    "libffi": ("MIT", "Le texte est dans celui de python, plus haut."),
    "sqlite3": ("blessing", "Domaine public."),
    "vcruntime140": (
        "Microsoft Distributable Code",
        "Les conditions sont dans le texte de python, plus haut.",
    ),
    "msvcp140": ("Microsoft Distributable Code", "Les conditions sont dans le texte de python, plus haut."),
}
"""The licences of libraries that come within another part, by the beginning of their file names."""
_SHORT = 60  # letters of a name of a licence: some write the whole text there


class Part(NamedTuple):
    """A part of the folder that somebody else made, or ours."""

    name: str
    version: str
    licence: str
    texts: tuple[str, ...]
    """Those of its licence."""
    sha256: str = ""
    """The digest of the file that it came in."""
    kind: str = "generic"
    """The type of its package URL."""
    needs: tuple[str, ...] = ()


def read_file_version(library: bytes) -> str:
    """Return the version that a Windows program or library says of itself, empty where it says none."""
    place = library.find(_FILE_VERSION)
    if place < 0:
        return ""
    high, low = struct.unpack_from("<II", library, place + 8)
    return ".".join(str(number) for number in (high >> 16, high & 0xFFFF, low >> 16, low & 0xFFFF))


def compute_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_packages(site: Path, wheels: Sequence[Path], python: str) -> list[Part]:
    """Return the packages that were unpacked into `site`; ends the process where one lacks what it needs.

    The markers are read for `python` on Windows, as pip would there: it ran elsewhere.
    """
    digests = {parse_wheel_filename(wheel.name)[0]: compute_digest(wheel) for wheel in wheels}
    found = {canonicalize_name(one.metadata["Name"]): one for one in metadata.distributions(path=[str(site)])}
    environment = {name: str(value) for name, value in default_environment().items()} | {
        "os_name": "nt",
        "platform_machine": "AMD64",
        "platform_system": "Windows",
        "python_full_version": python,
        "python_version": ".".join(python.split(".")[:2]),
        "sys_platform": "win32",
    }
    all_needs = _find_needs(found, environment)
    parts, wrong = [], []
    for name, distribution in sorted(found.items()):
        needs = all_needs[name]
        for need in needs:
            there = found.get(canonicalize_name(need.name))
            if there is None or not need.specifier.contains(there.version, prereleases=True):
                wrong.append(f"{name} needs {need}, {there.version if there else 'which is not there'}")
        licence, texts = _name_licence(distribution.metadata), _read_licence_texts(distribution)
        if not licence or not texts:
            wrong.append(f"{name} carries {'no text' if licence else 'no name'} of its licence")
        parts.append(
            Part(
                distribution.metadata["Name"],
                distribution.version,
                licence,
                texts,
                digests[name],
                "pypi",
                tuple(sorted(canonicalize_name(need.name) for need in needs)),
            )
        )
    if wrong:
        raise SystemExit("\n".join(wrong))
    return parts


def _find_needs(
    found: Mapping[str, metadata.Distribution], environment: Mapping[str, str]
) -> dict[str, list[Requirement]]:
    """Return what each package needs, with the extras that others ask of it (`psycopg[binary]`)."""
    needs: dict[str, list[Requirement]] = {name: [] for name in found}
    waiting = [*((name, "") for name in found), *((PROJECT, extra) for extra in EXTRAS if PROJECT in found)]
    seen = set()
    while waiting:
        name, extra = asked = waiting.pop()
        if asked in seen or name not in found:
            continue
        seen.add(asked)
        for need in map(Requirement, found[name].requires or ()):
            if need.marker is None or need.marker.evaluate({**environment, "extra": extra}):
                needs[name] += [need] if need not in needs[name] else []
                waiting += ((canonicalize_name(need.name), one) for one in need.extras)
    return needs


def _name_licence(said: metadata.PackageMetadata) -> str:
    """Return how a package calls its licence: by its SPDX expression, else by a short name, else by its classifier."""
    for key in ("License-Expression", "License"):
        named: str = (said.get_all(key) or [""])[0].strip()
        if named and "\n" not in named and len(named) <= _SHORT:
            return named
    classifiers = [one for one in said.get_all("Classifier") or () if one.startswith("License :: ")]
    return " OR ".join(one.rpartition(" :: ")[2] for one in classifiers)


def _read_licence_texts(distribution: metadata.Distribution) -> tuple[str, ...]:
    texts = []
    for file in sorted(distribution.files or (), key=str):
        below = file.parts[1:] if file.parts[0].endswith(".dist-info") else ()
        if below and (below[0] == "licenses" or _LICENCE_FILE.match(below[0])):
            texts.append(Path(str(file.locate())).read_text(encoding="utf-8").strip())
    return tuple(texts)


def read_launcher() -> Part:
    """Return distlib, of which the launcher is."""
    distlib = metadata.distribution("distlib")
    licence = _name_licence(distlib.metadata)
    return Part("distlib", distlib.version, licence, _read_licence_texts(distlib), kind="pypi")


def read_python(folder: Path, archive: Path, version: str) -> list[Part]:
    """Return the CPython that was unpacked into `folder`."""
    text = (folder / _LICENCE_IN_PYTHON).read_text(encoding="utf-8").strip()
    return [Part("python", version, "PSF-2.0", (text,), compute_digest(archive))]


def list_libraries(folder: Path) -> list[Part]:
    """Return the libraries of others that stand below `folder` as files of their own: OpenSSL, SQLite, Microsoft’s."""
    parts = []
    for path in sorted(folder.rglob("*.dll"), key=lambda path: path.relative_to(folder).as_posix()):
        if re.fullmatch(r"python3\d*\.dll", path.name):
            continue
        known = next((one for start, one in _LIBRARIES.items() if path.name.startswith(start)), None)
        if known is None:
            raise SystemExit(
                f"{path.name}: a new library; say its licence in packaging/{Path(__file__).name}"
            )
        licence, text = known
        version = read_file_version(path.read_bytes())
        parts.append(Part(path.name, version, licence, (text,), compute_digest(path)))
    return parts


def write_licences(path: Path, parts: Sequence[Part]) -> None:
    """Write the licences of all parts."""
    pieces = []
    for part in parts:
        head = " ".join(filter(None, (part.name, part.version, f"({part.licence})")))
        pieces.append("\n\n".join((f"{_RULE}\n{head}\n{_RULE}", *part.texts)))
    text = "\n\n\n".join(pieces) + "\n"
    path.write_text(text.replace("\r\n", "\n"), encoding="utf-8-sig", newline="\r\n")


def write_sbom(path: Path, parts: Sequence[Part], epoch: int) -> None:
    """Write all parts as a CycloneDX document, the project as what they make up."""
    components: dict[str, Component] = {
        canonicalize_name(part.name): _build_component(part) for part in parts
    }
    bom = Bom(components=[one for name, one in components.items() if name != PROJECT])
    bom.metadata.component = components[PROJECT]
    bom.metadata.timestamp = datetime.fromtimestamp(epoch, UTC)
    # as the bytes, so the number: a version and what it carries have one
    named = "\n".join(f"{part.name} {part.version} {part.sha256}" for part in parts)
    bom.serial_number = uuid.uuid5(uuid.NAMESPACE_URL, named)
    of_no_package = components.keys() - {need for part in parts for need in part.needs} - {PROJECT}
    for part in parts:
        needs = {*part.needs, *(of_no_package if part.name == PROJECT else ())}
        owner = components[canonicalize_name(part.name)]
        bom.register_dependency(owner, [components[need] for need in sorted(needs)])
    written = json.loads(JsonV1Dot6(bom).output_as_string())
    text = json.dumps(written, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def _build_component(part: Part) -> Component:
    url = PackageURL(part.kind, name=part.name, version=part.version or None)
    return Component(
        name=part.name,
        version=part.version or None,
        type=ComponentType.APPLICATION if part.name == PROJECT else ComponentType.LIBRARY,
        bom_ref=url.to_string(),
        purl=url,
        licenses=[LicenseFactory().make_from_string(part.licence)],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=part.sha256)] if part.sha256 else (),
    )
