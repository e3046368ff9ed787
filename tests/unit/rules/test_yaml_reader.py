"""The strict reader: what it takes letter for letter, and what it refuses, where and why."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from fs_triage.rules.characters import MAX_BYTES, decode_content, match_usual_text
from fs_triage.rules.yaml_reader import (
    MAX_DEPTH,
    MAX_NODES,
    MAX_TEXT,
    convert_to_data,
    find_node,
    get_mark,
    parse_text,
    read_content,
)


def refusal(text: str | bytes) -> list[str]:
    """Return the problems of a file that holds `text`, without its name."""
    content = text.encode() if isinstance(text, str) else text
    decoded, problems = decode_content(content, "f")
    if not problems:
        _, problems = parse_text(decoded, "f")
    return [str(problem).removeprefix("f:") for problem in problems]


def taken(text: str | bytes) -> object:
    content = text.encode() if isinstance(text, str) else text
    decoded, problems = decode_content(content, "f")
    assert problems == []
    table, problems = parse_text(decoded, "f")
    assert problems == [] and table is not None
    return convert_to_data(table)


# What is read


@pytest.mark.parametrize(
    "scalar",
    (
        "3230 0806001625 08:30 36:49 no NO yes on ~ null 1_000 +33612345678 2024-13-45 0x1F 1e3 .inf 2024-01-02 = 08"
        " 12:30:45 true 1.0 0o17 " + "9" * 5000
    ).split(),
)
def test_a_scalar_stays_the_text_that_was_typed(scalar: str) -> None:
    assert taken(f"a: {scalar}\nb: '{scalar}'\nc: [{scalar}]\n") == {"a": scalar, "b": scalar, "c": [scalar]}


def test_keys_stay_text_too() -> None:
    assert taken("no: a\n1: b\n01: c\ntrue: d\n~: e\n") == {
        "no": "a",
        "1": "b",
        "01": "c",
        "true": "d",
        "~": "e",
    }


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfa: b\nc:\n  - d\n",
        b"a: b\r\nc:\r\n  - d\r\n",
        b"---\na: b\nc:\n  - d\n...\n",
        b"%YAML 1.1\n---\na: b\nc:\n  - d\n",
        b"# en tete\na: b # ici\nc:\n  - d\n",
        b"{a: b, c: [d]}",
        b"? a\n: b\n? c\n: - d",
    ],
)
def test_other_ways_to_write_the_same(content: bytes) -> None:
    assert taken(content) == {"a": "b", "c": ["d"]}


def test_french_spaces_and_soft_hyphens_are_kept() -> None:
    text = "Vraiment\u00a0? «\u202foui\u202f» anti\u00adconstitutionnel œuf €"
    assert taken(f"a: {text}\n") == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: >-\n  b\n  c #2\n", "b c #2"),
        ("a: |-\n  b\n  c\n", "b\nc"),
        ("a: b # c #d\n", "b"),
        ("a: b ## c\n", "b"),
        ("a: b#2\n", "b#2"),
        ("a: 'b #2' #c\n", "b #2"),
        ("a: [b, c\n  d]\n", ["b", "c d"]),
        ("a: #c\n  - b\n", ["b"]),
        ("a: é b  # c\n", "é b"),
        ("téléphone: à remplir    # 39 = 03 84\n", "à remplir"),
        ("a: caf/rsa # c\n", "caf/rsa"),
        ("a: # c\n  - b # d\n", ["b"]),
        ("libellé: # c\n", ""),
        ("a: [b, c] # d\n", ["b", "c"]),
        ("a: 'é b' # 3\n", "é b"),
        ("a: >- # c\n  b # 3\n", "b # 3"),
    ],
)
def test_long_texts_brackets_and_comments_are_no_mistake(text: str, value: object) -> None:
    assert taken(text) == {text.partition(":")[0]: value}


def test_places_are_those_of_each_key_and_value() -> None:
    table, _ = parse_text("a:\n  - id: x\n    é: 'y'\n  - z\n", "f")
    assert table is not None
    assert get_mark(table, ("a", 0, "é")) == get_mark(table, ("a", 0, "é", "beyond"))
    assert [get_mark(table, ("a", 0, "é"), key=key).column for key in (False, True)] == [8, 5]
    assert [(p.line, p.column) for p in (get_mark(table, ("a", 1)), get_mark(table, ()))] == [(4, 5), (1, 1)]
    assert find_node(table, ("a", 0, "id")).place.column == 9


@given(
    st.recursive(
        st.text(
            # with these three begins what a program leaves that takes UTF-8 for another encoding
            st.characters(max_codepoint=0x2400, exclude_categories=["C"], exclude_characters="ÂÃâ").filter(
                match_usual_text
            ),
            max_size=20,
        ),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.text("abcdé-1 ", min_size=1, max_size=8), inner, max_size=4)
        ),
        max_leaves=20,
    )
)
def test_what_yaml_writes_is_read_back(value: object) -> None:
    text = yaml.dump({"racine": value}, allow_unicode=True, default_style='"', width=10**6, Dumper=_NoAliases)
    assert taken(text) == {"racine": value}


class _NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


# What is refused

GOES_ON = (
    "ce texte continue à la ligne suivante ; vérifiez le tiret et le retrait de la ligne suivante ; "
    "un texte long commence par « >- » [several-lines]"
)


def closed_far(line: int) -> str:
    return (
        f"guillemet ouvert ici, refermé à la ligne {line} seulement ; refermez-le sur sa ligne ; "
        "un texte long commence par « >- » [several-lines]"
    )


COMMENT = ", ou le commentaire sur une ligne à lui"


def cut(rest: str, more: str = "") -> str:
    hint = f"mettez le texte entre guillemets doubles{more}"
    return f"« {rest} » n’est pas lu, à cause de « # » ; {hint} [cut-by-comment]"


SYNTAX = [
    ("a: b: c\n", "1:5: syntaxe : « : » inattendu ; mettez le texte entre guillemets doubles [syntax]"),
    (
        "a: Attention : c\n",
        "1:14: syntaxe : « : » inattendu ; mettez le texte entre guillemets doubles [syntax]",
    ),
    ("a: 'x\nb: y\n", "1:4: syntaxe : guillemet jamais refermé [syntax]"),
    ("a: 'dit 'oui' ici'\n", "1:10: syntaxe : clé ou tiret mal aligné, ou guillemet en trop [syntax]"),
    ("a:\n  - b\n - c\n", "3:2: syntaxe : clé ou tiret mal aligné, ou guillemet en trop [syntax]"),
    ("a: [b, c\nd: e\n", "1:4: syntaxe : liste entre crochets mal fermée : « , » ou « ] » attendu [syntax]"),
    ("a: {b: c\nd: e\n", "1:4: syntaxe : accolades mal fermées : « , » ou « } » attendu [syntax]"),
    ("a: b\nsteps\nc: d\n", "2:1: syntaxe : clé sans « : » [syntax]"),
    ("a: - b\n", "1:4: syntaxe : tiret de liste inattendu ; placez-le sur sa ligne [syntax]"),
    ("a: **b**\n", "1:4: syntaxe : « * » ou « & » commence le texte ; mettez des guillemets [syntax]"),
    ("a: @b\n", "1:4: syntaxe : caractère qui ne peut rien commencer ; mettez des guillemets [syntax]"),
    (
        'a: "\\q"\n',
        "1:5: syntaxe : barre oblique inverse inconnue entre guillemets doubles ; doublez-la [syntax]",
    ),
    ("a: > b\n  c\n", "1:6: syntaxe : texte inattendu après « > » ou « | » ; passez à la ligne [syntax]"),
    ("a: b\n...\nc: d\n", "3:1: syntaxe : texte inattendu après la fin du contenu [syntax]"),
    ("a: }\n", "1:4: syntaxe : valeur attendue ici [syntax]"),
    ('a: "\\ud800"\n', "1:7: syntaxe : ce n’est pas du YAML correct à cet endroit [syntax]"),
    ("", "1:1: fichier vide ; remettez-y ce qu’il disait, ou complétez-le [syntax]"),
    ("# rien\n", "1:1: fichier vide ; remettez-y ce qu’il disait, ou complétez-le [syntax]"),
    ("- a\n", "1:1: des « clé: valeur » étaient attendues ; commencez par « id: » [syntax]"),
    ("a\n", "1:1: des « clé: valeur » étaient attendues ; commencez par « id: » [syntax]"),
    ("? [a]\n: b\n", "1:3: une clé doit être un mot [syntax]"),
]
ONE_LINE = [
    ("a:\n  - b\n   - c\n  - d\n", f"2:5: {GOES_ON}"),
    ("a:\n  - b\n    c\n  - d\n", f"2:5: {GOES_ON}"),
    ("a: b\n  c\n", f"1:4: {GOES_ON}"),
    ('a: "b\nc: "d"\ne: f\n', f"1:4: {closed_far(2)}"),
    ("a: 'b\nc: d\ne: l'usager\n", f"1:4: {closed_far(3)}"),
    ('a:\n  - "b\n  - "c"\n', f"2:5: {closed_far(3)}"),
    ("a: [b, 'c\n d']\n", f"1:8: {closed_far(2)}"),
    ("a: Formulaire #2 carte\n", f"1:4: {cut('#2 carte')}"),
    ("a:\n  - é #b # c\n", f"2:5: {cut('#b # c')}"),
    ("a: #2\n", f"1:3: {cut('#2')}"),
    ("étapes:\n  - Se rendre au guichet # 3 et demander\n", f"2:5: {cut('# 3 et demander', COMMENT)}"),
    ("a: guichet # 3\n", f"1:4: {cut('# 3', COMMENT)}"),
    ("a: guichet  #3\n", f"1:4: {cut('#3')}"),
    ("libellé: Guichet  # 3\n", f"1:10: {cut('# 3', COMMENT)}"),
    ("a: Guichet # accueil\n", f"1:4: {cut('# accueil', COMMENT)}"),
    ("libellé: accueil # et tri\n", f"1:10: {cut('# et tri', COMMENT)}"),
    ("libellé: Accueil  # et tri\n", f"1:10: {cut('# et tri', COMMENT)}"),
    ("libellé: # 3\n", f"1:9: {cut('# 3', COMMENT)}"),
    ("mots:\n  - carte # grise\n", f"2:5: {cut('# grise', COMMENT)}"),
    ("a: [b, c # d\n  , e]\n", f"1:8: {cut('# d', COMMENT)}"),
    ("a: [b, c # d]\n", f"1:8: {cut('# d]', COMMENT)}"),
    ("b: {libellé: c # d\n  }\n", f"1:14: {cut('# d', COMMENT)}"),
    ("téléphone: 03 84 # accueil\n", f"1:12: {cut('# accueil', COMMENT)}"),
    ("adresse: 3 rue Haute  # bâtiment B\n", f"1:10: {cut('# bâtiment B', COMMENT)}"),
    ("étapes:\n  - Aller au guichet\n    # 3\n", f"2:5: {cut('# 3', ', ou le commentaire plus à gauche')}"),
    ("étapes:\n  - Aller au guichet\n    #3\n", f"2:5: {cut('#3')}"),
    ('étapes:\n  - "Aller au guichet" # 3\n', f"2:5: {cut('# 3', COMMENT)}"),
]
REFUSED = [
    (
        "a: b\n---\nc: d\n",
        "2:1: second document dans le fichier ; supprimez la ligne « --- » [several-documents]",
    ),
    ("a: !!int 3\n", "1:4: étiquette YAML « !!int » ; supprimez-la [tag]"),
    (
        "a: !!python/object:os.system x\n",
        "1:4: étiquette YAML « !!python/object:os.system » ; supprimez-la [tag]",
    ),
    ("!!map {a: b}\n", "1:1: étiquette YAML « !!map » ; supprimez-la [tag]"),
    ("a: &x 3\n", "1:4: renvoi YAML « &x » ; recopiez le contenu, ou mettez des guillemets [alias]"),
    ("a: *x\n", "1:4: renvoi YAML « *x » ; recopiez le contenu, ou mettez des guillemets [alias]"),
    ("&a [*a]\n", "1:1: renvoi YAML « &a » ; recopiez le contenu, ou mettez des guillemets [alias]"),
    ("&k a: b\n", "1:1: renvoi YAML « &k » ; recopiez le contenu, ou mettez des guillemets [alias]"),
    ("a: b\n<<: {c: d}\n", "2:1: fusion YAML « << » ; recopiez le contenu [alias]"),
    ("a: b\nc: d\na: e\n", "3:1: clé répétée « a », déjà à la ligne 1 ; gardez-en une [duplicate-key]"),
    ("1: b\n'1': d\n", "2:1: clé répétée « 1 », déjà à la ligne 1 ; gardez-en une [duplicate-key]"),
    ("a:\tb\n", "1:3: tabulation ; remplacez-la par des espaces [tab]"),
    (
        "a:\tb\nc:\td\ne:\tf\n",
        "1:3: tabulation (et sur 2 autres lignes) ; remplacez-la par des espaces [tab]",
    ),
    ("a: \x00\n", "1:4: caractère interdit U+0000 ; supprimez-le [control-character]"),
    ("a: \x1b[2J\n", "1:4: caractère interdit U+001B ; supprimez-le [control-character]"),
    ("a: \x9b\n", "1:4: caractère interdit U+009B ; supprimez-le [control-character]"),
    ("a: b\x85c: d\n", "1:5: caractère interdit U+0085 ; supprimez-le [control-character]"),
    ("a: b\u2028c: d\n", "1:5: caractère interdit U+2028 ; supprimez-le [control-character]"),
    ("a: x\u202ey\n", "1:5: caractère interdit U+202E ; supprimez-le [control-character]"),
    (
        "a: x\u200by\nb: \u200b",
        "1:5: caractère interdit U+200B (et sur 1 autre ligne) ; supprimez-le [control-character]",
    ),
    ("a: b\n\ufeffc: d\n", "2:1: caractère interdit U+FEFF ; supprimez-le [control-character]"),
    ("a: b\rc: d\n", "1:5: caractère interdit U+000D ; supprimez-le [control-character]"),
    ('a: "\\e[2J"\n', "1:4: caractère interdit U+001B dans ce texte ; supprimez-le [control-character]"),
    ('a: "\\u202e"\n', "1:4: caractère interdit U+202E dans ce texte ; supprimez-le [control-character]"),
    ('"\\0": b\n', "1:1: caractère interdit U+0000 dans ce texte ; supprimez-le [control-character]"),
    (
        "é: à".encode("latin-1"),
        "1:1: ce n’est pas de l’UTF-8 (octet 0xE9) ; enregistrez le fichier en UTF-8 [encoding]",
    ),
    (
        b"a: b\nc: \xff\n",
        "2:4: ce n’est pas de l’UTF-8 (octet 0xFF) ; enregistrez le fichier en UTF-8 [encoding]",
    ),
    ("a: b\n".encode("utf-16"), "1:1: c’est de l’UTF-16 ; enregistrez le fichier en UTF-8 [encoding]"),
    (
        "a: b\n".encode("utf-16-le"),
        "1:2: caractère interdit U+0000 (et sur 1 autre ligne) ; supprimez-le [control-character]",
    ),
    ("[" * 50, "1:34: imbrication trop profonde ; 32 niveaux au plus [too-deep]"),
    ("[" * 5000, "1:34: imbrication trop profonde ; 32 niveaux au plus [too-deep]"),
    (
        "id: a\nb: " + "[{c: " * 5000 + "x" + "}]" * 5000,
        "2:81: imbrication trop profonde ; 32 niveaux au plus [too-deep]",
    ),
    ("a: " + "x" * (MAX_TEXT + 1), "1:4: texte de 10001 caractères, 10000 au plus [too-large]"),
    (
        b"a" * (MAX_BYTES + 1),
        "1:1: fichier de plus de 1048576 octets ; répartissez les règles entre plusieurs fichiers [too-large]",
    ),
    (
        "a: [" + "x," * MAX_NODES + "]",
        "1:199999: trop de valeurs dans ce fichier ; 100000 valeurs au plus [too-large]",
    ),
]


@pytest.mark.parametrize(("content", "problem"), SYNTAX + ONE_LINE + REFUSED)
def test_refused_with_its_place_and_what_to_do(content: str | bytes, problem: str) -> None:
    assert refusal(content) == [problem]


def test_the_limits_themselves_are_taken() -> None:
    deepest = "a: " + "[" * (MAX_DEPTH - 1) + "b" + "]" * (MAX_DEPTH - 1)
    assert taken(deepest)
    assert refusal("a: [" + deepest[3:] + "]") == [
        f"1:{MAX_DEPTH + 4}: imbrication trop profonde ; {MAX_DEPTH} niveaux au plus [too-deep]"
    ]
    assert taken("a: " + "x" * MAX_TEXT) == {"a": "x" * MAX_TEXT}
    assert len(taken(b"a: b\n#" + b"x" * (MAX_BYTES - 6))) == 1  # type: ignore[arg-type]


def test_every_repeated_key_is_told_and_what_follows_too() -> None:
    assert [line.rpartition(" ")[2] for line in refusal("a: b\na: c\na: d\nb: 1\nb: '\\e'\n")] == [
        "[duplicate-key]"
    ] * 3


# Files that are no files


def told(path: Path) -> list[str]:
    content, problems = read_content(path, "f")
    assert content == b""
    return [str(problem) for problem in problems]


def test_what_stands_in_the_place_of_a_file(tmp_path: Path) -> None:
    import os

    folder = tmp_path / "regles"
    folder.mkdir()
    secret = tmp_path / "secret"
    secret.write_text("a: b\n", encoding="utf-8")
    (folder / "dossier").mkdir()
    os.mkfifo(folder / "tube")
    (folder / "rompu").symlink_to(folder / "nulle-part")
    (folder / "boucle").symlink_to(folder / "boucle")
    (folder / "dehors").symlink_to(secret)
    (folder / "passwd").symlink_to("/etc/passwd")
    (folder / "nul").symlink_to("/dev/zero")
    ordinary = "f:1:1: ce n’est pas un fichier ordinaire ; remplacez-le par un fichier de texte [unreadable]"
    outside = "f:1:1: ce lien mène hors du dossier des règles ; copiez-y le fichier [unreadable]"
    assert told(folder / "dossier") == told(folder / "tube") == told(folder / "nul") == [ordinary]
    assert told(folder / "dehors") == told(folder / "passwd") == [outside]
    assert told(folder / "rompu") == ["f:1:1: n’existe pas ; vérifiez son nom [unreadable]"]
    assert told(folder / "boucle") == ["f:1:1: lien symbolique sans fin ; copiez-y le fichier [unreadable]"]
    assert told(folder / "absent") == ["f:1:1: n’existe pas ; vérifiez son nom [unreadable]"]


def test_a_link_within_the_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: b\n", encoding="utf-8")
    (tmp_path / "b.yaml").symlink_to("a.yaml")
    assert read_content(tmp_path / "b.yaml", "f") == (b"a: b\n", [])
