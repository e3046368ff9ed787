"""The list of a page: what is typed, what it finds, what is pointed at, and how it fits a window."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fs_triage.desk.choice_list import Choices, fit_line
from fs_triage.desk.page import Action, Document, Found, Option, Page, Retype
from fs_triage.render.card_layout import lay_out_text

CAF = Option("caf", "CAF", "allocations")
MSA = Option("msa", "MSA", "monde agricole")
BACK = Option(Action.BACK, "Revenir")
QUIT = Option(Action.QUIT, "Quitter")
BLOCKED = Option(Action.ESCALATE, "La démarche bloque : 2nd niveau")
RSA = Option("caf/rsa", "CAF : Demander le RSA", "RSA › Demande", "1er niveau", found=True)
APPEAL = Option("caf/refus", "CAF : Le RSA est refusé", "RSA", "2nd niveau", found=True)


def find(typed: str) -> Found:
    if "rsa" in typed.lower():
        return Found((RSA, APPEAL), ("Peut-être :",))
    return Found((), (f"Mot non reconnu : {typed}.",))


def page(**more: object) -> Page:
    return Page(("Le livret",), "Lequel ?", (CAF, MSA, BACK, QUIT), find=find, **more)  # type: ignore[arg-type]


def choices(asked: Page, typed: str = "") -> Choices:
    made = Choices(asked, str)
    if typed:
        made.add_text(typed)
    return made


def drawn(made: Choices, columns: int = 80, rows: int = 24) -> list[str]:
    return "".join(text for style, text in made.draw(columns, rows) if style[:1] != "[").splitlines()


def test_words_find_what_the_page_finds_and_nothing_of_its_own() -> None:
    made = choices(page(), "rsa")
    assert made.options == (RSA, APPEAL)
    assert made.find_pointed_value() == "caf/rsa"
    assert drawn(made) == [
        " Recherche\u00a0: rsa (Échap l’efface)",
        " Peut-être :",
        " » CAF : Demander le RSA – 1er niveau – RSA › Demande",
        "   CAF : Le RSA est refusé – 2nd niveau – RSA",
    ]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("quitter", (QUIT,)),
        ("Quit", (QUIT,)),
        ("rev", (BACK,)),
        ("niveau démarche", (BLOCKED,)),
        ("rsa", (RSA, APPEAL)),
        ("uitter", ()),
        ("!!!", ()),
    ],
)
def test_an_action_is_found_by_the_beginning_of_its_name(typed: str, found: tuple[Option, ...]) -> None:
    asked = Page((), "Et maintenant ?", (BLOCKED, BACK, QUIT), find=find)
    assert choices(asked, typed).options == found


NAMES = {
    Option(Action.VISIT, "Cette visite (2)", "revoir ses rsa"): ("cette visite", "Cette visite (2)"),
    Option(Action.ESCALATE, "La démarche bloque\u00a0: rsa"): (
        "la demarche bloque",
        "la démarche bloque rsa",
    ),
    Option(Action.REPORT, "Signaler", "le rsa, s’il est faux"): ("signaler", "signaler le rsa"),
}


@pytest.mark.parametrize(("option", "names"), NAMES.items(), ids=lambda one: str(one)[:30])
def test_an_action_whose_name_is_typed_is_alone_whatever_the_words_find(
    option: Option, names: tuple[str, ...]
) -> None:
    """Its name, without the count behind it or what it says after a colon, or with all of it."""
    asked = Page((), "?", (*NAMES, QUIT), find=lambda _: Found((RSA,)))
    for typed in names:
        assert choices(asked, typed).options == (option,)
        assert choices(asked, f"{typed} zz").options == (RSA,)
    assert choices(asked, names[0][:-1]).options[0] == RSA


def test_a_page_that_finds_nothing_else_finds_its_own_choices_by_label_and_help() -> None:
    mail = Option("mail", "Courriel : etat-civil@mairie.fr", "Service de l’état civil")
    phone = Option("tel", "Téléphone : 03 84 25 69 92", "Accueil – utilisable par l’usager")
    asked = Page((), "Que copier ?", (mail, phone, BACK, QUIT))
    for typed, found in {
        "tél": (phone,),
        "03 84": (phone,),
        "mairie.fr": (mail,),
        "etat civil": (mail,),
        "accueil": (phone,),
        "usager 69": (phone,),
        "quit": (QUIT,),
    }.items():
        made = choices(asked, typed)
        assert made.options == found, typed
        assert made.choose() == found[0].value
    made = choices(asked, "passeport")
    assert (made.options, made.choose()) == ((), None)
    assert drawn(made)[1] == " Aucun choix ne porte ces mots."


def test_an_action_comes_after_what_words_find() -> None:
    asked = Page((), "?", (Option(Action.ESCALATE, "Le RSA bloque"), QUIT), find=find)
    made = choices(asked, "rsa")
    assert [option.value for option in made.options] == ["caf/rsa", "caf/refus", Action.ESCALATE]


def test_what_is_not_found_is_said_and_cannot_be_chosen() -> None:
    made = choices(page(), "zzz")
    assert made.find_pointed_value() is None
    assert drawn(made)[1] == " Mot non reconnu : zzz."
    made.move_pointer(1)
    made.point_at_last()
    assert made.find_pointed_value() is None


def test_other_words_are_pointed_at_before_they_are_chosen() -> None:
    near = Option(Retype("rsa"), "Vouliez-vous dire : rsa ?", found=True)
    made = choices(Page((), "?", (CAF,), find=lambda _: Found((near,), ("Mot non reconnu : rza.",))), "rza")
    assert drawn(made)[-1] == "   Vouliez-vous dire : rsa ?"
    assert made.choose() is None
    assert drawn(made)[-1] == " » Vouliez-vous dire : rsa ?"
    assert made.choose() == Retype("rsa")


def test_words_typed_earlier_are_there_again_with_what_was_chosen() -> None:
    made = choices(page(typed="rsa", earlier="caf/refus"))
    assert made.find_pointed_value() == "caf/refus"
    made.clear_typed()
    assert made.options == page().options
    assert made.find_pointed_value() == "caf"


def test_what_was_pointed_at_stays_so_without_the_words() -> None:
    made = Choices(Page((), "?", (CAF, MSA), find=lambda _: Found((MSA,))), str)
    made.add_text("msa")
    made.clear_typed()
    assert made.find_pointed_value() == "msa"


def card_page(options: tuple[Option, ...] = (BLOCKED, BACK, QUIT), **more: object) -> Page:
    document = Document(lambda width, _: lay_out_text("La fiche", width), "La fiche")
    return Page((), "Et maintenant ?", options, find=find, document=document, **more)  # type: ignore[arg-type]


def test_nothing_is_pointed_at_below_a_card() -> None:
    asked = card_page()
    made = choices(asked)
    assert made.find_pointed_value() is None
    assert not any("»" in line for line in drawn(made))
    made.move_pointer(1)
    assert made.find_pointed_value() is Action.ESCALATE
    made = choices(asked)
    made.move_pointer(-1)
    assert made.find_pointed_value() is Action.QUIT
    made = choices(asked, "rsa")
    assert made.find_pointed_value() == "caf/rsa"
    made.clear_typed()
    assert made.find_pointed_value() is None


def test_the_choices_below_a_card_stand_side_by_side_while_nothing_is_typed() -> None:
    """Each whole, on as many lines as they take; what an act said stands above them."""
    made = choices(card_page(hint="Flèches"))
    assert drawn(made) == ["   La démarche bloque : 2nd niveau   Revenir   Quitter"]
    assert drawn(made, 30) == ["   La démarche bloque : 2nd niveau", "   Revenir   Quitter"]
    made.move_pointer(-1)
    assert drawn(made) == ["   La démarche bloque : 2nd niveau   Revenir » Quitter"]
    assert made.find_hint() == "Flèches"
    made = choices(card_page((CAF, QUIT), hint="Flèches"), "")
    made.move_pointer(1)
    assert made.find_hint() == "allocations"
    made = choices(replace(card_page(), head=("Copié : l’adresse.",)))
    assert drawn(made)[0] == " Copié : l’adresse."
    made.add_text("rsa")
    assert drawn(made)[-2:] == [
        " » CAF : Demander le RSA – 1er niveau – RSA › Demande",
        "   CAF : Le RSA est refusé – 2nd niveau – RSA",
    ]


def test_what_many_letters_find_is_looked_for_once() -> None:
    asked: list[str] = []

    def count(typed: str) -> Found:
        asked.append(typed)
        return Found((RSA,))

    made = Choices(Page((), "?", (CAF,), find=count), str)
    for letter in "demande de rsa":
        made.add_text(letter)
    drawn(made)
    made.find_pointed_value()
    assert asked == ["demande de rsa"]


def test_several_needs_stand_under_their_words() -> None:
    found = tuple(
        Option(f"n{rank}", f"Démarche {rank}", level="1er niveau", found=True, group=f"Besoin {rank // 2}")
        for rank in range(4)
    )
    made = choices(Page((), "?", (), find=lambda _: Found(found)), "deux besoins")
    assert drawn(made)[1:] == [
        " Besoin 0",
        " » Démarche 0 – 1er niveau",
        "   Démarche 1 – 1er niveau",
        " Besoin 1",
        "   Démarche 2 – 1er niveau",
        "   Démarche 3 – 1er niveau",
    ]


def test_a_label_that_is_cut_is_whole_below_the_list_when_it_is_pointed_at() -> None:
    long = Option(
        "a", "ANTS : Demande de permis de conduire après un vol", "Permis", "1er niveau", found=True
    )
    made = choices(Page((), "?", (), find=lambda _: Found((long, RSA))), "vol")
    assert drawn(made, 40)[1:] == [
        " » ANTS : Demande de per… – 1er niveau",
        "   CAF : Demander le RSA – 1er niveau",
        "   ANTS : Demande de permis de",
        "   conduire après un vol",
    ]
    made.move_pointer(1)
    assert drawn(made, 40)[-1] == " » CAF : Demander le RSA – 1er niveau"
    for made, rows in (
        (choices(Page((), "?", (), find=lambda _: Found((long, RSA))), "vol"), 4),
        (choices(replace(card_page(), find=lambda _: Found((long, RSA))), "vol"), 24),
    ):  # where the end of the list may be out of sight, it stands below the line that it completes
        assert [line.strip() for line in drawn(made, 40, rows)[2:4]] == [
            "ANTS : Demande de permis de",
            "conduire après un vol",
        ]
        assert made.lines_below == 2


TEXTS = st.text(alphabet="abc é›", min_size=1, max_size=90)


@given(label=TEXTS, help_text=TEXTS, width=st.integers(20, 120), dots=st.sampled_from(["…", "..."]))
def test_what_is_found_fits_one_line_and_its_level_is_whole(
    label: str, help_text: str, width: int, dots: str
) -> None:
    option = Option("a", label, help_text, "2nd niveau", found=True)
    line, whole = fit_line(option, width, lambda text: text.replace("…", dots))
    assert len(line) <= width
    assert "2nd niveau" in line
    assert whole in ("", label)
    assert bool(whole) == (not line.startswith(label))
