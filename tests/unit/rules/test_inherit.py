"""Livrets that inherit: what all départements share, a département on it, a house on that; and a neighbour."""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from conftest import JURA, Run, edit, write_files
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fs_triage.author import nouveau, verifier
from fs_triage.checks.verify import find_blocking_problems
from fs_triage.contract import WRONG_CALL, Failure
from fs_triage.rules import flatten, inherit
from fs_triage.rules.load import LoadResult, load_livret
from fs_triage.text.fold import fold
from fs_triage.text.typography import escape_controls, typeset_french

BOOKLET = """\
id: doubs
titre: Livret du Doubs
département: 25 Doubs
source: Préfecture du Doubs
hérite de: jura
"""


@pytest.fixture
def doubs(light_rules: Path, tmp_path: Path) -> Path:
    """A livret beside a copy of ours, that inherits from it and says nothing more."""
    shutil.copytree(light_rules, tmp_path, dirs_exist_ok=True)
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


def test_an_heir_has_the_topics_below_but_never_where_another_departement_turns(doubs: Path) -> None:
    text = "hors livret:\n  - {sujet: péage, où: Le bureau des Rousses, besoins: [dédouaner]}\n  - chasser\n"
    write(doubs.parent / "jura", "besoins/hors-livret.yaml", text)

    def find_toll(folder: Path) -> tuple[str | None, list[str], int]:
        livret = load_livret(folder).livret
        assert livret is not None and "chasser" in livret.elsewhere.unsorted_needs
        (one,) = [topic for topic in livret.elsewhere.topics if fold(topic.topic) == "peage"]
        return one.where, one.needs, len(livret.elsewhere.topics)

    where, needs, count = find_toll(doubs.parent / "jura")
    assert (where, needs) == ("Le bureau des Rousses", ["dédouaner"]) and count > 40, (
        "those of the socle stay"
    )
    assert find_toll(doubs) == (None, ["dédouaner"], count)
    own = "hors livret:\n  - {sujet: Péage, où: Le bureau de Pontarlier, besoins: [un colis, dédouaner]}\n"
    write(doubs, "besoins/hors-livret.yaml", own + "retirer: [logement social]\n")
    assert find_toll(doubs) == ("Le bureau de Pontarlier", ["dédouaner", "un colis"], count - 1)


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


def verified(folder: Path, code: str = "", *, blocking: bool = False) -> list[str]:
    found = verifier.verify_livret(folder).problems
    found = [one for one in found if code in ("", one.code) and (one.blocking or not blocking)]
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


HOURS, COMPILED_HOURS = "lundi au vendredi 9h-12h", "Mo-Fr 09:00-12:00"
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


@pytest.mark.parametrize("layer", ["socle", "jura"])
def test_a_problem_points_into_the_layer_that_the_text_came_from(layer: str, doubs: Path) -> None:
    parent = doubs.parent / layer / "partenaires/caf.yaml"
    text = parent.read_text(encoding="utf-8").replace("contacts:\n", "abuot: x\ncontacts:\n", 1)
    parent.write_text(text, encoding="utf-8")
    line = text[: text.index("abuot:")].count("\n") + 1
    (told,) = verified(doubs, blocking=True)
    assert told.startswith(f"{layer}/partenaires/caf.yaml:{line}:1: clé inconnue « abuot »")


def test_an_unknown_parent(doubs: Path) -> None:
    write(doubs, "livret.yaml", BOOKLET.replace("hérite de: jura", "hérite de: jurra"))
    assert problems(doubs) == [
        "doubs/livret.yaml:5:12: livret inconnu « jurra » ; vouliez-vous dire « jura » ? [unknown-livret]"
    ]


def test_a_livret_does_not_inherit_from_itself(doubs: Path) -> None:
    edit(doubs.parent / "socle" / "livret.yaml", ("id: socle\n", "id: socle\nhérite de: doubs\n"))
    (told,) = problems(doubs)
    assert "« doubs » hérite de lui-même" in told and told.startswith("socle/livret.yaml:")


def test_five_layers_and_no_more(doubs: Path) -> None:
    below = "doubs"
    for name in ("pays", "maison", "annexe"):
        write(doubs.parent / name, "livret.yaml", f"id: {name}\ntitre: De {name}\nhérite de: {below}\n")
        below = name
    livret = load_livret(doubs.parent / "maison").livret
    assert livret is not None and [layer.folder.name for layer in livret.layers] == [
        "socle",
        "jura",
        "doubs",
        "pays",
        "maison",
    ]
    (told,) = problems(doubs.parent / "annexe")
    assert "plus de 5 livrets qui héritent l’un de l’autre" in told and told.startswith("jura/livret.yaml:")


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
    parent = doubs.parent / "socle" / "partenaires/caf.yaml"
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
    replaced: set[tuple[str, str]], doubs: Path
) -> None:
    folder = Path(tempfile.mkdtemp(dir=doubs.parent))
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


def fill(folder: Path) -> None:
    """Write a value in the place of each « à remplir » of a livret made by `nouveau`, as an officer does."""
    values = {"courriel": "service@doubs.example", "téléphone": "03 81 00 00 00", "libellé": "Accueil"}
    values |= {"horaires": HOURS, "adresse": "1 rue de la Gare, Besançon", "sur place": "À l’accueil"}
    for file in folder.glob("partenaires/*.yaml"):
        text = re.sub(
            r"^    (\S[^:]*): à remplir$",
            lambda match: f"    {match[1]}: {values.get(match[1], 'www.doubs.example')}",
            file.read_text(encoding="utf-8"),
            flags=re.MULTILINE,
        )
        file.write_text(text, encoding="utf-8")


def test_a_new_livret_filled_in_shows_only_its_own_contacts(
    doubs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = doubs.parent / "haute-saone"
    assert nouveau.run_nouveau(str(target), "jura", "70 Haute-Saône") == 0
    assert capsys.readouterr().out.startswith(f"Livret créé dans {target} : il hérite de « jura ».\n")
    fill(target)
    livret = load_livret(target).livret
    assert livret is not None and livret.booklet.id == "haute-saone"
    shown = json.dumps(grown(target).conclusions, ensure_ascii=False)
    assert "Contact manquant" not in shown
    assert [value for value in local_values(JURA).values() if value in shown] == []
    assert verified(target, "contact-not-replaced") == []


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
    alone = "sans lui, la-poste/back-office n’a personne à contacter"
    assert own_lines == [
        f"doubs/partenaires/la-poste.yaml:1:1: contact « back-office-tel » à remplir ; {alone} ; donnez "
        "« téléphone » sous « back-office-tel », dans partenaires/la-poste.yaml de ce livret [contact-not-replaced]",
        f"doubs/partenaires/la-poste.yaml:3:22: contact « back-office-mail » à remplir ; {alone} ; écrivez sa valeur à "
        "la place de « à remplir » [contact-not-replaced]",
    ]


@pytest.mark.parametrize(
    ("folder", "parent", "departement", "message"),
    [
        ("neuf", "jurra", "25 Doubs", "Livret « jurra » inconnu ; possibles : jura, socle."),
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


@pytest.mark.parametrize("label", ["Guichet : lundi #2 “x”", "- x", "[a", "oui", "« x »: y", "'a' \"b\" \\"])
def test_a_label_that_yaml_would_misread_is_quoted(label: str, doubs: Path) -> None:
    file = doubs.parent / "socle" / "partenaires/la-poste.yaml"
    edit(
        file, ("    libellé: Partenaire Back Office de La Poste (mail)", f"    libellé: {json.dumps(label)}")
    )
    nouveau.run_nouveau(str(doubs.parent / "neuf"), "socle", "25 Doubs")
    livret = load_livret(doubs.parent / "neuf").livret
    assert livret is not None
    model = next(rules.model for rules in livret.partners if rules.model.id == "la-poste")
    assert model.contacts["back-office-mail"].label == typeset_french(label)


@pytest.fixture
def house(doubs: Path) -> Path:
    """A house of the Jura, which says nothing yet."""
    folder = doubs.parent / "maison"
    write(folder, "livret.yaml", "id: maison\ntitre: France services de Dole\nhérite de: jura\n")
    return folder


def find_contact(folder: Path, node: str, name: str) -> dict[str, object]:
    (found,) = [dict(one) for one in grown(folder).conclusions[node]["contacts"] if one["id"] == name]
    return found


def test_a_house_has_all_that_its_departement_says(house: Path) -> None:
    assert grown(house).conclusions == grown(house.parent / "jura").conclusions
    livret = load_livret(house).livret
    assert livret is not None and livret.booklet.title == "France services de Dole"
    assert (livret.booklet.departement, livret.booklet.source[:10]) == ("39 Jura", "Préfecture")
    assert verified(house) == []


def test_a_house_says_its_own_hours_above_those_of_the_departement(house: Path) -> None:
    node = "justice/cdad/coordonnees"
    before = find_contact(house, node, "tel-mobile")
    write(house, "partenaires/justice.yaml", f"id: justice\ncontacts:\n  tel-mobile: {{horaires: {HOURS}}}\n")
    after = find_contact(house, node, "tel-mobile")
    assert after == {**before, "hours": COMPILED_HOURS} and before["doubt"] and before["hours"]
    assert verified(house) == []
    write(
        house,
        "partenaires/justice.yaml",
        "id: justice\ncontacts:\n  tel-mobile: {retirer: [Horaires, doute]}\n",
    )
    assert find_contact(house, node, "tel-mobile") == {**before, "hours": None, "doubt": None}


def test_what_was_said_of_a_value_goes_with_it(house: Path) -> None:
    own = 'id: justice\ncontacts:\n  tel-mobile: {téléphone: "03 84 00 00 00"}\n'
    write(house, "partenaires/justice.yaml", own)
    after = find_contact(house, "justice/cdad/coordonnees", "tel-mobile")
    told = {key: after[key] for key in ("value", "label", "audience", "hours", "note", "doubt")}
    assert told == {
        "value": "03 84 00 00 00",
        "label": "CDAD du Jura, téléphone portable",
        "audience": "usager",
        "hours": None,
        "note": None,
        "doubt": None,
    }


def test_a_contact_that_is_removed_is_cited_nowhere(house: Path) -> None:
    write(house, "partenaires/justice.yaml", "id: justice\nretirer: [contacts/tel-mobile]\n")
    assert "07.88.39.97.74" not in json.dumps(grown(house).conclusions)
    assert verified(house) == []
    write(house, "partenaires/la-poste.yaml", "id: la-poste\nretirer: [contacts/back-office-tell]\n")
    (told,) = problems(house)
    assert told.startswith("maison/partenaires/la-poste.yaml:2:11: ")
    assert told.endswith("vouliez-vous dire « contacts/back-office-tel » ? [unknown-target]")


def test_some_keys_of_an_answer_are_changed(house: Path) -> None:
    own = """\
id: caf
modifier:
  rsa/demande:
    Étapes: [Faire autrement.]
    pages: [9]
  rsa: {retirer: [attention]}
  logement: {pages: []}
  .: {question: Que demande-t-on à la CAF ?}
"""
    before = grown(house).conclusions["caf/rsa/demande"]
    write(house, "partenaires/caf.yaml", own)
    tree = grown(house)
    changed = {"steps": ["Faire autrement."], "pages": [9], "warnings": []}
    path = [
        {**before["path"][0], "question": typeset_french("Que demande-t-on à la CAF ?")},
        before["path"][1],
    ]
    assert tree.conclusions["caf/rsa/demande"] == {**before, **changed, "path": path}
    assert tree.conclusions["caf/rsa/declaration-trimestrielle"]["pages"] == [8]
    unprinted = tree.conclusions["caf/logement/allocataire"]
    assert (unprinted["pages"], bool(unprinted["source"])) == ([], True)


def test_answers_are_placed_and_put_in_order(house: Path) -> None:
    def children(node: str) -> list[str]:
        return [answer["id"] for answer in grown(house).questions[node]["answers"]]

    own = """\
id: caf
ajouter:
  rsa:
    - {id: un, libellé: Une suite, étapes: [Faire.], après: demande}
    - {id: deux, libellé: Une autre suite, étapes: [Faire.], après: demande}
    - {id: fin, libellé: Une fin, étapes: [Faire.]}
ordre:
  .: [blocage, compte]
"""
    before, top = children("caf/rsa"), children("caf")
    write(house, "partenaires/caf.yaml", own)
    write(
        house, "besoins/caf.yaml", "rsa/un: [un besoin]\nrsa/deux: [deux besoins]\nrsa/fin: [trois besoins]\n"
    )
    assert children("caf/rsa") == ["demande", "un", "deux", *before[1:], "fin"]
    assert children("caf") == ["blocage", "compte", *(one for one in top if one not in ("blocage", "compte"))]
    edit(
        house / "partenaires/caf.yaml",
        ("[blocage, compte]", "[blocages]"),
        ("après: demande}", "après: demandes}"),
    )
    assert [one.split(": ", 1)[1] for one in problems(house)] == [
        "« demandes » n’est pas une réponse de cette question ; "
        "vouliez-vous dire « demande » ? [unknown-target]",
        "« blocages » n’est pas une réponse de cette question ; "
        "vouliez-vous dire « blocage » ? [unknown-target]",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("retirer: [rsaa]", "2:11: « rsaa » n’existe pas"),
        ("remplacer: {rsaa: {libellé: x, étapes: [Faire.]}}", "2:13: « rsaa » n’existe pas"),
        ("modifier: {rsa/demand: {pages: [8]}}", "2:12: « rsa/demand » n’existe pas"),
        ("ordre: {rsaa: [demande]}", "2:9: « rsaa » n’existe pas"),
        ("modifier: {rsa: {retirer: [atention]}}", "2:28: rien à retirer sous « atention »"),
        ("modifier: {rsa: [attention]}", "2:17: « rsa » : une liste"),
        ("ordre: {rsa: demande}", "2:14: « rsa » : un texte"),
        ("contacts: {tel-3220: {horaires: x}}", "2:12: contact « tel-3220 » que rien ne cite"),
        ('contacts: {tel-3220: {téléphone: "3230", libellé: x, public: usager}}', "2:12: contact « tel-3220"),
        (f"contacts: {{tel-3230: {{horaire: {HOURS}}}}}", "2:23: clé inconnue « horaire »"),
    ],
)
def test_what_an_heir_names_and_is_not_there_is_told_once_in_its_own_file(
    text: str, told: str, house: Path
) -> None:
    write(house, "partenaires/caf.yaml", f"id: caf\n{text}\n")
    (line,) = verified(house)
    assert line.startswith(f"maison/partenaires/caf.yaml:{told}")
    assert "vouliez-vous dire" in line or "attendu" in line


@pytest.mark.parametrize(
    ("text", "place", "code"),
    [
        ("retirer: [blocage]", "2:11", "unknown-target"),
        ("remplacer: {blocage/en-ligne-impossible: {libellé: x, étapes: [Faire.]}}", "2:13", "no-way-out"),
        ("retirer: [contacts/tel-3230, contacts/rdv-caf]", "2:11", "no-usable-contact"),
        ("modifier: {rsa: {retirer: [question]}}", "2:17", "missing-key"),
    ],
)
def test_what_a_change_breaks_is_told_where_it_is_made(text: str, place: str, code: str, house: Path) -> None:
    write(house, "partenaires/caf.yaml", f"id: caf\n{text}\n")
    told = verified(house, blocking=True)
    assert told and all(one.startswith("maison/partenaires/caf.yaml:") for one in told)
    assert any(f"caf.yaml:{place}: " in one and one.endswith(f"[{code}]") for one in told), told


def test_a_replaced_question_needs_none_of_the_examples_below(house: Path) -> None:
    own = "id: caf\nremplacer:\n  rsa: {libellé: RSA, étapes: [Voir la CAF.]}\n"
    write(house, "partenaires/caf.yaml", own)
    (told,) = verified(house)
    assert told.startswith("maison/partenaires/caf.yaml:3:3: aucun exemple n’atteint « rsa »")
    write(house, "besoins/caf.yaml", "rsa: [je demande le rsa ici]\n")
    assert verified(house) == []


def test_partners_are_left_out_and_put_in_another_order(house: Path) -> None:
    edit(house / "livret.yaml", ("hérite de: jura", "hérite de: jura\npartenaires: [la-poste, caf, cpam]"))
    livret = load_livret(house).livret
    assert livret is not None and [rules.model.id for rules in livret.partners] == ["la-poste", "caf", "cpam"]
    assert verified(house) == []
    write(house, "identifiants.yaml", "publiés: []\n")
    assert verified(house) == [], "what was left out on purpose is not told as lost"
    edit(house / "livret.yaml", ("cpam]", "cpam, ccas]"))
    (told,) = verified(house)
    assert told.startswith("maison/livret.yaml:4:36: partenaire « ccas » sans fichier")


def test_situations_and_identifiers_are_changed_one_by_one(house: Path) -> None:
    below = load_livret(house).livret
    assert below is not None
    own = "situations:\n  - id: demenagement\n    titre: Changer de maison\nretirer: [retraite]\n"
    write(house, "situations.yaml", own)
    write(house, "identifiants.yaml", "renommés: {caf/rmi: caf/rsa}\n")
    livret = load_livret(house).livret
    assert livret is not None and livret.identifiers is not None and below.identifiers is not None
    kept = [one for one in below.situations.situations if one.id != "retraite"]
    assert [one.id for one in livret.situations.situations] == [one.id for one in kept]
    assert livret.situations.situations[0].title == "Changer de maison"
    assert livret.situations.situations[0].demarches == kept[0].demarches
    assert livret.identifiers.published == below.identifiers.published
    assert livret.identifiers.follow("caf/rmi/demande") == "caf/rsa/demande"


def test_reserved_contacts_stand_in_a_layer_of_their_own(house: Path) -> None:
    """The rest can then be published: nothing of them is in its files."""
    public, private = house.parent / "jura", house
    file = public / "partenaires/la-poste.yaml"
    reserved = file.read_text(encoding="utf-8")
    assert "Patricia.marchal@laposte.fr" in reserved
    node = "la-poste/back-office"
    whole = grown(public).conclusions[node]
    file.write_text("id: la-poste\npages: [15]\n", encoding="utf-8")
    assert grown(public).conclusions[node]["contacts"] == []
    write(private, "partenaires/la-poste.yaml", reserved)
    assert grown(private).conclusions[node] == whole
    assert verified(private) == []


def test_a_card_without_pages_says_which_layer_it_comes_from(doubs: Path, run: Run) -> None:
    answer = run("--regles", str(doubs), "caf/rsa/demande", "--json")
    (conclusion,) = json.loads(answer.stdout)["matches"]
    assert (conclusion["pages"], conclusion["source"]) == ([], "Socle commun des livrets France services")
    card = run("--regles", str(doubs), "caf/rsa/demande").stdout
    assert card.splitlines()[-1] == "Socle commun des livrets France services – caf/rsa/demande"


def test_what_a_neighbour_says_of_its_own_places_is_told_until_it_is_changed(doubs: Path) -> None:
    told = verified(doubs, "from-another-livret")
    assert all(line.startswith("doubs/livret.yaml:") for line in told)
    for said in ("Lons", "Dole", "Saint-Claude", "CAF du Jura", "lundi et mardi"):
        assert any(said in line for line in told), said
    assert verified(doubs.parent / "jura", "from-another-livret") == []
    about = [line for line in told if "pole-emploi" in line]
    assert len(about) > 10
    own = "id: pole-emploi\nretirer: [urgence/dole, urgence/saint-claude, urgence/lons]\n"
    write(doubs, "partenaires/pole-emploi.yaml", own)
    assert len(verified(doubs, "from-another-livret")) == len(told) - len(about)


def test_a_contact_that_a_neighbour_has_is_told_until_it_is_given(doubs: Path) -> None:
    told = verified(doubs, "contact-not-replaced")
    assert any("horaires du contact « tel-3039 » à remplir" in line for line in told)
    assert grown(doubs).conclusions["justice/cdad/coordonnees"]["contacts"][0]["hours"] is None
    write(doubs, "partenaires/justice.yaml", f"id: justice\ncontacts: {{tel-3039: {{horaires: {HOURS}}}}}\n")
    assert len(verified(doubs, "contact-not-replaced")) == len(told) - 1
    assert grown(doubs).conclusions["justice/cdad/coordonnees"]["contacts"][0]["hours"] == COMPILED_HOURS


def test_a_list_of_contacts_tells_those_that_are_missing(doubs: Path, run: Run) -> None:
    answer = run("--regles", str(doubs), "contacts", "la-poste")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "2 contacts restent à remplir" in answer.stderr and "la-poste/back-office-tel" in answer.stderr
    everything = json.loads(run("--regles", str(doubs), "contacts", "--json").stdout)
    assert {"la-poste/back-office-tel", "justice/mail"} <= {
        f"{one['partner']}/{one['id']}" for one in everything["missing"]
    }
    assert "missing" not in json.loads(run("contacts", "--json").stdout)


@pytest.mark.parametrize(
    ("parent", "departement", "house", "message"),
    [
        ("socle", "", "France services", "une maison hérite du livret de son département."),
        ("jura", "", "", "ou bien --maison avec son nom."),
        ("jura", "25 Doubs", "France services", "ou bien --maison avec son nom."),
        ("jura", "", "Maison \x1b[31m", "retapez ce nom au clavier."),
        ("jura", "", "M\u0430ison", "retapez ce nom au clavier."),
        ("socle", "25 D\u043eubs", "", "retapez ce nom au clavier."),
    ],
)
def test_a_house_or_a_name_that_cannot_be(
    doubs: Path, parent: str, departement: str, house: str, message: str
) -> None:
    target = doubs.parent / "neuf"
    with pytest.raises(Failure) as failed:
        nouveau.run_nouveau(str(target), parent, departement, house)
    assert failed.value.code == WRONG_CALL and failed.value.message.endswith(message)
    assert not target.exists()


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), min_size=1, max_size=40))
def test_the_name_of_a_house_reads_back_or_is_refused(name: str, doubs: Path) -> None:
    target = Path(tempfile.mktemp(dir=doubs.parent))
    try:
        nouveau.run_nouveau(str(target), "jura", "", name)
    except Failure as failure:
        assert failure.code == WRONG_CALL and not target.exists()
    else:
        livret = load_livret(target).livret
        assert livret is not None
        assert livret.booklet.title.endswith(typeset_french(f", {name.strip()}"))


def test_the_departement_of_its_parent_makes_a_house(doubs: Path) -> None:
    assert nouveau.run_nouveau(str(doubs.parent / "neuf"), "jura", "39 Jura") == 0
    assert verified(doubs.parent / "neuf") == []
    assert grown(doubs.parent / "neuf").conclusions == grown(doubs.parent / "jura").conclusions
