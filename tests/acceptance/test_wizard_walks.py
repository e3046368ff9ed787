"""Every conclusion of the booklet is reached by a walk in a real pseudo-terminal, and read off its screen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from conftest import JURA, RULES, clean_environment
from terminal import DOWN, END, ENTER, ESCAPE, HOME, LEFT, MENU, SIZES, Terminal, terminal, words

from fs_triage.livret import OpenLivret, open_livret
from fs_triage.render.contact_values import group_phone_number
from fs_triage.render.labels import LEVEL_BANNERS, get_level_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.contract import Conclusion, Question

PARTNERS = yaml.safe_load((RULES / "socle" / "livret.yaml").read_text("utf-8"))["partenaires"]
FIRST = "Pour quel partenaire ?"


@pytest.fixture(scope="module")
def livret(home: Path) -> OpenLivret:
    """The booklet, from the index that the windows use too."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in clean_environment(home).items():
            patch.setenv(name, value)
        return open_livret(str(JURA))


class Walker:
    """Goes through everything below a partner, answer by answer, and keeps what it has reached."""

    def __init__(self, window: Terminal, livret: OpenLivret) -> None:
        self.window = window
        self.livret = livret
        self.reached: set[str] = set()
        self.unasked: set[str] = set()
        """Conclusions of questions that open one of them: found by words and by id, never asked for."""

    def question(self, node: str) -> Question:
        question: Question = json.loads(self.livret.get_question_json(node))
        return question

    def conclusion(self, node: str) -> Conclusion:
        conclusion: Conclusion = json.loads(self.livret.get_conclusion_json(self.livret.get_node(node).first))
        return conclusion

    def through(self, node: str, way: list[str]) -> None:
        """Take each answer of `node` in turn, where the screen shows `way`; end where it began."""
        question = self.question(node)
        shown = f"{' › '.join(way)}{question['question']}"
        self.window.see(shown, gone=[MENU])
        for rank, choice in enumerate(question["answers"]):
            self.window.send(DOWN if rank else "")  # coming back, the answer taken is pointed at
            self.window.send(ENTER)
            own = f"{node}/{choice['id']}".lstrip("/")
            if choice["level"]:
                self.read(choice["to"])
                self.reached.add(choice["to"])
                if choice["to"].startswith(f"{own}/"):
                    self.unasked |= {f"{own}/{answer['id']}" for answer in self.question(own)["answers"]}
                self.window.send(ESCAPE)
            elif choice["to"] == own:
                self.through(choice["to"], [*way, choice["label"]])
                self.window.send(LEFT)
            else:  # an answer that leads to a question elsewhere
                self.window.see(self.question(choice["to"])["question"], gone=[shown])
                self.window.send(LEFT)
            self.window.see(shown, gone=[MENU])

    def read(self, node: str) -> None:
        """Read the card of `node` to its end, and hold it against the booklet's."""
        conclusion = self.conclusion(node)
        way = " › ".join(
            [self.question(conclusion["partner"])["title"], *(s["answer"] for s in conclusion["path"])]
        )
        read = words("".join(self.window.see_card(node, way=way)))
        assert words(LEVEL_BANNERS[get_level_key(conclusion)]) in words(self.window.text())
        for text in (
            *conclusion["steps"],
            *conclusion["do_not"],
            *conclusion["warnings"],
            f"page{'s' if len(conclusion['pages']) > 1 else ''} {conclusion['pages'][0]}",
        ):
            assert words(text) in read, (node, text)
        for contact in conclusion["contacts"]:
            value = contact["value"]
            for text in (
                (group_phone_number(value) if contact["kind"] == "phone" else "") or value,
                contact["label"],
                contact["when"],
                contact["note"],
                contact["doubt"],
            ):
                assert words(text or "") in read, (node, text)


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "40x20"])
@pytest.mark.parametrize("part", [0, 1, 2])
def test_every_conclusion(home: Path, livret: OpenLivret, part: int, size: tuple[int, int]) -> None:
    """One window for a third of the partners; the three parts share the work among processors."""
    partners = PARTNERS[part::3]
    expected = {
        json.loads(text)["id"] for partner in partners for text in livret.list_conclusions_json(partner)
    }
    assert len(expected) > len(partners)
    columns, rows = size
    with terminal(home=home, columns=columns, rows=rows) as window:
        walker = Walker(window, livret)
        for partner in partners:
            window.see(FIRST)
            window.send(HOME, DOWN * PARTNERS.index(partner), ENTER)
            walker.through(partner, [walker.question(partner)["title"]])
            window.send(LEFT)
        window.see(FIRST)
        assert walker.reached | walker.unasked == expected
        window.send(END, ENTER)
        assert window.end() == 0
        assert window.given_back()
