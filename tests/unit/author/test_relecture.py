"""The sheet that a partner signs: nothing is missing, everything is a sentence, and no text becomes markup."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from conftest import Run, edit, write_files
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from fs_triage.author.relecture.command import render_sheet
from fs_triage.author.relecture.sheet import MissingContact, PartnerSheet, Sheet
from fs_triage.render.conclusion import Card, ContactCard, ContactList, Remark, TextList, Tone
from fs_triage.text.days import render_day
from fs_triage.text.markdown import escape_markdown, quote_code

N = "\u00a0"
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
pour: titres perdus
pages: [2, 3]
si ça bloque: blocage
attention: [Prendre son temps.]
contacts:
  tel:
    téléphone: "3230"
    libellé: Numéro
    public: conseiller
    horaires: lundi au vendredi 8h30-19h
    note: Gratuit
  site:
    site: www.guichet.fr
    libellé: Site_du_guichet
    public: usager
    doute: Le livret l'écrit de deux façons.
question: Que veut l'usager ?
réponses:
  - id: titre
    libellé: Un titre
    question: Est-il perdu ?
    réponses:
      - id: oui
        libellé: Oui, perdu
        pages: [2]
        ne pas renseigner: [Le prix d'un titre.]
        étapes: [Ouvrir le site., Remplir la déclaration.]
        contacts: [site]
      - id: non
        libellé: Non
        pas de second niveau: Il suffit d'attendre
        étapes: [Attendre.]
  - id: blocage
    libellé: Ça bloque
    pages: [3]
    dans cet ordre: oui
    contacter: [site, {contact: tel, quand: si le site est en panne}]
"""
NEEDS = """\
titre/oui: [j'ai perdu mon titre]
titre/non: [mon titre n'arrive pas]
blocage: [rien ne va]
"""
DOTS = "." * 100
MARKDOWN = f"""\
# Relecture du livret{N}: Guichet

Livret d’essai, 39 Jura. Essai. Sans édition. Imprimé le {render_day(date.today())}.

Cette fiche dit, démarche par démarche, ce que l’outil fs-triage montre aux conseillers France services. \
Merci de lire chaque
démarche, de cocher «{N}Exact{N}» ou d’écrire la correction à côté, puis de signer à la fin.

À renvoyer à{N}: .............................., avant le{N}: ..............................

Pour{N}: titres perdus. Livret, pages 2 et 3. 3 démarches{N}: 2 au 1er niveau, 1 au 2nd niveau.

**Pour toutes les démarches{N}:**

- Prendre son temps.

## Vos contacts

- Site_du_guichet{N}: Site `www.guichet.fr` – L’usager peut s’en servir lui-même. \
**À vérifier{N}:** Le livret l’écrit de deux façons. Démarches 1, 3.

  ☐ Exact ☐ À corriger{N}:

  {DOTS}

- Numéro{N}: Téléphone `3230` – Réservé au conseiller{N}: ne jamais le donner à l’usager. \
Horaires{N}: lundi à vendredi 8h30-19h. Gratuit. Démarche 3.

  ☐ Exact ☐ À corriger{N}:

  {DOTS}

## Un titre

### 1. Oui, perdu

1er niveau{N}: le conseiller fait la démarche sur place, avec l’usager.

On y arrive en répondant{N}: à «{N}Que veut l’usager{N}?{N}», «{N}Un titre{N}», puis à «{N}Est-il perdu{N}?{N}», \
«{N}Oui, perdu{N}».

**Le conseiller ne renseigne pas{N}:**

- Le prix d’un titre.

1. Ouvrir le site.
2. Remplir la déclaration.

**Contacts utiles{N}:**

- Site_du_guichet{N}: Site `www.guichet.fr` – L’usager peut s’en servir lui-même.

Si la démarche bloque, le conseiller passe à la démarche n°{N}3, «{N}Ça bloque{N}».

Livret, page 2.

☐ Exact ☐ À corriger{N}:

{DOTS}

### 2. Non

1er niveau{N}: le conseiller fait la démarche sur place, avec l’usager.

On y arrive en répondant{N}: à «{N}Que veut l’usager{N}?{N}», «{N}Un titre{N}», \
puis à «{N}Est-il perdu{N}?{N}», «{N}Non{N}».

1. Attendre.

Il n’y a pas de 2nd niveau. Il suffit d’attendre.

Livret, pages 2 et 3.

☐ Exact ☐ À corriger{N}:

{DOTS}

## Démarches proposées d’emblée

### 3. Ça bloque

2nd niveau{N}: le conseiller transmet la demande.

On y arrive en répondant{N}: à «{N}Que veut l’usager{N}?{N}», «{N}Ça bloque{N}».

**À contacter, dans cet ordre{N}:**

1. Site_du_guichet{N}: Site `www.guichet.fr` – L’usager peut s’en servir lui-même.
2. Numéro{N}: Téléphone `3230` – Réservé au conseiller{N}: ne jamais le donner à l’usager. \
Quand{N}: si le site est en panne.

Livret, page 3.

☐ Exact ☐ À corriger{N}:

{DOTS}

## Il manque une démarche

Ce que les usagers vous demandent, et que cette fiche ne dit pas{N}:

{DOTS}

{DOTS}

{DOTS}

## Approbation, Guichet

☐ J’ai relu toutes les démarches et tous les contacts de cette fiche{N}; \
je les approuve, avec les corrections écrites ci-dessus.

Nom et fonction{N}: ..............................

Date{N}: ..............................

Signature{N}: ..............................

À renvoyer à{N}: .............................., avant le{N}: ..............................
"""
TAGS = "html head meta title style body main header section article div h1 h2 h3 p ol ul li span strong br".split()  # noqa: SIM905
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


class Page(HTMLParser):
    """What a browser would find in a page: its tags, its attributes, its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()
        self.text = re.sub(r"[ \n]+", " ", " ".join(self.texts))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, "the tags of the page must match"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "title"):
            self.texts.append(data)


def assert_harmless(page: Page) -> None:
    assert page.tags[:3] == ["html", "head", "meta"]
    assert set(page.tags) <= set(TAGS)
    assert {name for name, _ in page.attributes} <= {
        "lang",
        "charset",
        "http-equiv",
        "content",
        "name",
        "class",
    }
    assert ("content", POLICY) in page.attributes
    assert page.attributes.index(("content", POLICY)) < 4, "the policy stands before what it governs"
    assert page.open == []


@pytest.fixture(scope="module")
def essai(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rules") / "essai"
    texts = {"livret.yaml": LIVRET, "partenaires/guichet.yaml": PARTNER, "besoins/guichet.yaml": NEEDS}
    write_files(folder, texts)
    return folder


def test_the_sheet_on_standard_output(run: Run, essai: Path) -> None:
    done = run("relecture", "guichet", "--regles", str(essai))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == MARKDOWN


@pytest.mark.parametrize("name", ["fiche.md", "fiche.html", "FICHE.HTML"])
def test_the_sheet_in_a_file(run: Run, essai: Path, tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    target.write_text("avant", encoding="utf-8")
    done = run("relecture", "-o", str(target), "--regles", str(essai))
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"Fiche de relecture écrite dans «{N}{target}{N}».\n"
    text = target.read_text(encoding="utf-8")
    assert (
        text == MARKDOWN if name.endswith(".md") else text.startswith('<!DOCTYPE html>\n<html lang="fr">\n')
    )
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("fiche.pdf", 2, "« {} » ne dit pas la forme voulue ; donnez un nom qui finit par .html ou .md.\n"),
        ("fiche", 2, "« {} » ne dit pas la forme voulue ; donnez un nom qui finit par .html ou .md.\n"),
        (
            "absent/fiche.md",
            74,
            "« {} » n’a pas pu être écrit (il n’y a pas de dossier « {parent} ») ; "
            "créez-le d’abord, ou donnez-en un autre.\n",
        ),
        (
            "dossier.md",
            74,
            "« {} » n’a pas pu être écrit (c’est un dossier) ; choisissez un autre fichier.\n",
        ),
    ],
)
def test_a_file_that_cannot_be(
    run: Run, essai: Path, tmp_path: Path, name: str, code: int, message: str
) -> None:
    (tmp_path / "dossier.md").mkdir()
    target = tmp_path / name
    done = run("relecture", "-o", str(target), "--regles", str(essai))
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.replace(N, " ") == message.format(target, parent=target.parent)
    assert done.stderr.count(N) == message.count(" ;") + message.count("« ") + message.count(" »")
    assert [path.name for path in tmp_path.iterdir()] == ["dossier.md"]


def test_nothing_of_our_livret_is_missing(run: Run, tmp_path: Path) -> None:
    conclusions = json.loads(run("liste", "--json").stdout)["matches"]
    contacts = json.loads(run("contacts", "--json").stdout)["contacts"]
    assert len(conclusions) > 100
    run("relecture", "-o", str(tmp_path / "tous.html"))
    page = Page((tmp_path / "tous.html").read_text(encoding="utf-8"))
    assert_harmless(page)
    sheet = run("relecture").stdout
    sentences = [
        text for c in conclusions for key in ("steps", "do_not", "warnings", "contacts") for text in c[key]
    ]
    wanted = [text if isinstance(text, str) else text["value"] for text in sentences]
    wanted += [
        c[key] for c in (*conclusions, *contacts) for key in ("title", "label", "doubt", "note") if c.get(key)
    ]
    assert len(wanted) > 900
    assert [text for text in wanted if text not in page.text] == []
    shown = unescape(MarkdownIt("commonmark").render(sheet))
    assert [text for text in wanted if text not in shown] == []
    assert [c["id"] for c in conclusions if c["id"] in page.text] == []
    boxes = 2 * len(conclusions) + 2 * len(contacts) + len({c["partner"] for c in conclusions})
    assert (page.text.count("☐"), sheet.count("☐")) == (boxes, boxes)
    assert page.text.count("Signature") == 9


HOSTILE = [
    "<script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "' onclick='x",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">ici</a>',
    "</style><style>body{display:none}",
    "--><!--",
    "&lt;b&gt; &amp; &#60;",
    "{{ 7 * 7 }} {% raw %}",
    "](javascript:alert(1)) **gras** `code` # titre | > - 1. x",
    "<meta http-equiv=refresh content=0>",
]
MARKUP = [
    "1. x",
    "2)",
    "# t",
    "#",
    "- a",
    "+",
    "---",
    "- - -",
    "===",
    "> q",
    "_a_",
    "a_b_",
    "~~x~~",
    "| a |",
    "| - |",
]
MARKUP += [":-:", "\\", "``", "a`b", "&copy;x", "![a](b)", "<http://a.fr>", "***", "~~~", "[a]: http://x"]
words = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=("Cc", "Cs", "Zs")), min_size=1)
hostile = st.lists(words, min_size=1, max_size=3).map(" ".join)


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    def text_lists() -> list[TextList]:
        return [
            TextList(draw(hostile), (draw(hostile),), numbered=tone == "plain", tone=tone) for tone in Tone
        ]

    contact = ContactCard(
        **{key: draw(hostile) for key in ("label", "kind", "value", "audience")},
        for_counsellor=draw(st.booleans()),
        condition=Remark(draw(hostile), draw(hostile)),
        details=(Remark(draw(hostile)), Remark(draw(hostile), draw(hostile), Tone.WARNING)),
    )
    contacts = ContactList(draw(hostile), (contact,), to_reach=True, in_order=draw(st.booleans()))
    card = Card(
        **{key: draw(hostile) for key in ("title", "banner", "way", "pages")},
        id="",
        level=2,
        sections=(*text_lists(), contacts, Remark(draw(hostile))),
    )
    partner: PartnerSheet = {
        "label": draw(hostile),
        "about": draw(hostile),
        "pages": draw(hostile),
        "counts": draw(hostile),
        "reviewed": draw(hostile),
        "common": text_lists(),
        "contacts": [{"contact": contact, "used": [1]}],
        "missing": [MissingContact(draw(hostile), draw(hostile), draw(hostile), (1,))],
        "groups": [{"title": draw(hostile), "demarches": [{"number": 1, "card": card}]}],
    }
    return {
        "title": draw(hostile),
        "departement": draw(hostile),
        **{key: draw(hostile) for key in ("source", "edition", "day", "owner", "return_by")},
        "partners": [partner],
    }


def strings(data: object) -> list[str]:
    if isinstance(data, Tone):
        return []
    if isinstance(data, dict):
        return [text for value in data.values() for text in strings(value)]
    if isinstance(data, list | tuple):
        return [text for value in data for text in strings(value)]
    return [data] if isinstance(data, str) else []


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@settings(max_examples=40, deadline=None)
@given(sheets())
def test_no_text_becomes_html(content: Sheet) -> None:
    page = Page(render_sheet(content, ".html"))
    assert_harmless(page)
    shown = squeezed(page.text)
    assert [text for text in strings(content) if squeezed(text) not in shown] == []


@pytest.mark.parametrize("before", ["", "- "])
@pytest.mark.parametrize("text", [*HOSTILE, *MARKUP])
def test_no_text_becomes_markdown(text: str, before: str) -> None:
    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    shown = markdown.render(before + escape_markdown(text)).removeprefix("<ul>\n<li>").removeprefix("<p>")
    shown = shown.strip().removesuffix("</li>\n</ul>").removesuffix("</p>")
    assert "<" not in shown and unescape(shown) == text
    code = markdown.render(f"x {quote_code(text)}")
    assert unescape(code.removeprefix("<p>x <code>").removesuffix("</code></p>\n")) == text


@pytest.mark.parametrize(
    "text",
    [
        "03.63.67.80.65",
        "prenom.nom_39@jura.fr",
        "https://www.caf.fr/#!/a_b?c=1&d=2",
        "C'est à 15 h - ou + tard.",
    ],
)
def test_what_is_no_markdown_stays_as_it_is(text: str) -> None:
    assert escape_markdown(text) == text


def test_hostile_labels_from_a_rule_file(run: Run, essai: Path, tmp_path: Path) -> None:
    folder = tmp_path / "essai"
    label = '"><script>alert(1)</script>{{ 7 * 7 }}'
    text = PARTNER.replace("libellé: Ça bloque", f"libellé: {json.dumps(label)}")
    write_files(folder, {"livret.yaml": LIVRET, "partenaires/guichet.yaml": text})
    done = run("relecture", "-o", str(tmp_path / "f.html"), "--regles", str(folder))
    assert done.returncode == 0, done.stderr
    page = Page((tmp_path / "f.html").read_text(encoding="utf-8"))
    assert_harmless(page)
    assert f"3. {label}" in page.text


def test_where_it_goes_back_and_when(run: Run, essai: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(essai, tmp_path / "essai"))
    edit(folder / "livret.yaml", ("source: Essai", "source: Essai\nresponsable: livret@jura.fr"))
    done = run("relecture", "--retour-avant", "2027-01-15", "--regles", str(folder))
    assert done.stdout.count("\nÀ renvoyer à `livret@jura.fr`, avant le 15 janvier 2027 au soir.\n") == 2


@pytest.mark.parametrize("day", ["15/01/2027", "2027-13-01", "demain", "20270115", "2027-W01-1"])
def test_a_day_that_is_none(run: Run, essai: Path, day: str) -> None:
    done = run("relecture", "--retour-avant", day, "--regles", str(essai))
    assert (done.returncode, done.stdout) == (2, "")
    assert day in done.stderr and "écrivez par exemple 2026-12-31" in done.stderr


def test_rules_that_are_broken_are_not_given_to_sign(run: Run, essai: Path, tmp_path: Path) -> None:
    """The desk goes on with those that served before; nobody may approve them as if they were the new ones."""
    folder = Path(shutil.copytree(essai, tmp_path / "essai"))
    assert run("liste", "--regles", str(folder)).returncode == 0
    edit(
        folder / "partenaires" / "guichet.yaml",
        ('téléphone: "3230"', 'téléphone: "3231"'),
        ("libellé: Ça bloque", "libellé: Ça : bloque"),
    )
    assert run("liste", "--regles", str(folder)).returncode == 0
    done = run("relecture", "guichet", "-o", str(tmp_path / "f.html"), "--regles", str(folder))
    assert (done.returncode, done.stdout) == (3, "")
    assert "Les règles ne peuvent pas servir" in done.stderr.splitlines()[-1]
    assert not (tmp_path / "f.html").exists()


def test_a_contact_that_is_missing_is_asked_for(run: Run, essai: Path, tmp_path: Path) -> None:
    """Those of another département are to be replaced; the partner is asked for them."""
    shutil.copytree(essai, tmp_path / "essai")
    heir = tmp_path / "doubs"
    heir.mkdir()
    text = LIVRET.replace("id: essai", "id: doubs").replace("partenaires: [guichet]", "hérite de: essai")
    text = text.replace("39 Jura", "25 Doubs")
    (heir / "livret.yaml").write_text(text, encoding="utf-8")
    site = "contacts:\n  site:\n    site: www.doubs.fr\n    libellé: Site\n    public: usager\n"
    write_files(heir, {"partenaires/guichet.yaml": site})
    sheet = run("relecture", "guichet", "--regles", str(heir)).stdout
    asked = sheet.partition("## Contacts qui manquent\n")[2].partition("\n## ")[0]
    assert (
        f"- Numéro{N}: Téléphone. Réservé au conseiller{N}: ne jamais le donner à l’usager. Démarche 3.\n"
        in asked
    )
    assert "Site" not in asked and "3230" not in sheet
    run("relecture", "guichet", "-o", str(tmp_path / "f.html"), "--regles", str(heir))
    page = Page((tmp_path / "f.html").read_text(encoding="utf-8"))
    assert_harmless(page)
    assert "Contacts qui manquent" in page.text and "Aucun contact." not in page.text
