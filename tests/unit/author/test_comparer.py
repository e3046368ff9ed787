"""Two livrets compared by meaning: exact sentences for known edits, and what holds for every pair of livrets."""

from __future__ import annotations

import functools
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import JURA, Run, write_files
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from fs_triage.author.comparer.change import Change
from fs_triage.author.comparer.changes import compare_livrets
from fs_triage.rules.load import Livret, PartnerRules, load_livret
from fs_triage.rules.model_livret import Booklet, UncoveredNeeds
from fs_triage.rules.model_partner import Partner
from fs_triage.rules.yaml_reader import Mark, Table, convert_to_data

NOWHERE = Table(Mark("", 0, 0))

LIVRET = """\
id: essai
titre: Livret d'essai
département: 39 Jura
source: Essai
partenaires: [guichet]
"""
PARTNER = """\
id: guichet
libellé: Guichet
nom: Guichet d'essai
pour: essais
pages: [2]
si ça bloque: blocage
contacts:
  tel:
    téléphone: "3230"
    libellé: Numéro
    public: conseiller
    horaires: lundi au vendredi 8h30-19h
  site:
    site: www.guichet.fr
    libellé: Site
    public: usager
question: Que veut l'usager ?
réponses:
  - id: titre
    libellé: Un titre
    question: Est-il perdu ?
    réponses:
      - id: oui
        libellé: Déclarer la perte d'un titre
        étapes: [Ouvrir le site., Remplir la déclaration.]
        contacts: [site]
      - id: non
        libellé: Renouveler un titre
        étapes: [Ouvrir le site., Demander un titre neuf.]
        contacts: [site]
  - id: papier
    libellé: Demande papier
    étapes: [Remplir le formulaire.]
  - id: blocage
    libellé: Ça bloque
    contacter: [tel]
"""
EDITS = (
    ('téléphone: "3230"', 'téléphone: "3231"'),
    ("public: conseiller", "public: usager"),
    (
        "horaires: lundi au vendredi 8h30-19h",
        "horaires: lundi au jeudi 9h-12h\n    doute: Le livret se contredit.",
    ),
    ("  - id: titre\n    libellé: Un titre", "  - id: piece\n    libellé: Une pièce d'identité"),
    ("Renouveler un titre", "Renouveler un titre d'identité"),
    ("  - id: papier\n    libellé: Demande papier\n    étapes: [Remplir le formulaire.]\n", ""),
    (
        "    contacter: [tel]",
        "    contacter: [site, {contact: tel, quand: après 9 h}]\n"
        "  - id: neuf\n    libellé: Neuf\n    contacter: [tel]",
    ),
    ("Demander un titre neuf.", "Demander un titre tout neuf."),
    ("id: guichet\n", "id: guichet\nmots: [comptoir]\nne pas renseigner: [Le prix.]\n"),
)
TEXT = """\
Que dire aux conseillers\u00a0?

Démarches (3)
- Guichet\u00a0: «\u00a0Neuf\u00a0» est une nouvelle démarche, au 2nd niveau.
    touche\u00a0: guichet/neuf
- Guichet\u00a0: «\u00a0Demande papier\u00a0» n’est plus dans le livret.
    touche\u00a0: guichet/papier
- Guichet\u00a0: les 2 démarches de guichet/titre se trouvent maintenant à guichet/piece, et non plus à guichet/titre.
    touche\u00a0: guichet/piece/oui, guichet/piece/non

Contacts (4)
- Guichet\u00a0: «\u00a0Numéro\u00a0» change\u00a0: Téléphone 3231, et non plus 3230.
    touche\u00a0: guichet/blocage, guichet/neuf
- Guichet\u00a0: «\u00a0Numéro\u00a0»\u00a0: les horaires sont maintenant lundi à jeudi 9h-12h, \
et non plus lundi à vendredi 8h30-19h.
    touche\u00a0: guichet/blocage, guichet/neuf
- Guichet\u00a0: «\u00a0Numéro\u00a0» peut désormais servir à l’usager\u00a0: on peut le lui donner.
    touche\u00a0: guichet/blocage, guichet/neuf
- Guichet\u00a0: «\u00a0Numéro\u00a0» est à vérifier\u00a0: Le livret se contredit.
    touche\u00a0: guichet/blocage, guichet/neuf

À qui s’adresser (2)
- Guichet\u00a0: «\u00a0Ça bloque\u00a0»\u00a0: les contacts et les conditions ont changé.
    en plus\u00a0: Site, Site www.guichet.fr
    condition de «\u00a0Numéro\u00a0»\u00a0: avant aucune, maintenant «\u00a0après 9 h\u00a0»
    touche\u00a0: guichet/blocage
- Guichet\u00a0: 3 démarches\u00a0: ce qu’il ne faut pas renseigner a changé.
    ne plus renseigner\u00a0: Le prix.
    touche\u00a0: guichet/piece/oui, guichet/piece/non, guichet/blocage

Textes (3)
- Guichet\u00a0: «\u00a0Renouveler un titre d’identité\u00a0»\u00a0: les étapes ont changé.
    avant\u00a0: Demander un titre neuf.
    maintenant\u00a0: Demander un titre tout neuf.
    touche\u00a0: guichet/piece/non
- Guichet\u00a0: «\u00a0Renouveler un titre\u00a0» s’appelle maintenant «\u00a0Renouveler un titre d’identité\u00a0».
    touche\u00a0: guichet/piece/non
- Guichet\u00a0: «\u00a0Un titre\u00a0» s’appelle maintenant «\u00a0Une pièce d’identité\u00a0».
    touche\u00a0: guichet/piece/oui, guichet/piece/non

Recherche (1)
- Guichet\u00a0: les mots qui mènent à guichet ont changé.
    en plus\u00a0: comptoir
"""


def write(folder: Path, partner: str) -> Path:
    write_files(folder, {"livret.yaml": LIVRET, "partenaires/guichet.yaml": partner})
    return folder


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return write(tmp_path / "ancien", PARTNER)


@pytest.fixture
def new(tmp_path: Path) -> Path:
    text = PARTNER
    for before, after in EDITS:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return write(tmp_path / "nouveau", text)


def test_what_to_tell_the_counsellors(run: Run, old: Path, new: Path) -> None:
    done = run("comparer", str(old), str(new))
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == TEXT


def test_the_same_as_markdown(run: Run, old: Path, new: Path) -> None:
    done = run("comparer", str(old), str(new), "--markdown")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith(
        "## Que dire aux conseillers\u00a0?\n\n### Démarches (3)\n\n"
        "- Guichet\u00a0: «\u00a0Neuf\u00a0» est une nouvelle démarche, au 2nd niveau.\n"
        "  - touche\u00a0: `guichet/neuf`\n"
    )
    assert done.stdout.count("\n- ") == TEXT.count("\n- ")


def test_the_same_as_json(run: Run, old: Path, new: Path) -> None:
    done = run("comparer", str(old), str(new), "--json")
    assert (done.returncode, done.stderr) == (1, "")
    answer = json.loads(done.stdout)
    assert (answer["schema_version"], answer["old"]["livret"], answer["same"]) == (1, "essai", False)
    assert [change["kind"] for change in answer["changes"]] == [
        "added",
        "removed",
        "moved",
        "contact-value",
        "contact-hours",
        "contact-audience",
        "contact-doubt",
        "contacts",
        "do-not",
        "steps",
        "title",
        "title",
        "keywords",
    ]
    value = answer["changes"][3]
    assert (value["id"], value["before"], value["after"]) == (
        "guichet/tel",
        {"phone": "3230"},
        {"phone": "3231"},
    )
    assert value["demarches"] == ["guichet/blocage", "guichet/neuf"]


@pytest.mark.parametrize("form", [[], ["--markdown"], ["--json"]])
def test_the_same_livret(run: Run, tmp_path: Path, form: list[str]) -> None:
    shutil.copytree(JURA, tmp_path / "copie")
    done = run("comparer", str(JURA), str(tmp_path / "copie"), *form)
    assert (done.returncode, done.stderr) == (0, "")
    if form == ["--json"]:
        assert json.loads(done.stdout)["changes"] == []
    else:
        assert done.stdout.endswith("Rien\u00a0: les deux livrets disent la même chose.\n")


def test_a_level_that_changed(run: Run, old: Path, tmp_path: Path) -> None:
    text = PARTNER.replace("    étapes: [Remplir le formulaire.]", "    contacter: [tel]")
    done = run("comparer", str(old), str(write(tmp_path / "n", text)))
    assert (
        "- Guichet\u00a0: «\u00a0Demande papier\u00a0» passe du 1er au 2nd niveau\u00a0: à transmettre.\n"
        in done.stdout
    )


def lines(run: Run, old: Path, new: Path) -> list[str]:
    """Return the sentences of `comparer`, without what they touch."""
    done = run("comparer", str(old), str(new))
    assert (done.returncode, done.stderr) == (1, "")
    return [line for line in done.stdout.splitlines() if line.startswith("- ")]


def test_topics_out_of_the_livret(run: Run, old: Path, tmp_path: Path) -> None:
    new = tmp_path / "sujets"
    shutil.copytree(old, new)
    before = """\
hors livret:
  - permis de chasse
  - {sujet: élections, où: La mairie, besoins: [voter]}
  - {sujet: douane, où: Le bureau de Pontarlier, besoins: [dédouaner]}
"""
    after = """\
hors livret:
  - {sujet: élections, où: La préfecture, besoins: [voter]}
  - {sujet: douane, besoins: [dédouaner]}
  - {sujet: chasse, où: La fédération., besoins: [permis de chasse]}
"""
    write_files(old, {"besoins/hors-livret.yaml": before})
    write_files(new, {"besoins/hors-livret.yaml": after})
    assert lines(run, old, new) == [
        "- Sujet hors du livret « chasse » : où orienter l’usager : La fédération.",
        "- Sujet hors du livret « douane » : où orienter l’usager n’est plus dit "
        "(c’était «\u00a0Le bureau de Pontarlier\u00a0»).",
        "- Sujet hors du livret « élections » : où orienter l’usager : La préfecture. C’était\u00a0: La mairie.",
        "- Les sujets hors du livret ont changé.",
    ]


def test_partners_that_come_and_go(run: Run, old: Path, tmp_path: Path) -> None:
    new = write(tmp_path / "n", PARTNER)
    (new / "livret.yaml").write_text(LIVRET.replace("[guichet]", "[guichet, mairie]"), encoding="utf-8")
    mairie = PARTNER.replace("uichet", "airie").replace("Gairie", "Mairie").replace("gairie", "mairie")
    (new / "partenaires/mairie.yaml").write_text(mairie, encoding="utf-8")
    assert lines(run, old, new) == ["- Mairie est un nouveau partenaire, avec 4 démarches."]
    assert lines(run, new, old) == ["- Mairie n’est plus dans le livret, ni ses 4 démarches."]


def test_a_partner_and_a_contact_that_change_their_names(run: Run, old: Path, tmp_path: Path) -> None:
    new = write(tmp_path / "n", PARTNER)
    (new / "livret.yaml").write_text(LIVRET.replace("[guichet]", "[accueil]"), encoding="utf-8")
    text = (new / "partenaires/guichet.yaml").read_text(encoding="utf-8")
    (new / "partenaires/guichet.yaml").unlink()
    text = (
        text.replace("id: guichet", "id: accueil")
        .replace("  tel:", "  telephone:")
        .replace("[tel]", "[telephone]")
    )
    (new / "partenaires/accueil.yaml").write_text(text, encoding="utf-8")
    expected = [
        "- Guichet\u00a0: le partenaire guichet s’appelle maintenant accueil\u00a0: fs-triage accueil.",
        "- Guichet\u00a0: le contact guichet/tel s’écrit maintenant accueil/telephone dans les règles\u00a0; "
        "rien ne change au comptoir.",
    ]
    assert lines(run, old, new) == expected


def test_a_change_of_name_that_the_livret_keeps(run: Run, old: Path, tmp_path: Path) -> None:
    """Two démarches alike in nothing are one, since `identifiants.yaml` says so."""
    new = write(tmp_path / "n", PARTNER)
    kept = "  - id: papier\n    libellé: Demande papier\n    étapes: [Remplir le formulaire.]"
    other = "  - id: courrier\n    libellé: Écrire\n    étapes: [Poster une lettre au service.]"
    (new / "partenaires/guichet.yaml").write_text(PARTNER.replace(kept, other), encoding="utf-8")
    assert [line.split("\u00a0: ")[1] for line in lines(run, old, new)] == [
        "«\u00a0Écrire\u00a0» est une nouvelle démarche, au 1er niveau.",
        "«\u00a0Demande papier\u00a0» n’est plus dans le livret.",
    ]
    (new / "identifiants.yaml").write_text("renommés: {guichet/papier: guichet/courrier}\n", encoding="utf-8")
    told = lines(run, old, new)
    assert told[0].endswith("se trouve maintenant à guichet/courrier, et non plus à guichet/papier.")
    assert len(told) == 3


def test_a_contact_that_an_heir_has_yet_to_replace(run: Run, old: Path, tmp_path: Path) -> None:
    heir = tmp_path / "heritier"
    text = LIVRET.replace("id: essai", "id: heritier").replace("partenaires: [guichet]", "hérite de: ancien")
    text = text.replace("39 Jura", "25 Doubs")
    site = "contacts:\n  site:\n    site: www.doubs.fr\n    libellé: Site\n    public: usager\n"
    write_files(heir, {"livret.yaml": text, "partenaires/guichet.yaml": site})
    assert lines(run, old, heir)[:2] == [
        "- Guichet\u00a0: «\u00a0Numéro\u00a0» n’est plus donné\u00a0: ce contact est à remplacer pour ce département.",
        "- Guichet\u00a0: «\u00a0Site\u00a0» change\u00a0: Site www.doubs.fr, et non plus www.guichet.fr.",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "Le dossier de règles «\u00a0{}\u00a0» n’existe pas"),
        (PARTNER.replace("contacter: [tel]", "contacter: [fax]"), "contact inconnu «\u00a0fax\u00a0»"),
        (PARTNER.replace("libellé: Guichet", "libellé: [Guichet"), "Les règles ne peuvent pas servir"),
    ],
)
def test_a_folder_that_cannot_be_used(
    run: Run, old: Path, tmp_path: Path, text: str | None, message: str
) -> None:
    folder = tmp_path / "n"
    if text is not None:
        write(folder, text)
    for pair in ((old, folder), (folder, old)):
        done = run("comparer", *map(str, pair))
        assert (done.returncode, done.stdout) == (3, "")
        assert message.format(folder) in done.stderr
        assert done.stderr.count("\n") == 1


WORDS = ("titre", "permis", "carte", "aide", "compte")
ids = st.sampled_from(WORDS)
texts = st.lists(st.sampled_from([*WORDS, "neuf", "perdu", "ouvrir"]), min_size=1, max_size=4).map(" ".join)
CONTACTS = ("c1", "c2", "c3")


@st.composite
def answers(draw: st.DrawFn, depth: int) -> list[dict[str, Any]]:
    found = []
    for name in draw(st.lists(ids, min_size=1, max_size=3, unique=True)):
        answer: dict[str, Any] = {
            "id": name,
            "label": draw(texts),
            "keywords": draw(st.lists(texts, max_size=2, unique=True)),
        }
        kind = draw(st.sampled_from(["steps", "escalate", "question"] if depth else ["steps", "escalate"]))
        uses = draw(st.lists(st.sampled_from(CONTACTS), min_size=1, max_size=3, unique=True))
        if kind == "question":
            answer |= {"question": draw(texts), "answers": draw(answers(depth - 1))}
        elif kind == "steps":
            answer |= {"steps": draw(st.lists(texts, min_size=1, max_size=3)), "contacts": uses}
        else:
            answer |= {"escalate": uses}
        found.append(answer)
    return found


@st.composite
def partners(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    """A livret as data: one or two partners, each with three contacts."""
    found: dict[str, dict[str, Any]] = {}
    for name in draw(st.lists(st.sampled_from(["caf", "msa"]), min_size=1, max_size=2, unique=True)):
        found[name] = {
            "id": name,
            "label": name.upper(),
            "name": name,
            "about": draw(texts),
            "pages": [1],
            "no_second_level": "Rien.",
            "do_not": draw(st.lists(texts, max_size=1)),
            "contacts": {
                contact: {
                    "phone": draw(st.sampled_from(["1", "2", "3"])),
                    "label": contact,
                    "audience": "usager",
                }
                for contact in CONTACTS
            },
            "question": draw(texts),
            "answers": draw(answers(2)),
        }
    return found


def livret(data: dict[str, dict[str, Any]]) -> Livret:
    booklet = Booklet.model_validate(
        {"id": "essai", "title": "Essai", "departement": "39", "source": "Essai", "partners": list(data)}
    )
    rules = tuple(PartnerRules(Partner.model_validate(partner), NOWHERE) for partner in data.values())
    return Livret(booklet, NOWHERE, rules, UncoveredNeeds.model_validate({}))


def shuffled(draw: st.DrawFn, data: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the same livret, its contacts and words in another order."""

    def mixed(tree: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            {**answer, "keywords": draw(st.permutations(answer["keywords"]))}
            | ({"answers": mixed(answer["answers"])} if "answers" in answer else {})
            for answer in tree
        ]

    return {
        name: {
            **data[name],
            "answers": mixed(data[name]["answers"]),
            "contacts": dict(draw(st.permutations(list(data[name]["contacts"].items())))),
        }
        for name in data
    }


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_the_order_that_no_card_shows_says_nothing(data: st.DataObject) -> None:
    first = data.draw(partners())
    assert compare_livrets(livret(first), livret(data.draw(st.composite(shuffled)(first)))) == []


def gone_and_come(
    changes: list[Change],
) -> tuple[set[tuple[str, str]], set[tuple[str, str]], set[tuple[str, ...]]]:
    """Return what is gone, what has come, and what moved from where to where."""
    gone = {
        (change.kind.removesuffix("-removed"), change.id) for change in changes if "removed" in change.kind
    }
    come = {(change.kind.removesuffix("-added"), change.id) for change in changes if "added" in change.kind}
    moved = {
        (change.previous or "", change.id)
        for change in changes
        if change.kind in ("moved", "partner-renamed")
    }
    return (
        {(k.replace("removed", "x"), i) for k, i in gone},
        {(k.replace("added", "x"), i) for k, i in come},
        moved,
    )


@settings(max_examples=40, deadline=None)
@given(partners(), partners())
def test_backwards_it_says_the_opposite(first: dict[str, Any], second: dict[str, Any]) -> None:
    gone, come, moved = gone_and_come(compare_livrets(livret(first), livret(second)))
    gone_back, come_back, moved_back = gone_and_come(compare_livrets(livret(second), livret(first)))
    assert (gone, come) == (come_back, gone_back)
    assert moved == {(new, old) for old, new in moved_back}


@settings(max_examples=40, deadline=None)
@given(partners(), partners())
def test_two_livrets_are_the_same_only_when_they_are(first: dict[str, Any], second: dict[str, Any]) -> None:
    assume(first != second)
    one, other = livret(first), livret(second)
    changes = compare_livrets(one, other)
    assert bool(changes) == (canonical(first) != canonical(second))
    for change in changes:
        assert change.sentence.endswith("."), change


def canonical(data: dict[str, dict[str, Any]]) -> object:
    """Return `data` as what the desks show of it: words are in no order."""

    def ordered(tree: list[dict[str, Any]]) -> list[object]:
        return [
            {**answer, "keywords": sorted(answer["keywords"])}
            | ({"answers": ordered(answer["answers"])} if "answers" in answer else {})
            for answer in tree
        ]

    return [(name, {**partner, "answers": ordered(partner["answers"])}) for name, partner in data.items()]


@functools.cache
def jura() -> tuple[Livret, list[tuple[int, tuple[str, ...]]]]:
    """Return our livret, and the way to each of its conclusions (rank of the partner, ids) that nothing else names."""
    loaded = load_livret(JURA).livret
    assert loaded is not None
    ways: list[tuple[int, tuple[str, ...]]] = []

    def below(rank: int, question: dict[str, Any], way: tuple[str, ...], named: set[str]) -> None:
        for answer in question["answers"]:
            here = (*way, answer["id"])
            if "answers" in answer:
                below(rank, answer, here, named)
            elif (
                "goto" not in answer and "/".join(here) not in named and answer["id"] != question.get("opens")
            ):
                ways.append((rank, here))

    for rank, rules in enumerate(loaded.partners):
        data = convert_to_data(rules.table)
        below(rank, data, (), set(walk_values(data, ("goto", "if_blocked"))))
    return loaded, ways


def walk_values(data: object, keys: tuple[str, ...]) -> list[str]:
    if isinstance(data, list):
        return [value for item in data for value in walk_values(item, keys)]
    if not isinstance(data, dict):
        return []
    here = [value for key, value in data.items() if key in keys and isinstance(value, str)]
    return here + [value for item in data.values() for value in walk_values(item, keys)]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(draws=st.data(), edit=st.sampled_from(["nothing", "label", "steps", "contacts"]))
def test_a_renamed_and_edited_demarche_is_seen_once(draws: st.DataObject, edit: str) -> None:
    ours, ways = jura()
    rank, names = draws.draw(st.sampled_from(ways))
    partner = ours.partners[rank].model.id
    data = convert_to_data(ours.partners[rank].table)
    data["examples"] = {}
    answer: dict[str, Any] = data
    for name in names:
        answer = next(below for below in answer["answers"] if below["id"] == name)
    answer["id"] = "autre-identifiant"
    if edit == "label":
        answer["label"] += " (nouveau)"
    elif edit == "steps":
        answer["steps"] = [*answer.get("steps", []), "Vérifier le dossier."]
    elif edit == "contacts" and "contacts" in answer:
        del answer["contacts"]
    changed = list(ours.partners)
    changed[rank] = PartnerRules(Partner.model_validate(data), NOWHERE)
    changes = compare_livrets(ours, Livret(ours.booklet, NOWHERE, tuple(changed), ours.elsewhere))
    kinds = ("added", "removed", "moved")
    seen = [(change.kind, change.previous, change.id) for change in changes if change.kind in kinds]
    new = "/".join((partner, *names[:-1], "autre-identifiant"))
    assert seen == [("moved", "/".join((partner, *names)), new)]
