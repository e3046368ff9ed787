"""What a search is trained with: the texts of a livret, kept beside its index until a need is first asked for."""

from __future__ import annotations

from typing import TypedDict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.rules.flatten import Tree
    from fs_triage.rules.load import Livret


class PartnerNames(TypedDict):
    """A partner: its id, its label, all that it is called."""

    id: str
    label: str
    names: list[str]


class ConclusionTexts(TypedDict):
    """The texts of a conclusion: `partner` is the rank of its partner, `way` the answers that lead to it.

    `names` are its own label and keywords, `above` those of the questions that lead to it, `said` its steps and what
    not to do.
    """

    partner: int
    level: int
    examples: list[str]
    names: list[str]
    above: list[str]
    said: list[str]
    way: str


class TopicTexts(TypedDict):
    """Needs that the livret does not cover; `name` and `where` are empty where the officer gave none."""

    name: str
    where: str
    needs: list[str]


class TrainingSet(TypedDict):
    """All texts to learn from. `themes` are (theme, the partner it belongs to or None, words)."""

    partners: list[PartnerNames]
    conclusions: list[ConclusionTexts]
    synonyms: list[tuple[str, list[str]]]
    themes: list[tuple[str, str | None, list[str]]]
    neutral: list[str]
    out_of_scope: list[TopicTexts]
    vague: list[str]


def build_training_set(livret: Livret, grown: Tree) -> TrainingSet:
    """Return the training set of `livret`, whose tree is `grown`; conclusions are in the order of their positions."""
    from fs_triage.rules.flatten import iter_answers

    ranks = {rules.model.id: rank for rank, rules in enumerate(livret.partners)}
    told: dict[str, ConclusionTexts] = {
        node: {
            "partner": ranks[conclusion["partner"]],
            "level": conclusion["level"],
            "examples": [],
            "names": [],
            "above": [name for names in grown.names[node][2:-1] for name in names[1:]],
            "said": [*conclusion["steps"], *conclusion["do_not"]],
            "way": " ".join([conclusion["partner"], *(step["answer"] for step in conclusion["path"])]),
        }
        for node, conclusion in grown.conclusions.items()
    }
    for rules in livret.partners:
        for path, needs in rules.model.examples.items():
            node = f"{rules.model.id}/{path}"
            if node in told:
                told[node]["examples"] += needs
        for node, answer in iter_answers(rules.model):
            if node in told:
                told[node]["names"] += [answer.label, *answer.keywords]
    models = [rules.model for rules in livret.partners]
    return {
        "partners": [
            {
                "id": model.id,
                "label": model.label,
                "names": [model.id, model.label, model.name, *model.keywords],
            }
            for model in models
        ],
        "conclusions": list(told.values()),
        "synonyms": [(synonym.word, list(synonym.also)) for synonym in livret.synonyms.synonyms],
        "themes": [(theme.theme, theme.partner, list(theme.words)) for theme in livret.synonyms.themes],
        "neutral": list(livret.synonyms.neutral),
        "out_of_scope": _list_topics(livret),
        "vague": list(livret.elsewhere.vague),
    }


def _list_topics(livret: Livret) -> list[TopicTexts]:
    """Return the topics out of `livret`, then the needs that have none."""
    elsewhere = livret.elsewhere
    topics: list[TopicTexts] = [
        {"name": topic.topic, "where": topic.where or "", "needs": list(topic.needs)}
        for topic in elsewhere.topics
    ]
    if elsewhere.unsorted_needs:
        topics.append({"name": "", "where": "", "needs": elsewhere.unsorted_needs})
    return topics


def list_needs_out_of_scope(training_set: TrainingSet) -> list[str]:
    """Return the needs of every topic out of the livret."""
    return [need for topic in training_set["out_of_scope"] for need in topic["needs"]]
