"""The words of a search: how they sound, the families they are of, the file of synonyms."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from conftest import JURA, RULES, Run
from hypothesis import given
from hypothesis import strategies as st

from fs_triage.cli import chercher
from fs_triage.rules import flatten, load
from fs_triage.search import features as vocabulary
from fs_triage.search import phonetics, train, training_set

ALIKE = {
    "allocation": "alocation alocassion allocations",
    "retraite": "retrete retraites retraité",
    "bloqué": "bloké bloquée bloquer bloquent",
    "chômage": "chomage chaumage",
    "impôts": "inpots impot",
    "déménagement": "demenagement deménagements",
    "remboursement": "rembourser rembourcé remboursements",
    "quinzaine": "kinzaine",
    "exploitant": "exploitante exploitantes",
    "téléphone": "telefone",
    "ameli": "AMELI amèli",
}
APART = (
    "payer père",
    "email ameli",
    "décès des",
    "née ne",
    "loyer loi",
    "foyer fois",
    "arrêt are",
    "appli apl",
)


def key(word: str) -> str:
    (found,) = phonetics.compute_keys(phonetics.split_words(word))
    return found


@pytest.mark.parametrize("word", ALIKE)
def test_a_word_is_known_however_it_is_spelt(word: str) -> None:
    assert {spelling: key(spelling) for spelling in ALIKE[word].split()} == dict.fromkeys(
        ALIKE[word].split(), key(word)
    )


@pytest.mark.parametrize("words", APART)
def test_words_that_are_not_one_stay_apart(words: str) -> None:
    one, other = words.split()
    assert key(one) != key(other)


SLIPS = {"a letter less": "retrat", "more": "retrrait", "another": "retrbit", "moved": "retrati"}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_one_letter_and_not_the_first(slip: str) -> None:
    assert "retrait" in vocabulary.list_misspellings(SLIPS[slip])
    assert not {"retrait", "setrait", "etrait"} & vocabulary.list_misspellings("retrait")


def test_the_days_of_the_calendar_say_nothing() -> None:
    assert key("lundi") == key("Août") == key("décembre")


@given(st.text())
def test_every_word_has_a_key_and_what_was_typed(text: str) -> None:
    words = phonetics.split_words(text)
    keys = phonetics.compute_keys(words)
    assert len(keys) == len(words) == len(phonetics.list_typed_words(text))
    assert all(key and not key.isspace() and " " not in key for key in keys)
    assert keys == [phonetics.compute_keys([word])[0] for word in words]
    assert phonetics.split_words(" ".join(words)) == words


FRENCH = st.text(st.sampled_from("aeàéçœŒÆßÉİЖ  ’'«»…–—€\u00a0\u202f\u0301²ªZz9-"))


@given(st.lists(FRENCH))
def test_words_of_many_texts_are_those_of_each(texts: list[str]) -> None:
    assert phonetics.split_words_of_texts(texts) == [phonetics.split_words(text) for text in texts]


@given(FRENCH, FRENCH)
def test_a_letter_is_the_same_in_whatever_text_it_stands(text: str, other: str) -> None:
    """Texts that fit Latin-1 are read another way than those that do not: with the same words."""
    assert phonetics.split_words(f"{text} Ж {other}") == [
        *phonetics.split_words(text),
        "ж",
        *phonetics.split_words(other),
    ]


@given(st.lists(st.text(min_size=1)))
def test_no_word_is_taken_for_a_mark(texts: list[str]) -> None:
    signs = {sign for name, sign in vars(vocabulary.FeatureKind).items() if name.isupper()}
    assert len(signs) > 5
    assert signs == {*chercher._FEATURE_NAMES}
    keys = (key for text in texts for key in phonetics.compute_keys(phonetics.split_words(text)))
    assert not {key[0] for key in keys} & signs


def test_a_phrase_stands_for_its_mark_wherever_it_is_said() -> None:
    loaded = load.load_livret(JURA)
    assert loaded.livret is not None
    learnt = training_set.build_training_set(loaded.livret, flatten.flatten_livret(loaded.livret))
    said, neutral = train._list_phrases(learnt), train.find_neutral_words(learnt)
    assert len(said) > 1500
    phrases = train._index_phrases(said, neutral)
    for phrase, mark in said:
        [keys] = train._compute_keys([f"eh bien {phrase} voilà"], neutral)
        features = [feature for feature in (*keys, *vocabulary.iter_pairs(keys)) if feature in phrases]
        assert mark in set(vocabulary.iter_marks(keys, phrases, features)), phrase


@given(st.lists(st.tuples(st.sampled_from(["", " a", " b c"]), st.sampled_from(["#x", "%y-z", "@caf"]))))
def test_phrases_are_read_as_they_were_written(phrases: list[tuple[str, str]]) -> None:
    assert vocabulary.parse_phrases(vocabulary.dump_phrases(phrases)) == phrases


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The livrets that come with the program, in a folder of their own."""
    shutil.copytree(RULES, tmp_path / "regles")
    return tmp_path / "regles"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (1, 1))


NEED = "refaire la gloubiche perdue de ma moto"
MEANT = "#carte-grise"


def parts(run: Run, rules: Path) -> dict[str, float]:
    """Return what has part in the score of what `NEED` finds first."""
    ran = run("chercher", NEED, "--json", "--expliquer", "--regles", str(rules / "jura"))
    match = json.loads(ran.stdout)["matches"][0]
    assert match["id"] == "ants/carte-grise/duplicata"
    return dict(match["parts"])


def test_a_livret_adds_its_own_synonyms_to_the_shared_ones(run: Run, rules: Path) -> None:
    before = parts(run, rules)
    assert MEANT not in before and "#moto" in before
    own = rules / "jura" / "mots/synonymes.yaml"
    kept = own.read_text(encoding="utf-8")
    write(own, kept.replace("synonymes:\n", "synonymes:\n  - {mot: carte grise, aussi: [gloubiche]}\n", 1))
    after = parts(run, rules)
    assert after[MEANT] > 1 and "#moto" in after
    write(own, kept)
    assert parts(run, rules) == before


def test_synonyms_beside_the_livrets_serve_them_all(run: Run, rules: Path) -> None:
    shared = (rules / "mots/synonymes.yaml").read_text(encoding="utf-8")
    assert "synonymes:\n" in shared
    more = "synonymes:\n  - {mot: carte grise, aussi: [gloubiche]}\n"
    write(rules / "mots/synonymes.yaml", shared.replace("synonymes:\n", more, 1))
    after = parts(run, rules)
    assert after[MEANT] > 1 and "#moto" in after


WRONG = {
    "synonymes:\n  - {mot: argent, aussi: [thune], aussi: sous}\n": "2:35: clé répétée «\xa0aussi\xa0»",
    "synonymes:\n  - {mot: argent, aussi: []}\n": "2:26: ",
    "synonymes:\n  - {mot: argent}\n": "2:5: il manque la clé «\xa0aussi\xa0»",
    "thèmes:\n  - {thème: ferme, mots: [vache], partenaire: La MSA}\n": "2:47: «\xa0La MSA\xa0» n’est pas "
    "un identifiant",
    "thèmes: vache\n": "1:9: «\xa0thèmes\xa0»\xa0: un texte\xa0; attendu\xa0: une liste",
    "synonym: []\n": "1:1: clé inconnue «\xa0synonym\xa0»\xa0; vouliez-vous dire «\xa0synonymes\xa0»\xa0?",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_file_of_synonyms_is_told_where_it_is_wrong(tmp_path: Path, text: str) -> None:
    shutil.copytree(JURA, tmp_path / "jura")
    write(tmp_path / "mots/synonymes.yaml", text)
    loaded = load.load_livret(tmp_path / "jura")
    told = [str(problem) for problem in loaded.problems]
    assert loaded.livret is None and len(told) == 1
    assert told[0].startswith(f"{tmp_path / 'mots/synonymes.yaml'}:{WRONG[text]}"), told
