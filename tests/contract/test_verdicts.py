"""What each thing that words may be understood as looks like: text, messages, JSON; made by hand, not by the search."""

from __future__ import annotations

import copy
import json
from typing import Any

import jsonschema
import pytest
from conftest import ROOT, Call

from fs_triage.cli import chercher, suggestions
from fs_triage.contract import NOTHING_FOUND, OK
from fs_triage.text import typography
from fs_triage.understanding.result import Topic, Understanding, UnknownWord, Verdict

SCHEMA = json.loads((ROOT / "docs" / "reponse.schema.json").read_text(encoding="utf-8"))


class Hit:
    """A conclusion found, with what a search says of it."""

    def __init__(self, position: int, *words: str, score: float = 0.5) -> None:
        self.position = position
        self.words = list(words)
        self.score = score
        self.parts = dict.fromkeys(words, 1.0)


class Need:
    """One of several needs, as the result has them."""

    def __init__(self, text: str, hits: list[Hit]) -> None:
        self.text = text
        self.hits = hits


@pytest.fixture
def positions(call: Call) -> dict[str, int]:
    lines = call("liste")[1].splitlines()
    return {line.partition("\t")[0]: position for position, line in enumerate(lines)}


@pytest.fixture
def mean(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make every text mean what is given."""

    def set_meaning(understood: Understanding) -> Understanding:
        for module in (chercher, suggestions):
            monkeypatch.setattr(module, "understand", lambda *_, **__: understood)
        return understood

    return set_meaning


def said(text: str) -> str:
    return typography.typeset_french(text) + "\n"


def as_json(call: Call, *words: str) -> tuple[int, dict[str, Any]]:
    """Return the JSON answer of a search, which holds to the schema."""
    code, out, _ = call("chercher", "--json", *words)
    answer = json.loads(out)
    closed = copy.deepcopy(SCHEMA)
    closed["$defs"]["matches"]["additionalProperties"] = False
    jsonschema.Draft202012Validator(closed).validate(answer)
    return code, answer


def test_what_is_out_of_the_livret_is_named_with_where_to_turn(call: Call, mean: Any) -> None:
    mean(
        Understanding(
            Verdict.OUT_OF_SCOPE, topic=Topic("chèque énergie", "chequeenergie.gouv.fr ou 0 805 204 805")
        )
    )
    message = said(
        "Ce livret ne parle pas de ce sujet : chèque énergie. "
        "Où s’adresser : chequeenergie.gouv.fr ou 0 805 204 805."
    )
    assert call("chercher", "chèque", "énergie") == (NOTHING_FOUND, "", message)
    assert call("fiche", "chèque", "énergie") == (NOTHING_FOUND, "", message)
    code, answer = as_json(call, "chèque énergie")
    assert (code, answer["verdict"], answer["matches"]) == (NOTHING_FOUND, "out-of-scope", [])
    assert answer["topic"] == {"name": "chèque énergie", "where": "chequeenergie.gouv.fr ou 0 805 204 805"}


def test_where_nobody_wrote_where_to_turn_another_service_is_said_softly(call: Call, mean: Any) -> None:
    softly = "Un autre service peut-être : voyez avec l’usager vers qui l’orienter."
    mean(Understanding(Verdict.OUT_OF_SCOPE, topic=Topic("naturalisation")))
    assert call("chercher", "x")[2] == said(f"Ce livret ne parle pas de ce sujet : naturalisation. {softly}")
    mean(Understanding(Verdict.OUT_OF_SCOPE))
    assert call("chercher", "x")[2] == said(f"Ce livret ne parle pas de cela : « x ». {softly}")
    assert as_json(call, "x")[1]["topic"] is None


NOT_UNDERSTOOD = {
    "Pas compris : « pemsi zorglub ». Mots non reconnus : « pemsi » (peut-être « permis » ou « pneu »), « zorglub ». "
    "Redites-le avec d’autres mots.": [
        UnknownWord("pemsi", ["permis", "pneu", "pense"]),
        UnknownWord("zorglub", []),
    ],
    "Pas compris : « pemsi zorglub ». Mot non reconnu : « zorglub ». Redites-le avec d’autres mots.": [
        UnknownWord("zorglub", [])
    ],
    "Pas compris : « pemsi zorglub ». Redites-le avec d’autres mots.": [],
}


@pytest.mark.parametrize(("message", "unknown"), NOT_UNDERSTOOD.items())
def test_what_is_not_understood_names_the_words(
    call: Call, mean: Any, message: str, unknown: list[UnknownWord]
) -> None:
    mean(Understanding(Verdict.UNKNOWN, unknown_words=unknown))
    assert call("chercher", "pemsi zorglub") == (NOTHING_FOUND, "", said(message))
    code, answer = as_json(call, "pemsi zorglub")
    assert (code, answer["verdict"], answer["matches"]) == (NOTHING_FOUND, "unknown", [])
    assert answer["unknown_words"] == [{"word": word.word, "nearest": word.nearest} for word in unknown]


def test_a_single_word_that_nothing_is_like_is_not_said_twice(call: Call, mean: Any) -> None:
    mean(Understanding(Verdict.UNKNOWN, unknown_words=[UnknownWord("zorglub", [])]))
    assert call("chercher", "zorglub")[2] == said(
        "Pas compris : « zorglub ». Redites-le avec d’autres mots ; tout ce que dit le livret : « fs-triage liste »."
    )


def test_another_language_is_asked_for_in_french(call: Call, mean: Any) -> None:
    mean(Understanding(Verdict.UNKNOWN, is_foreign=True))
    message = said(
        "Pas compris : « help me » n’est pas du français, à ce qu’il semble. Dites-le en français."
    )
    assert call("chercher", "help me") == call("fiche", "--", "help me") == (NOTHING_FOUND, "", message)
    assert as_json(call, "help me")[1]["is_foreign"] is True


def test_many_and_long_words_are_cut(call: Call, mean: Any) -> None:
    unknown = [UnknownWord("z" * 5000, ["y" * 5000] * 9) for _ in range(500)]
    mean(Understanding(Verdict.UNKNOWN, unknown_words=unknown, known_words=["k" * 5000] * 500, reach=0.5))
    for arguments in (("chercher",), ("chercher", "--expliquer"), ("fiche",)):
        err = call(*arguments, "x" * 5000)[2]
        assert len(err.encode()) < 3000 and all(
            line.isprintable() for line in err.replace("\u00a0", "").splitlines()
        )


def test_a_vague_need_lists_what_would_settle_it(call: Call, mean: Any) -> None:
    mean(Understanding(Verdict.VAGUE, choices=["caf/rsa", "la-poste/digiposte"]))
    lines = said("Besoin trop vague : « courrier ». Dites-en plus, ou choisissez :").splitlines()
    for command in ("chercher", "fiche"):
        code, out, err = call(command, "courrier zzz" if command == "fiche" else "courrier")
        assert (code, out) == (NOTHING_FOUND, "")
        assert err.splitlines()[0].endswith(lines[0][-30:])
        assert [line.split("  # ")[0] for line in err.splitlines()[1:]] == [
            "  fs-triage caf/rsa",
            "  fs-triage la-poste/digiposte",
        ]
        assert "(1er niveau)" in err.splitlines()[2]
    code, answer = as_json(call, "courrier")
    assert (code, answer["verdict"], answer["matches"]) == (NOTHING_FOUND, "vague", [])
    assert [(choice["id"], choice["level"]) for choice in answer["choices"]] == [
        ("caf/rsa", None),
        ("la-poste/digiposte", 1),
    ]
    assert answer["choices"][0]["question"] and answer["choices"][1]["question"] is None
    looked_up = json.loads(call("fiche", "courrier zzz", "--json")[1])
    assert [near["id"] for near in looked_up["near"]] == ["la-poste/digiposte"]


def test_what_may_be_meant_is_said_to_be_a_guess_at_its_head(
    call: Call, mean: Any, positions: dict[str, int]
) -> None:
    hits: Any = [Hit(positions["ants/permis/refaire/vol"], "permis")]
    mean(Understanding(Verdict.MAYBE, hits=hits, unknown_words=[UnknownWord("zorglub", [])]))
    code, out, err = call("chercher", "permis zorglub")
    assert (code, err) == (OK, "")
    assert out.startswith(
        said("Peut-être, sans certitude. Reconnu : « permis ». Mot non reconnu : « zorglub ».") + "\nANTS"
    )
    code, answer = as_json(call, "permis zorglub")
    assert (code, answer["verdict"]) == (OK, "maybe")
    assert [match["id"] for match in answer["matches"]] == ["ants/permis/refaire/vol"]
    code, out, err = call("caf", "zzz")
    assert (code, out) == (NOTHING_FOUND, "") and "ants/permis/refaire/vol" in err
    assert err.startswith(said("Rien ne porte exactement « caf zzz ». Mot non reconnu : « zorglub ».")[:-1])


def test_several_needs_are_grouped(call: Call, mean: Any, positions: dict[str, int]) -> None:
    vol, rsa, poste = (
        Hit(positions[node]) for node in ("ants/permis/refaire/vol", "caf/rsa/demande", "la-poste/digiposte")
    )
    hits: Any = [vol, rsa, poste]
    needs: list[Any] = [Need("on m’a volé mon permis", [vol]), Need("je veux le rsa", [rsa])]
    mean(Understanding(Verdict.MATCHES, hits=hits, needs=needs, tied=hits[:2]))
    out = call("chercher", "x")[1]
    assert out.startswith(said("Besoin 1 : «")[:-2]), "two needs are no tie"
    headings = [
        said("Besoin 1 : « on m’a volé mon permis »"),
        "ants/permis/refaire/vol",
        said("Besoin 2 : « je veux le rsa »"),
        "caf/rsa/demande",
        said("Autres démarches :"),
        "la-poste/digiposte",
    ]
    places = [out.index(heading) for heading in headings]
    assert places == sorted(places)
    answer = as_json(call, "x")[1]
    assert answer["needs"] == [
        {"text": "on m’a volé mon permis", "matches": ["ants/permis/refaire/vol"]},
        {"text": "je veux le rsa", "matches": ["caf/rsa/demande"]},
    ]
    assert len(answer["matches"]) == 3


TIES = {
    ("caf/rsa/demande", "caf/rsa/declaration-trimestrielle"): "« Faire une demande de RSA » ou « ",
    ("la-poste/boite-mail", "msa/numerique/boite-mail"): "De quel partenaire s’agit-il : La Poste ou MSA ?",
}


@pytest.mark.parametrize(("nodes", "told"), TIES.items())
def test_a_tie_is_told_with_what_settles_it(
    call: Call, mean: Any, positions: dict[str, int], nodes: tuple[str, str], told: str
) -> None:
    hits: Any = [Hit(positions[node]) for node in nodes]
    mean(Understanding(Verdict.MATCHES, hits=hits, tied=hits))
    code, out, err = call("chercher", "x")
    head = out.splitlines()[0]
    assert (code, err) == (OK, "")
    assert head.startswith("Les deux premières sont très proches. ") and said(told)[:-1] in head
    assert as_json(call, "x")[1]["tied"] == list(nodes)


def test_an_explained_refusal_tells_the_words_and_the_distance(call: Call, mean: Any) -> None:
    mean(
        Understanding(
            Verdict.UNKNOWN, unknown_words=[UnknownWord("svp", [])], known_words=["permis"], reach=0.421
        )
    )
    code, _, err = call("chercher", "--expliquer", "permis svp")
    assert code == NOTHING_FOUND
    assert err.splitlines()[1:] == [
        "  " + said(line)[:-1]
        for line in (
            "Mots connus : « permis »",
            "Mots inconnus : « svp »",
            "Meilleure démarche : 42 % de ce qu’il faut pour répondre",
        )
    ]
    answer = as_json(call, "--expliquer", "permis svp")[1]
    assert (answer["known_words"], answer["reach"]) == (["permis"], 0.421)
    assert "reach" not in as_json(call, "permis svp")[1]


@pytest.mark.parametrize(
    ("options", "without"),
    [
        (["--partenaire", "caf"], "--partenaire"),
        (["--niveau", "2"], "--niveau"),
        (["--partenaire", "caf", "--niveau", "2"], "--partenaire ni --niveau"),
    ],
)
def test_options_that_leave_nothing_are_named(
    call: Call, mean: Any, options: list[str], without: str
) -> None:
    mean(Understanding(Verdict.OUT_OF_SCOPE))
    message = f"Rien trouvé pour « rsa » avec ces options ; essayez sans {without}."
    assert call("chercher", "rsa", *options) == (NOTHING_FOUND, "", said(message))


def test_a_lookup_that_means_something_elsewhere_says_where(
    call: Call, monkeypatch: pytest.MonkeyPatch, positions: dict[str, int]
) -> None:
    hits: Any = [Hit(positions["ants/permis/refaire/vol"])]

    def understand(*_: Any, partner: str | None = None, **__: Any) -> Understanding:
        return Understanding(Verdict.UNKNOWN) if partner else Understanding(Verdict.MATCHES, hits=hits)

    monkeypatch.setattr(suggestions, "understand", understand)
    code, out, err = call("caf", "truc", "muche")
    assert (code, out) == (NOTHING_FOUND, "")
    assert err.splitlines()[0] == said("Rien de tel chez CAF : « caf truc muche ». Ailleurs :")[:-1]
    assert err.splitlines()[1].startswith("  fs-triage ants/permis/refaire/vol  # ")
