"""Messages: to the second level from templates, to who keeps the livret; what opens them in a mail program."""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from conftest import JURA, edit, find_problem_lines, open_compiled
from hypothesis import given
from hypothesis import strategies as st

from fs_triage.acts import message_templates as templates
from fs_triage.acts.demarche import WRITTEN_KINDS, find_demarche, read_demarche
from fs_triage.acts.letter import HOUSE_BLANK, Letter
from fs_triage.acts.message import choose_recipient, list_recipients, list_warnings, write_message
from fs_triage.acts.report import choose_contact, write_report
from fs_triage.contract import NOTHING_FOUND, WRONG_CALL, Failure
from fs_triage.livret import OpenLivret
from fs_triage.rules.load import load_livret
from fs_triage.text.typography import typeset_french

HOUSE = "France services de Lons-le-Saunier"
BLANK = re.compile(r"\[[^\[\]]+\]")


@cache
def opened(folder: Path) -> OpenLivret:
    livret = load_livret(folder).livret
    assert livret is not None
    return open_compiled(livret)


@pytest.fixture
def jura() -> OpenLivret:
    return opened(JURA)


def write_to(livret: OpenLivret, node: str, contact: str | None = None) -> Letter:
    demarche = find_demarche(livret, node)
    return write_message(livret, demarche, choose_recipient(demarche, contact), HOUSE)


def test_a_message_says_what_is_known_and_leaves_blanks_for_the_rest(jura: OpenLivret) -> None:
    letter = write_to(jura, "msa/sante/legislation")
    assert letter.address == "msafcsbo.grprec@franchecomte.msa.fr" and letter.to.startswith(letter.address)
    assert "MSA" in letter.subject and "Question sur la législation Santé" in letter.subject
    for said in (HOUSE, "MSA › Santé", "mandat", "essayé", "demandé"):
        assert said in letter.body
    assert len(BLANK.findall(letter.body)) >= 6
    assert not re.search(r"[{}]|\n\n\n| $", letter.body, re.MULTILINE)


def test_a_demarche_that_blocked_says_what_was_done_and_why_it_is_handed_over(jura: OpenLivret) -> None:
    letter = write_to(jura, "la-poste/digiposte", "back-office-mail")
    step = read_demarche(jura, "la-poste/digiposte").conclusion["steps"][0]
    assert letter.address == "Patricia.marchal@laposte.fr"
    assert f"- {step} [" in letter.body
    assert "Motif de la transmission\u00a0: La démarche est bloquée ou dépasse le conseiller\n" in letter.body


def test_of_several_ways_out_the_counsellor_keeps_one(jura: OpenLivret) -> None:
    several = [
        demarche
        for row in jura.list_conclusion_rows()
        if len((demarche := read_demarche(jura, row.id)).if_blocked) > 1 and list_recipients(demarche)
    ]
    assert several
    for demarche in several:
        own = {one["id"] for one in demarche.conclusion["contacts"]}
        for recipient in list_recipients(demarche):
            letter = write_message(jura, demarche, recipient, "")
            if recipient.contact["id"] not in own:
                assert re.search(
                    r"Motif de la transmission\u00a0: \[.*\u00a0: gardez ce qui convient\]", letter.body
                )


def test_administration_plus_has_its_form(jura: OpenLivret) -> None:
    letter = write_to(jura, "msa/blocage/bloque-ou-urgent")
    assert (letter.address, letter.mailto) == ("", None)
    assert letter.body.startswith("Usager\u00a0: [prénom], [nom]")
    assert "Mandat\u00a0: [papier ou SMS], le [date]" in letter.body and "Bonjour" not in letter.body


def test_every_message_of_the_livret_is_whole(jura: OpenLivret) -> None:
    written = 0
    for row in jura.list_conclusion_rows():
        demarche = read_demarche(jura, row.id)
        for recipient in list_recipients(demarche):
            letter = write_message(jura, demarche, recipient, "")
            written += 1
            assert demarche.title in letter.body and HOUSE_BLANK in letter.body
            assert "\n" not in letter.subject and not re.search(r"[{}]|None|\n\n\n", letter.text)
            assert list_warnings(demarche, recipient)[-1].startswith("Avant d’envoyer")
    assert written > 40


def test_a_doubtful_address_is_told(jura: OpenLivret) -> None:
    demarche = find_demarche(jura, "msa/sante/legislation")
    assert list_warnings(demarche, choose_recipient(demarche, None))[0].startswith(
        "À vérifier\u00a0: La page 17 écrit"
    )


@pytest.mark.parametrize(
    ("node", "contact", "code", "said"),
    [
        ("caf/rsa/demande", None, NOTHING_FOUND, "n’a ni courriel ni Administration+ à qui écrire"),
        ("msa/blocage/legislation", None, WRONG_CALL, "--contact mail-msafcfsbo ou --contact mail-msafcsbo"),
        ("msa/sante/legislation", "mail-msafcsb", WRONG_CALL, "vouliez-vous dire « mail-msafcsbo » ?"),
        ("msa/sante/legislation", "rdv-msa", WRONG_CALL, "Aucun contact « rdv-msa » à qui écrire ici"),
        (
            "caf/rsa",
            None,
            WRONG_CALL,
            "« caf/rsa » mène à plusieurs démarches ; nommez-en une : caf/rsa/demande",
        ),
        ("caf/rsa/demnde", None, NOTHING_FOUND, "Vouliez-vous dire : caf/rsa/demande ?"),
        ("\x1b[2J", None, NOTHING_FOUND, "« fs-triage liste »"),
    ],
)
def test_what_cannot_be_written_is_told_in_one_sentence(
    jura: OpenLivret, node: str, contact: str | None, code: int, said: str
) -> None:
    with pytest.raises(Failure) as failed:
        write_to(jura, node, contact)
    assert failed.value.code == code
    assert typeset_french(said) in failed.value.message
    assert failed.value.message.replace("\u00a0", " ").isprintable()
    assert failed.value.message.endswith((".", "?"))


def test_the_mandate_that_is_needed_is_told_in_the_message_and_before_it_is_sent(folder: Path) -> None:
    """That of the démarche, and that of where it goes when it blocks; whatever a template of the livret says."""
    partner = folder / "partenaires" / "mairie.yaml"
    edit(
        partner,
        ("      - Prendre rendez-vous.\n", "      - Prendre rendez-vous.\n    mandat: Mandat signé\n"),
    )
    edit(
        partner,
        (
            "    libellé: La démarche bloque\n",
            "    libellé: La démarche bloque\n    mandat: Aidants Connect\n",
        ),
    )
    edit(folder / "livret.yaml", ("id: bon\n", f"id: bon\n{OWN_MANDATE}"))
    assert find_problem_lines(folder) == []
    for name, told in {
        "mairie/carte": "Mandat signé ; Aidants Connect",
        "mairie/aide": "Aidants Connect",
    }.items():
        livret = opened(folder.resolve())
        demarche = find_demarche(livret, name)
        recipient = choose_recipient(demarche, "etat-civil")
        assert f"\u00a0: {typeset_french(told)}" in list_warnings(demarche, recipient)[0]
        assert write_message(livret, demarche, recipient, HOUSE).body == f"À joindre : {typeset_french(told)}"
    edit(folder / "livret.yaml", (OWN_MANDATE, ""))
    opened.cache_clear()
    letter = write_to(opened(folder.resolve()), "mairie/aide")
    assert "\nMandat demandé\u00a0: Aidants Connect\n" in letter.body


def test_who_is_sent_elsewhere_has_tried_nothing(jura: OpenLivret) -> None:
    steps = read_demarche(jura, "justice/professionnel/notaire").conclusion["steps"]
    assert steps and not any(step in write_to(jura, "justice/professionnel/notaire").body for step in steps)


# -- templates of a livret

OWN_MANDATE = """\
messages:
  courriel:
    objet: "{{ demarche }}"
    texte: "À joindre : {{ mandat }}"
"""

MESSAGES = """\
responsable: livret@mairie.fr
messages:
  courriel:
    objet: "{{ partenaire }} - {{ demarche }}"
    texte: |
      Bonjour,
      {% if motif %}
      Motif : {{ motif }}
      {% endif %}
      {% for essai in essais %}
      * {{ essai }}
      {% endfor %}
      [votre demande]
"""
OWN = """\
  mairie/etat-civil:
    objet: État civil
    texte: "{{ demarche }}, {{ essais | join(' ; ') }}"
"""


def test_the_template_of_a_livret_is_used_and_that_of_a_contact_before_that_of_its_kind(folder: Path) -> None:
    booklet = folder / "livret.yaml"
    edit(booklet, ("id: bon\n", f"id: bon\n{MESSAGES}"))
    assert find_problem_lines(folder) == []
    letter = write_to(opened(folder.resolve()), "mairie/carte")
    assert letter == Letter(
        to="etat-civil@mairie.fr, Service de l’état civil",
        address="etat-civil@mairie.fr",
        subject="Mairie - Une carte d’identité",
        body="Bonjour,\nMotif : La démarche bloque\n* Prendre rendez-vous.\n[votre demande]",
    )
    edit(booklet, ("messages:\n", f"messages:\n{OWN}"))
    opened.cache_clear()
    letter = write_to(opened(folder.resolve()), "mairie/carte")
    assert (letter.subject, letter.body) == ("État civil", "Une carte d’identité, Prendre rendez-vous.")


def test_an_heir_has_the_templates_of_its_parent_but_not_its_owner(folder: Path) -> None:
    edit(folder / "livret.yaml", ("id: bon\n", f"id: bon\n{MESSAGES}{OWN}"))
    heir = folder.parent / "doubs"
    heir.mkdir()
    own = MESSAGES.replace("{{ partenaire }} - ", "").partition("\n")[2]
    (heir / "livret.yaml").write_text(
        f"id: doubs\ntitre: Doubs\ndépartement: 25 Doubs\nsource: Préfecture\nhérite de: bon\n{own}",
        encoding="utf-8",
    )
    shutil.copytree(folder / "mots", heir / "mots")
    livret = opened(heir.resolve())
    assert livret.get_owner() == ""
    assert livret.list_message_templates()["email"][0] == "{{ demarche }}"
    assert livret.list_message_templates()["mairie/etat-civil"][0] == "État civil"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            "{{ motif }}",
            "{{ motiff }}",
            "nom « motiff » inconnu dans un modèle de message (ligne 3 du modèle)",
        ),
        ("{% endif %}", "", "modèle de message qui ne se lit pas"),
        (
            "  courriel:",
            "  emial:",
            "clé inconnue « emial » ; vouliez-vous dire « courriel » ?",
        ),
        ("  courriel:", "  mairie/accueil:", "modèle pour « mairie/accueil »"),
        ("    objet:", "    subjet:", "clé inconnue « subjet » ; vouliez-vous dire « objet » ?"),
        ("livret@mairie.fr", "la mairie", "adresse électronique « la mairie »"),
    ],
)
def test_what_cannot_serve_is_a_problem_of_the_rules(
    folder: Path, before: str, after: str, said: str
) -> None:
    edit(folder / "livret.yaml", ("id: bon\n", f"id: bon\n{MESSAGES}"))
    edit(folder / "livret.yaml", (before, after))
    lines = find_problem_lines(folder)
    assert len(lines) == 1 and typeset_french(said) in typeset_french(lines[0])


ALLOWED = [
    "{{ demarche }}",
    "{{ demarche | upper | trim }}",
    "{{ essais | join(', ') }}",
    "{{ motif if motif else '[motif]' }}",
    "{% if not essais and (motif or condition) %}a{% elif pages %}b{% else %}c{% endif %}",
    "{% for essai in essais %}{% if essai %}- {{ essai }}{% endif %}{% else %}rien{% endfor %}",
    "{# une note #}{% raw %}{{ tel quel }}{% endraw %}",
    "sans rien à remplir : 50 % { }",
]
REFUSED = [
    *(
        "{{ demarch }}",
        "{{ self }}",
        "{{ loop }}",
        "{{ essais }}",
        "{{ essais | upper }}",
        "{{ motif if motif }}",
    ),
    *(
        "{{ ''.__class__ }}",
        "{{ essais[0] }}",
        "{{ cycler() }}",
        "{{ demarche * 9 }}",
        "{{ 9 ** 9 }}",
        "{{ 1 }}",
    ),
    *("{{ demarche ~ 'x' }}", "{{ motif < essais }}", "{{ motif | center(9) }}", "{{ motif | trim(5) }}"),
    *("{{ essais | join }}", "{{ 'x' | join(', ') }}", "{{ essais | join(', ', attribute='a') }}"),
    *(
        "{{ motif | upper(*essais) }}",
        "{% set a = 1 %}",
        "{% include 'x' %}",
        "{% extends 'x' %}",
        "{% if 1 %}{% endif %}",
    ),
    *(
        "{% macro a() %}{% endmacro %}",
        "{% block a %}{% endblock %}",
        "{% with %}{% endwith %}",
        "{{ x",
        "{% endif %}",
    ),
    *(
        "{% for e in range(9) %}{% endfor %}",
        "{% for a, b in essais %}{% endfor %}",
        "{% autoescape true %}{% endautoescape %}",
    ),
    "{% for e in essais %}{% for f in essais %}{% endfor %}{% endfor %}",
    "{% for e in essais if e %}{% endfor %}",
    "{% for essai in essais %}{% else %}{{ essai }}{% endfor %}",
    f"{{{{ {'(' * 5000}motif{')' * 5000} }}}}",
    f"{'{% if motif %}' * 150}{'{% endif %}' * 150}",
    f"{{% if {'not ' * 5000}motif %}}{{% endif %}}",
]


@pytest.mark.parametrize("text", ALLOWED)
def test_what_is_allowed_is_filled_in_whatever_the_values(text: str) -> None:
    assert templates.find_mistake(text) is None
    for value, tries in (("", []), ("{{ motif }} <b>", ["un", "deux"])):
        values: dict[str, str | list[str]] = dict.fromkeys(templates.NAMES, value)
        filled = templates.fill_template(text, {**values, "essais": tries})
        assert "None" not in filled and "[" not in filled.replace("[motif]", "")


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:60])
def test_what_is_not_allowed_has_its_sentence(text: str) -> None:
    mistake = templates.find_mistake(text)
    assert mistake is not None
    assert mistake.message and mistake.hint


_PIECES = st.sampled_from(
    [
        *ALLOWED,
        *REFUSED[:40],
        "{{",
        "}}",
        "{%",
        "%}",
        "if motif",
        "endif",
        "for e in essais",
        "endfor",
        "|",
        "'",
        "é",
        "\n",
    ]
)


@given(st.lists(_PIECES, max_size=6).map(" ".join))
def test_what_passes_never_fails_when_it_is_filled_in(text: str) -> None:
    if templates.find_mistake(text) is None:
        for value, tries in (("", []), ("x", ["un"])):
            values: dict[str, str | list[str]] = dict.fromkeys(templates.NAMES, value)
            templates.fill_template(text, {**values, "essais": tries})


@pytest.mark.parametrize("kind", WRITTEN_KINDS)
def test_the_templates_of_the_program_are_right(kind: str) -> None:
    template = templates.read_default(kind)
    for text in template:
        assert text and templates.find_mistake(text) is None
        assert text == "\n".join(typeset_line(line) for line in text.split("\n"))


def typeset_line(line: str) -> str:
    """Return a line of a template as French wants it; signs of Jinja stay as they are."""
    return line if line.startswith("{%") else typeset_french(line)


# -- what opens a message


@given(
    subject=st.text(st.characters(exclude_categories=["Cs", "Cc"])),
    body=st.text(st.characters(exclude_categories=["Cs"])),
)
def test_mailto_gives_back_the_message(subject: str, body: str) -> None:
    letter = Letter("", "a.b+c@exemple.fr", subject, body.replace("\r", ""))
    assert letter.mailto is not None and letter.mailto.isascii()
    assert not re.search(r"[\s<>\"\\^`{}|]", letter.mailto)
    parts = urlsplit(letter.mailto)
    assert (parts.scheme, unquote(parts.path), parts.fragment) == ("mailto", "a.b+c@exemple.fr", "")
    fields = dict(parse_qsl(parts.query.replace("+", "%2B"), keep_blank_values=True, strict_parsing=True))
    assert fields == {"subject": subject, "body": letter.body.replace("\n", "\r\n")}


def test_an_address_cannot_add_fields() -> None:
    letter = Letter("", "a@b.fr?cc=x@y.fr&bcc=z", "s", "b")
    assert letter.mailto is not None
    assert dict(parse_qsl(urlsplit(letter.mailto).query)) == {"subject": "s", "body": "b"}


# -- the report of an error


def test_a_report_says_which_fiche_of_which_livret(jura: OpenLivret) -> None:
    demarche = find_demarche(jura, "caf/rsa/demande")
    letter = write_report(jura, demarche, None, HOUSE)
    assert letter.address == "" and "Préfecture du Jura" in letter.to
    for said in (
        "CAF › RSA › Faire une demande de RSA",
        "caf/rsa/demande (Livret, page 8)",
        "Site CAF.FR",
        "39 Jura (jura)",
        "Ce qui est faux\u00a0:\n[…]",
        HOUSE,
    ):
        assert said in letter.body


def test_a_report_may_be_of_one_contact(jura: OpenLivret) -> None:
    demarche = find_demarche(jura, "justice/cdad/coordonnees")
    contact = choose_contact(demarche, "tel-mobile")
    letter = write_report(jura, demarche, contact, "")
    assert letter.subject.endswith("justice/cdad/coordonnees, contact tel-mobile")
    assert "07.88.39.97.74" in letter.body and "www.cdad-jura.fr" not in letter.body
    with pytest.raises(Failure) as failed:
        choose_contact(demarche, "tel-mobil")
    assert failed.value.code == WRONG_CALL and "tel-mobile" in failed.value.message
    with pytest.raises(Failure) as failed:
        choose_contact(find_demarche(jura, "msa/sante/depot/devis"), "tel-mobile")
    assert "n’en a aucun" in failed.value.message


def test_a_report_goes_to_who_keeps_the_livret(folder: Path) -> None:
    edit(folder / "livret.yaml", ("id: bon\n", f"id: bon\n{MESSAGES}"))
    livret = opened(folder.resolve())
    letter = write_report(livret, find_demarche(livret, "mairie/carte"), None, "")
    assert letter.address == letter.to == "livret@mairie.fr"
    assert letter.mailto is not None and letter.mailto.startswith(
        "mailto:livret@mairie.fr?subject=Livret%20bon"
    )
