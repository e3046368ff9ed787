"""What is said of a file that its model refuses: one line a mistake, at its place, whatever the keys are called."""

from __future__ import annotations

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from fs_triage.rules import yaml_reader
from fs_triage.rules.keys import translate_keys
from fs_triage.rules.model_errors import build_valid_part
from fs_triage.rules.model_livret import Identifiers
from fs_triage.rules.model_partner import Partner
from fs_triage.rules.problem import Problem

MARKS = [
    *("<question>", "<steps>", "<escalate>", "<goto>", "[key]", "*", "contact:x", "~", "?", "", "0", "-1"),
    *("answers", "contacts", "escalate", "examples", "steps", "question", "root", "phn", "lable"),
]
"""What pydantic and the program call things by, names of keys in the place of other names, and misspelt keys."""

HEAD = """\
id: caf
libellé: CAF
nom: Caisse
pour: allocations
pages: [1]
question: Quoi ?
"""
TREE = """\
réponses:
  - {id: a, libellé: A, étapes: [Faire.]}
  - {id: b, libellé: B, question: Lequel, réponses: [{id: c, libellé: C, étapes: [Faire.]}]}
"""
CONTACT = "téléphone: 3230, libellé: x, public: usager"


def problems(text: str) -> list[Problem]:
    table, found = yaml_reader.parse_text(text, "f")
    assert table is not None and found == []
    translate_keys(table, (Partner,), found)
    build_valid_part(Partner, table, found)
    return found


def told(text: str) -> list[str]:
    return [str(problem).removeprefix("f:") for problem in sorted(problems(text))]


def with_contact(key: str, fields: str) -> str:
    return f"{HEAD}contacts:\n  {key}: {{{fields}}}\n{TREE}"


def test_a_contact_may_be_called_what_pydantic_calls_an_answer() -> None:
    bad_id = "8:3: « <steps> » n’est pas un identifiant ; écrivez « steps » [bad-id]"
    found = told(with_contact('"<steps>"', "labl: x, libellé: x, téléphone: 3230, public: usager"))
    assert found[0] == bad_id and "8:15: clé inconnue « labl »" in found[1] and len(found) == 2
    meant = "8:15: clé inconnue « phn » ; vouliez-vous dire « téléphone » ? [unknown-key]"
    assert told(with_contact('"<steps>"', "phn: 3230, libellé: x, public: usager")) == [bad_id, meant]


def test_a_contact_may_be_called_what_pydantic_calls_a_key() -> None:
    bad_id = "8:3: « [key] » n’est pas un identifiant ; écrivez « key » [bad-id]"
    assert told(with_contact('"[key]"', CONTACT)) == [bad_id]
    found = told(with_contact('"[key]"', f"{CONTACT}, '[key]': x"))
    assert found[0] == bad_id and found[1].startswith("8:58: clé inconnue « [key] »") and len(found) == 2


def test_a_contact_may_be_called_as_a_key_is() -> None:
    for key in ("contacts", "escalate", "examples", "answers"):
        column = len(key) + 6
        assert told(with_contact(key, "labl: x, téléphone: 3230, public: usager")) == [
            f"8:{column}: clé inconnue « labl » ; vouliez-vous dire « libellé » ? [unknown-key]"
        ]


def test_an_id_that_looks_like_a_mark_hides_no_other_mistake() -> None:
    from fs_triage.checks import contacts
    from fs_triage.rules.load import PartnerRules

    text = with_contact("'*'", CONTACT).replace("étapes: [Faire.]}\n", "contacter: [nulle-part]}\n", 1)
    table, _ = yaml_reader.parse_text(text, "f")
    assert table is not None
    translate_keys(table, (Partner,), [])
    built = build_valid_part(Partner, table, [])
    assert built.model is not None
    rules = PartnerRules(built.model, built.table, whole=False, lost=built.lost)
    assert [found.message for found in contacts.find_unknown_contacts(rules)] == [
        "contact inconnu « nulle-part »"
    ]


def test_a_former_name_may_be_called_as_a_mark_is() -> None:
    table, found = yaml_reader.parse_text('renommés: {"[key]": caf/a, answers: "<steps>"}\n', "f")
    assert table is not None
    translate_keys(table, (Identifiers,), found)
    build_valid_part(Identifiers, table, found)
    assert [(problem.line, problem.column, problem.code) for problem in found] == [
        (1, 12, "bad-id"),
        (1, 37, "bad-id"),
    ]


VALUE = st.recursive(
    st.sampled_from(["x", "", "3230", "usager", "a/b"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(MARKS), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(MARKS), VALUE, max_size=4), st.integers(0, 4))
@settings(max_examples=150, deadline=None)
def test_whatever_the_keys_it_ends_and_each_place_is_told_once(extra: dict[str, object], level: int) -> None:
    data = yaml.load(with_contact("tel", CONTACT), yaml.BaseLoader)
    places = [
        data,
        data["contacts"],
        data["contacts"]["tel"],
        data["réponses"][0],
        data["réponses"][1]["réponses"][0],
    ]
    places[level].update({key: value for key, value in extra.items() if key not in places[level]})
    text = yaml.safe_dump(data, allow_unicode=True, default_style='"', width=10**6, sort_keys=False)
    found = problems(text)
    lines = text.split("\n")
    for problem in found:
        assert 0 < problem.line <= len(lines) and 0 < problem.column <= len(lines[problem.line - 1])
    assert len({problem[:3] for problem in found if problem.code == "unknown-key"}) == len(
        [problem for problem in found if problem.code == "unknown-key"]
    )
    known = {"answers", "contacts", "escalate", "examples", "steps", "question"}
    for key in extra.keys() - known if level in (0, 2) else ():
        at = [number for number, line in enumerate(lines, 1) if line.lstrip("? ").startswith(f'"{key}"')]
        assert {problem.line for problem in found if problem.code == "unknown-key"} & {*at}, key
