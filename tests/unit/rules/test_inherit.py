"""A livret that inherits: the trees of one département, the contacts of another."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import pytest
from conftest import JURA, Run, write_files
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fs_triage.author import nouveau, verifier
from fs_triage.checks.verify import find_blocking_problems
from fs_triage.contract import WRONG_CALL, Failure
from fs_triage.rules import flatten, inherit, yaml_reader
from fs_triage.rules.load import LoadResult, load_livret
from fs_triage.text.typography import escape_controls, typeset_french

BOOKLET = """\
id: doubs
titre: Livret du Doubs
département: 25 Doubs
source: Préfecture du Doubs
hérite de: jura
"""


@pytest.fixture
def doubs(tmp_path: Path) -> Path:
    """A livret beside a copy of ours, that inherits from it and says nothing more."""
    shutil.copytree(JURA, tmp_path / "jura")
    folder = tmp_path / "doubs"
    folder.mkdir()
    (folder / "livret.yaml").write_text(BOOKLET, encoding="utf-8")
    return folder


def write(folder: Path, name: str, text: str) -> None:
    write_files(folder, {name: text})


def grown(folder: Path) -> flatten.Tree:
    loaded = load_livret(folder)
    assert loaded.problems == []
    assert loaded.livret is not None
    assert find_blocking_problems(loaded.livret) == []
    return flatten.flatten_livret(loaded.livret)


def local_values(folder: Path) -> dict[tuple[str, str], str]:
    """The address or number of each local contact of a livret, by partner and id."""
    livret = load_livret(folder).livret
    assert livret is not None
    return {
        (rules.model.id, name): rules.model.contacts[name].kinds[0][1]
        for rules in livret.partners
        for name in inherit.get_local_contacts(rules.table)
        if rules.model.contacts[name].kinds[0][0] in ("email", "phone", "web")
    }


def test_an_heir_has_the_trees_of_its_parent(doubs: Path) -> None:
    assert list(grown(doubs).conclusions) == list(grown(doubs.parent / "jura").conclusions)


def test_no_local_contact_of_the_parent_is_ever_shown(doubs: Path) -> None:
    values = local_values(doubs.parent / "jura")
    assert len(values) > 15
    shown = json.dumps(grown(doubs).conclusions, ensure_ascii=False)
    assert [value for value in values.values() if value in shown] == []


def test_a_missing_contact_is_said_to_be_missing(doubs: Path, run: Run) -> None:
    answer = run("--regles", str(doubs), "ants/permis/situation-complexe", "--json")
    assert answer.returncode == 0, answer.stderr
    conclusion = json.loads(answer.stdout)["matches"][0]
    assert conclusion["contacts"] == []
    label = "Référent « permis de conduire » à la préfecture"
    assert conclusion["warnings"] == [f"Contact manquant pour ce département : {label}."]


def test_an_heir_answers_with_its_own_contact(doubs: Path, run: Run) -> None:
    own = """\
id: ants
contacts:
  referent-permis:
    courriel: permis@doubs.example
    libellé: Référent permis du Doubs
    public: conseiller
"""
    write(doubs, "partenaires/ants.yaml", own)
    answer = run("--regles", str(doubs), "ants/permis/situation-complexe", "--json")
    conclusion = json.loads(answer.stdout)["matches"][0]
    assert [contact["value"] for contact in conclusion["contacts"]] == ["permis@doubs.example"]
    assert conclusion["warnings"] == []


def test_an_heir_has_the_topics_of_its_parent_but_never_where_to_turn(doubs: Path) -> None:
    text = "hors livret:\n  - {sujet: douane, où: Le bureau des Rousses, besoins: [dédouaner]}\n  - chasser\n"
    write(doubs.parent / "jura", "besoins/hors-livret.yaml", text)
    for where, folder in (("Le bureau des Rousses", doubs.parent / "jura"), (None, doubs)):
        livret = load_livret(folder).livret
        assert livret is not None
        assert [(one.topic, one.where, one.needs) for one in livret.elsewhere.topics] == [
            ("douane", where, ["dédouaner"])
        ]
        assert livret.elsewhere.unsorted_needs == ["chasser"]
    write(doubs, "besoins/hors-livret.yaml", text.replace("des Rousses", "de Pontarlier"))
    livret = load_livret(doubs).livret
    assert livret is not None
    assert [one.where for one in livret.elsewhere.topics] == ["Le bureau de Pontarlier"]


def test_an_heir_removes_replaces_and_adds_answers(doubs: Path) -> None:
    own = """\
id: caf
retirer: [rsa/declaration-trimestrielle]
remplacer:
  rsa/demande:
    libellé: Demander le RSA autrement
    étapes: [Faire autrement.]
ajouter:
  rsa:
    - id: suivi
      libellé: Suivre sa demande de RSA
      étapes: [Ouvrir le dossier.]
  .:
    - id: accueil
      libellé: Accueil de la CAF
      étapes: [Donner les horaires.]
"""
    needs = """\
rsa/suivi: [où en est ma demande de rsa faite le mois passé]
accueil: [quels sont les horaires de la caf le samedi]
"""
    before = grown(doubs)
    write(doubs, "partenaires/caf.yaml", own)
    write(doubs, "besoins/caf.yaml", needs)
    after = grown(doubs)
    assert "caf/rsa/declaration-trimestrielle" in before.conclusions
    assert "caf/rsa/declaration-trimestrielle" not in after.conclusions
    assert after.conclusions["caf/rsa/demande"]["title"] == "Demander le RSA autrement"
    assert after.conclusions["caf/rsa/suivi"]["steps"] == ["Ouvrir le dossier."]
    assert after.conclusions["caf/accueil"]["if_blocked"] == after.conclusions["caf/rsa/suivi"]["if_blocked"]
    changed = {"caf/rsa/declaration-trimestrielle", "caf/rsa/suivi", "caf/accueil"}
    assert set(before.conclusions) ^ set(after.conclusions) == changed


def problems(folder: Path) -> list[str]:
    loaded: LoadResult = load_livret(folder)
    return [str(problem).replace(str(folder.parent) + "/", "") for problem in loaded.problems]


def verified(folder: Path) -> list[str]:
    found = verifier.verify_livret(folder).problems
    return [str(problem).replace(str(folder.parent) + "/", "") for problem in found]


def test_a_path_that_the_parent_does_not_have(doubs: Path) -> None:
    write(doubs, "partenaires/caf.yaml", "id: caf\nretirer: [rsa/demandes]\n")
    assert problems(doubs) == [
        "doubs/partenaires/caf.yaml:2:11: « rsa/demandes » n’existe pas dans le livret dont celui-ci hérite ; "
        "vouliez-vous dire « rsa/demande » ? [unknown-target]"
    ]


def test_nothing_is_added_below_a_conclusion(doubs: Path) -> None:
    write(doubs, "partenaires/caf.yaml", "id: caf\najouter:\n  rsa/demande: []\n")
    assert problems(doubs) == [
        "doubs/partenaires/caf.yaml:3:3: « rsa/demande » n’est pas une question : rien ne peut s’y ajouter "
        "[unknown-target]"
    ]


A_LIST = "attendu : une liste, chaque ligne commençant par « - »"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "retirer: digiposte",
            f"2:10: « retirer » : un texte ; {A_LIST} et donnant un chemin comme « rsa/demande » [wrong-type]",
        ),
        (
            "retirer: [{digiposte: x}]",
            "2:11: « retirer » : des « clé: valeur » ; attendu : un chemin comme « rsa/demande » [wrong-type]",
        ),
        (
            "remplacer: [digiposte]",
            "2:12: « remplacer » : une liste ; attendu : des « chemin: réponse » [wrong-type]",
        ),
        (
            "ajouter: {.: {id: a}}",
            f"2:14: « . » : des « clé: valeur » ; {A_LIST} et donnant une réponse [wrong-type]",
        ),
        (
            "ajouter:\n  - id: a",
            "3:3: « ajouter » : une liste ; attendu : des « chemin: liste de réponses » [wrong-type]",
        ),
        (
            "besoins: x",
            "2:1: clé inconnue « besoins » ; écrivez dans besoins/la-poste.yaml « chemin de la démarche: "
            "[besoin, autre besoin] » [unknown-key]",
        ),
        (
            "contacts: [a]",
            "2:11: « contacts » : une liste ; attendu : des « identifiant: contact » [wrong-type]",
        ),
        (
            "contacts: a",
            "2:11: « contacts » : un texte ; attendu : des « identifiant: contact » [wrong-type]",
        ),
        ("contacts:", "2:10: « contacts » est vide ; complétez, ou supprimez-la [empty]"),
    ],
)
def test_a_change_of_the_wrong_shape(text: str, problem: str, doubs: Path) -> None:
    write(doubs, "partenaires/la-poste.yaml", f"id: la-poste\n{text}\n")
    assert problems(doubs) == [f"doubs/partenaires/la-poste.yaml:{problem}"]


def test_a_problem_points_into_the_file_the_text_came_from(doubs: Path) -> None:
    parent = doubs.parent / "jura" / "partenaires/caf.yaml"
    text = parent.read_text(encoding="utf-8").replace("pour:", "abuot:", 1)
    write(doubs.parent / "jura", "partenaires/caf.yaml", text)
    line = text[: text.index("abuot:")].count("\n") + 1
    told = problems(doubs)
    assert len(told) >= 1
    assert all(problem.startswith("jura/partenaires/caf.yaml:") for problem in told)
    assert any(
        problem.startswith(f"jura/partenaires/caf.yaml:{line}:1: clé inconnue « abuot »") for problem in told
    )


def test_an_unknown_parent(doubs: Path) -> None:
    write(doubs, "livret.yaml", BOOKLET.replace("hérite de: jura", "hérite de: jurra"))
    assert problems(doubs) == [
        "doubs/livret.yaml:5:12: livret inconnu « jurra » ; vouliez-vous dire « jura » ? [unknown-livret]"
    ]


def test_one_level_of_inheritance(doubs: Path) -> None:
    third = doubs.parent / "tiers"
    third.mkdir()
    write(third, "livret.yaml", BOOKLET.replace("hérite de: jura", "hérite de: doubs"))
    assert problems(third) == [
        "tiers/livret.yaml:5:12: « doubs » hérite lui-même d’un autre livret ; "
        "héritez d’un livret qui n’hérite de rien [unknown-livret]"
    ]


def test_a_livret_without_partners_nor_parent(doubs: Path) -> None:
    write(doubs, "livret.yaml", BOOKLET.replace("hérite de: jura\n", ""))
    told = problems(doubs)
    assert len(told) == 1
    assert "il manque la clé « partenaires »" in told[0]


def test_a_change_of_the_parent_and_a_new_file_of_the_heir_are_noticed(doubs: Path, run: Run) -> None:
    def title() -> str:
        answer = run("--regles", str(doubs), "caf/rsa/demande", "--json")
        return str(json.loads(answer.stdout)["matches"][0]["title"])

    assert title() == "Faire une demande de RSA"
    parent = doubs.parent / "jura" / "partenaires/caf.yaml"
    text = parent.read_text(encoding="utf-8")
    parent.write_text(
        text.replace("libellé: Faire une demande de RSA", "libellé: Demander le RSA"), encoding="utf-8"
    )
    assert title() == "Demander le RSA"
    write(
        doubs,
        "partenaires/caf.yaml",
        "id: caf\nremplacer:\n  rsa/demande:\n    libellé: RSA du Doubs\n    étapes: [Faire.]\n",
    )
    assert title() == "RSA du Doubs"


_LOCAL = sorted(local_values(JURA).items())


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(replaced=st.sets(st.sampled_from([key for key, _ in _LOCAL])))
def test_whatever_is_replaced_nothing_else_of_the_parent_shows(
    replaced: set[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("heir") / "doubs"
    folder.mkdir()
    write(folder, "livret.yaml", BOOKLET)
    for partner in {partner for partner, _ in replaced}:
        lines = [f"id: {partner}", "contacts:"]
        for owner, name in sorted(replaced):
            if owner == partner:
                lines += [
                    f"  {name}:",
                    "    téléphone: 01 23 45 67 89",
                    f"    libellé: De {name}",
                    "    public: usager",
                ]
        write(folder, f"partenaires/{partner}.yaml", "\n".join(lines) + "\n")
    livret = load_livret(folder).livret
    assert livret is not None
    conclusions = flatten.flatten_livret(livret).conclusions
    contacts = [
        (conclusion["partner"], contact["id"], contact["value"])
        for conclusion in conclusions.values()
        for contact in conclusion["contacts"]
    ]
    wrong = [
        (partner, name)
        for partner, name, value in contacts
        if (partner, name) in dict(_LOCAL) and ((partner, name) not in replaced or value != "01 23 45 67 89")
    ]
    assert wrong == []


def filled(text: str) -> str:
    """A partner file made by `nouveau`, as an officer completes it: uncommented, with values."""
    head, contacts = text.split("# contacts:\n", 1)
    body = re.sub(r"^# ?", "", contacts, flags=re.MULTILINE)
    values = {"courriel": "service@doubs.example", "téléphone": "03 81 00 00 00"}
    body = re.sub(
        r"^    (\S.*): à remplir.*$",
        lambda match: f"    {match[1]}: {values.get(match[1], 'www.doubs.example')}",
        body,
        flags=re.MULTILINE,
    )
    return f"{head}contacts:\n{body}"


def test_a_new_livret_filled_in_shows_only_its_own_contacts(
    doubs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = doubs.parent / "haute-saone"
    assert nouveau.run_nouveau(str(target), "jura", "70 Haute-Saône") == 0
    assert capsys.readouterr().out.startswith(f"Livret créé dans {target} : il hérite de « jura ».\n")
    for file in (target / "partenaires").glob("*.yaml"):
        file.write_text(filled(file.read_text(encoding="utf-8")), encoding="utf-8")
    livret = load_livret(target)
    assert livret.problems == []
    assert livret.livret is not None
    assert livret.livret.booklet.id == "haute-saone"
    shown = json.dumps(grown(target).conclusions, ensure_ascii=False)
    assert "Contact manquant" not in shown
    assert [value for value in local_values(JURA).values() if value in shown] == []


def test_a_new_livret_left_as_it_is_loads_and_shows_what_is_missing(doubs: Path) -> None:
    target = doubs.parent / "neuf"
    nouveau.run_nouveau(str(target), "jura", "25 Doubs")
    assert "Contact manquant" in json.dumps(grown(target).conclusions, ensure_ascii=False)


@pytest.mark.parametrize(
    "kind", ["courriel", "téléphone", "administration+", "rendez-vous", "site", "adresse", "sur place"]
)
def test_a_contact_yet_to_be_filled_is_missing(kind: str, doubs: Path) -> None:
    own = f"contacts:\n  back-office-mail: {{{kind}: à remplir, libellé: Guichet, public: usager}}\n"
    write(doubs, "partenaires/la-poste.yaml", f"id: la-poste\n{own}")
    conclusion = grown(doubs).conclusions["la-poste/back-office"]
    assert conclusion["contacts"] == []
    assert "Contact manquant pour ce département : Guichet." in conclusion["warnings"]


def test_a_contact_yet_to_be_filled_is_told(doubs: Path) -> None:
    own = "contacts:\n  back-office-mail: {courriel: à remplir, libellé: Guichet, public: usager}\n"
    write(doubs, "partenaires/la-poste.yaml", f"id: la-poste\n{own}")
    own_lines = [line for line in verified(doubs) if line.startswith("doubs/partenaires/la-poste.yaml")]
    assert own_lines == [
        "doubs/partenaires/la-poste.yaml:3:3: contact « back-office-mail » à remplir ; sans lui, la-poste/back-office "
        "n’a personne à contacter ; écrivez sa valeur à la place de « à remplir » [contact-not-replaced]"
    ]


@pytest.mark.parametrize(
    ("folder", "parent", "departement", "message"),
    [
        ("neuf", "jurra", "25 Doubs", "Livret « jurra » inconnu ; possibles : jura."),
        (
            "neuf",
            "doubs",
            "70 Haute-Saône",
            "Le livret « doubs » hérite lui-même de « jura » ; partez de « jura ».",
        ),
        ("neuf", "jura", "Doubs", "Écrivez le département par son numéro et son nom, comme « 25 Doubs »."),
        ("jura", "jura", "25 Doubs", "Le dossier « {} » n’est pas vide ; choisissez-en un autre."),
    ],
)
def test_a_livret_that_cannot_be_started(
    doubs: Path, folder: str, parent: str, departement: str, message: str
) -> None:
    target = doubs.parent / folder
    before = sorted(doubs.parent.rglob("*"))
    with pytest.raises(Failure) as raised:
        nouveau.run_nouveau(str(target), parent, departement)
    assert raised.value.message == message.format(target)
    assert raised.value.code == 2
    assert sorted(doubs.parent.rglob("*")) == before


def test_merge_leaves_nothing_behind_of_what_is_removed() -> None:
    parent, _ = yaml_reader.parse_text("answers:\n- id: a\n- id: b\nexamples:\n  a: [x]\n  b: [y]\n", "p")
    own, _ = yaml_reader.parse_text("remove: [a]\n", "h")
    assert parent is not None and own is not None
    merged = inherit.merge_partner(parent, own)
    assert merged.problems == []
    assert yaml_reader.convert_to_data(merged.table) == {"answers": [{"id": "b"}], "examples": {"b": ["y"]}}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows refuse ces noms")
@pytest.mark.parametrize(
    "name", ["C:\\x\\doubs", "\\\\serveur\\mes livrets\\n", 'à "b" # c', "a\nid: autre", "{x}"], ids=ascii
)
def test_a_new_livret_reads_back_whatever_its_folder_is_called(
    doubs: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    target = doubs.parent / name
    assert nouveau.run_nouveau(str(target), "jura", "25 Doubs") == 0
    loaded = load_livret(target)
    assert [str(problem) for problem in loaded.problems if problem.blocking] == []
    assert loaded.livret is not None and loaded.livret.booklet.id == "doubs"
    told = capsys.readouterr().out.splitlines()
    assert len(told) == 3
    word = escape_controls(str(target))
    assert told[2].endswith(
        typeset_french(
            f'« fs-triage verifier "{word}" ».' if " " in word else f"« fs-triage verifier {word} »."
        )
    )


@pytest.mark.parametrize(
    "departement", ["25 Doubs: x", "25 #1", "25 {x}", "25 :", '25 "x', "Doubs", "٢٥ Doubs", "25 a\nid: b"]
)
def test_a_departement_is_a_number_and_a_name(doubs: Path, departement: str) -> None:
    target = doubs.parent / "neuf"
    with pytest.raises(Failure) as failed:
        nouveau.run_nouveau(str(target), "jura", departement)
    assert failed.value.code == WRONG_CALL and not target.exists()


@pytest.mark.parametrize(
    "departement", ["25 Doubs", "21 Côte-d'Or", "2A Corse-du-Sud", "974 La Réunion", "971 Guadeloupe (îles)"]
)
def test_every_departement_has_such_a_name(doubs: Path, departement: str) -> None:
    target = doubs.parent / "neuf"
    assert nouveau.run_nouveau(str(target), "jura", departement) == 0
    livret = load_livret(target).livret
    assert livret is not None and livret.booklet.departement == departement.replace("'", "’")


def test_a_label_that_yaml_would_misread_is_quoted(doubs: Path) -> None:
    """A parent's label is a model that an officer uncomments: it must read back as it was."""
    parent = doubs.parent / "parent"
    shutil.copytree(JURA, parent)
    file = parent / "partenaires/la-poste.yaml"
    text = file.read_text(encoding="utf-8")
    old = next(line for line in text.splitlines() if re.match("    libellé: ", line))
    label = "Guichet : lundi #2 “x”"
    file.write_text(
        text.replace(old, f"    libellé: {json.dumps(label, ensure_ascii=False)}"), encoding="utf-8"
    )
    target = doubs.parent / "neuf"
    nouveau.run_nouveau(str(target), "parent", "25 Doubs")
    written = target / "partenaires/la-poste.yaml"
    written.write_text(filled(written.read_text(encoding="utf-8")), encoding="utf-8")
    livret = load_livret(target).livret
    assert livret is not None
    model = next(rules.model for rules in livret.partners if rules.model.id == "la-poste")
    assert model.contacts["back-office-mail"].label == typeset_french(label)
