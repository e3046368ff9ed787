"""The characters of a rule file: its encoding, and those that pass for others or for nothing."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from conftest import GOOD, JURA, edit
from hypothesis import given
from hypothesis import strategies as st

from fs_triage.author import verifier
from fs_triage.checks import contacts
from fs_triage.rules import load, yaml_reader
from fs_triage.rules.characters import find_confusable_character, match_usual_text
from fs_triage.rules.problem import Problem
from fs_triage.text.typography import typeset_french


def told(text: str | bytes) -> list[str]:
    """Return the problems of a file that holds `text`, without its name."""
    _, problems = yaml_reader.parse_content(text.encode() if isinstance(text, str) else text, "f")
    return [str(problem).removeprefix("f:") for problem in problems]


def taken(text: str) -> object:
    table, problems = yaml_reader.parse_content(text.encode(), "f")
    assert problems == [] and table is not None
    return yaml_reader.convert_to_data(table)


LOOK_ALIKE = {
    "Cyrillic": "www.imp\u043ets.gouv.fr",
    "Cyrillic all through": "\u0441\u043e\u0441",
    "Greek": "c\u03bfntact@caf.fr",
    "Armenian": "\u0585ui",
    "Cherokee": "\u13a0ide",
    "Hebrew": "\u05e1",
    "Lisu": "\ua4d0caf",
    "mathematical": "\U0001d41c\U0001d41a\U0001d41f",
    "full width": "\uff57\uff57\uff57",
    "raised letter": "c\u1d43f",
    "circled": "\u24b6NTS",
    "small capital": "c\u1d00f",
    "Roman numeral": "www.caf.f\u217c",
    "ligature": "\ufb01n",
    "dotless i": "\u0131mpots.gouv.fr",
    "long s": "\u017fite",
    "iota": "\u0196mpots",
    "click": "\u01c0a",
    "Arabic digits": "\u0663\u0662\u0663\u0660",
    "full-width digit": "\uff133949",
    "circled digit": "\u2460",
    "hyphen": "saint\u2010claude",
    "minus": "8\u221212",
    "one dot": "www\u2024caf\u2024fr",
    "ideographic stop": "www\u3002caf\u3002fr",
    "fraction slash": "caf.fr\u2044aide",
    "division slash": "caf.fr\u2215aide",
    "full-width at": "a\uff20caf.fr",
    "ratio": "https\u2236//caf.fr",
    "low quote": "a\u201ab",
    "acute as apostrophe": "l\u00b4usager",
    "modifier apostrophe": "l\u02bcusager",
    "emoji": "Urgent \U0001f642",
    "squared letter": "\U0001f170NTS",
    "regional letters": "\U0001f1eb\U0001f1f7",
    "replacement": "pi\ufffdce",
}
LIKE_NOTHING = {
    "braille blank": "a\u2800b",
    "Hangul filler": "\u3164",
    "Hangul choseong filler": "a\u115fb",
    "Hangul jungseong filler": "a\u1160b",
    "half-width filler": "a\uffa0b",
    "grapheme joiner": "a\u034fb",
    "variation selector": "a\ufe0f",
    "em space": "a\u2003b",
    "figure space": "06\u200748",
    "thin space": "a\u2009b",
    "ideographic space": "a\u3000b",
    "soft hyphen in a number": "03\u00ad84",
    "soft hyphen at the end": "caf\u00ad",
    "overlay": "caf\u0336",
    "stack": "e\u0301\u0302\u0303\u0304",
    "dot on a dotted i": "i\u0307",
}
RETYPE = "retapez ce mot au clavier [look-alike]"
REFUSED_BEFORE = ["\u180e", "\u200b", "\u200d", "\u2060", "\U000e0041", "\u2064", "\u2066"]


@pytest.mark.parametrize(
    "text", [*LOOK_ALIKE.values(), *LIKE_NOTHING.values()], ids=[*LOOK_ALIKE, *LIKE_NOTHING]
)
@pytest.mark.parametrize(
    "where", ["a: '{}'\n", "'{}': b\n", "a:\n  - b\n  - {}\n", "a: [{}]\n", "a: >-\n  b\n  {}\n"]
)
def test_it_is_refused_as_a_value_a_key_and_a_line_of_a_text(where: str, text: str) -> None:
    found = told(where.format(text))
    assert len(found) == 1 and found[0].endswith("[look-alike]")
    assert text.isprintable() is False or "U+" in found[0]


@pytest.mark.parametrize("character", REFUSED_BEFORE)
def test_what_no_terminal_may_get_keeps_its_own_code(character: str) -> None:
    assert [line.rpartition("[")[2] for line in told(f"a: b{character}c\n")] == ["control-character]"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "id: caf\nsite: é www.imp\u043ets.gouv.fr\n",
            "2:16: « \u043e » (U+043E) est une lettre cyrillique, dans « www.imp\u043ets.gouv.fr » ; "
            f"{RETYPE}",
        ),
        ("a: x \uff13y\n", f"1:6: « \uff13 » (U+FF13) passe pour « 3 », dans « \uff13y » ; {RETYPE}"),
        (
            "a: x\u2003y\n",
            "1:5: espace rare U+2003, qui n’est pas celle du clavier ; retapez-la au clavier [look-alike]",
        ),
        ('a: "x\u3164"\n', "1:6: caractère invisible U+3164 ; supprimez-le [look-alike]"),
        ('a: "x\\u3164"\n', "1:4: caractère invisible U+3164 ; supprimez-le [look-alike]"),
        ("l\u0430bel: CAF\n", f"1:2: « \u0430 » (U+0430) est une lettre cyrillique, dans « l\u0430bel » ; {RETYPE}"),
        ("a: e\u0301e\u0336\n", f"1:7: accent de trop U+0336 dans « \u00e9e\u0336 » ; {RETYPE}"),
        (
            "a: x \U0001f642\n",
            f"1:6: « \U0001f642 » (U+1F642) n’est pas un signe ordinaire, dans « \U0001f642 » ; {RETYPE}",
        ),
    ],
)  # fmt: skip
def test_the_line_names_the_character_its_place_and_the_remedy(text: str, line: str) -> None:
    assert told(text) == [line]


@pytest.mark.parametrize(
    "text",
    [
        "Łukasz Gümüş, Nguyễn Văn Ơ, Đorđe, Þór, Ægir, Straße, STRAẞE, İzmir, Ștefan, Ħal",
        "L’œuvre «\u00a0Où\u00a0» – à 8\u202f% —, n°\u00a03, 50 m², CO₂, 1½ h, 3 ⅓, 12 €, ≥ 18 ans… “oui”",
        "Menu › Compte → usager·ère, rendez‑vous ; anti\u00adconstitutionnel • ☐ ™",
        "`~^_|\\<>{}[]#@*&%$!?;:/+=-\"'()",
    ],
)
def test_what_french_and_the_names_of_europe_are_written_with_passes(text: str) -> None:
    assert taken(f"a: {text!r}\n" if "'" not in text else "a: |-\n  " + text + "\n") is not None
    assert find_confusable_character(text) is None


def test_an_accent_typed_apart_from_its_letter_is_the_same_letter() -> None:
    apart = unicodedata.normalize("NFD", "Été à l’œuvre, Nguyễn")
    assert taken(f"a: {apart}\n{apart[:3]}: b\n") == {"a": "Été à l’œuvre, Nguyễn", "Ét": "b"}
    assert [line.rpartition("[")[2] for line in told("é: a\ne\u0301: b\n")] == ["duplicate-key]"]


@given(st.characters(exclude_categories=["Cs"]))
def test_every_letter_that_passes_is_latin_and_every_digit_is_plain(character: str) -> None:
    character = unicodedata.normalize("NFC", character)
    if len(character) == 1 and find_confusable_character(character) is None and character.isalpha():
        assert unicodedata.name(character).startswith("LATIN ")
    if find_confusable_character(character) is None and character.isdecimal():
        assert character.isascii()


def test_what_needs_no_look_is_in_the_form_that_is_compared() -> None:
    for character in filter(match_usual_text, map(chr, range(0x10000))):
        assert unicodedata.normalize("NFC", character) == character
        assert character == "\n" or unicodedata.category(character)[0] not in "CM"


def problems_after(tmp_path: Path, file: str, before: str, after: str) -> list[Problem]:
    import shutil

    folder = tmp_path / "r"
    shutil.copytree(GOOD, folder)
    for name in ("besoins/hors-livret.yaml", "identifiants.yaml"):
        key = {
            "besoins/hors-livret.yaml": "hors livret: [permis de chasse]",
            "identifiants.yaml": "publiés: [mairie/carte]",
        }
        (folder / name).write_text(key[name] + "\n", encoding="utf-8")
    edit(folder / file, (before, after))
    return load.load_livret(folder).problems


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("livret.yaml", "id: bon", "id: b\u043en"),
        ("livret.yaml", "titre: ", "titre: L\u0456vret "),
        ("besoins/hors-livret.yaml", "chasse", "ch\u0430sse"),
        ("identifiants.yaml", "mairie/carte", "mairie/c\u0430rte"),
        ("mots/synonymes.yaml", "synonymes", "syn\u043enymes"),
        ("partenaires/mairie.yaml", "etat-civil@", "etat\u2010civil@"),
        ("partenaires/mairie.yaml", "03 84 25", "03\u200784 25"),
        ("partenaires/mairie.yaml", "libellé: Une", "libellé: \u0423ne"),
        ("partenaires/mairie.yaml", "horaires: lundi", "horaires: lund\u0456"),
        ("partenaires/mairie.yaml", "mots: [cni]", "mots: [c\u0578i]"),
        ("besoins/mairie.yaml", "[refaire", "[r\u0435faire"),
        ("partenaires/mairie.yaml", "  - id: carte", "  - \u0456d: carte"),
    ],
)
def test_every_file_and_every_text_of_it_is_held_to_the_rule(
    tmp_path: Path, file: str, before: str, after: str
) -> None:
    found = problems_after(tmp_path, file, before, after)
    assert [
        (Path(problem.path).relative_to(tmp_path / "r").as_posix(), problem.code) for problem in found
    ] == [(file, "look-alike")]
    assert found[0].blocking


def test_a_look_alike_is_told_once_whatever_else_it_spoils(folder: Path) -> None:
    edit(folder / "partenaires/mairie.yaml", ("  - id: carte", "  - id: c\u0430rte"))
    assert [problem.code for problem in verifier.verify_livret(folder).problems] == ["look-alike"]


def test_the_rules_of_the_jura_pass() -> None:
    assert load.load_livret(JURA).problems == []


def test_a_site_is_typed_on_a_french_keyboard() -> None:
    assert contacts.find_site_error("https://www.académie.fr/où") is None
    for value in ("www.ca\u00adf.fr", "www.caf.fr/a–b", "www.caf.fr/a\u00a0b", "www.\u1ecbmpots.gouv.fr"):
        assert contacts.find_site_error(value) is not None


def test_a_soft_hyphen_makes_no_other_word() -> None:
    assert typeset_french("anti\u00adconstitutionnel") == "anticonstitutionnel"


# How a file is encoded


@pytest.mark.parametrize(("encoding", "name"), [("utf-16", "UTF-16"), ("utf-32", "UTF-32")])
def test_other_encodings_are_known_by_their_mark(encoding: str, name: str) -> None:
    line = f"1:1: c’est de l’{name} ; enregistrez le fichier en UTF-8 [encoding]"
    assert told("id: é\n".encode(encoding)) == [line]
    big = "\ufeffid: é\n".encode(f"{encoding}-be")
    assert told(big) == [line]


def test_a_mark_of_utf_8_and_ends_of_lines_of_windows_change_nothing() -> None:
    assert yaml_reader.parse_content("\ufeffa: é\r\nb: c\r\n".encode(), "f")[0] is not None
    assert told("\ufeffé: b\r\n".encode() + "éa: à".encode() + b"\xe9\r\n") == [
        "2:6: ce n’est pas de l’UTF-8 (octet 0xE9) ; enregistrez le fichier en UTF-8 [encoding]"
    ]
