"""The templates of messages: text with names to fill in, so few that one which is right here is right for all.

A template is Jinja2, of which only names, `if`, one `for` and a few filters are allowed: nothing that calls, computes
or reads elsewhere. What is allowed cannot fail when it is filled in, and ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from fs_triage.text.did_you_mean import suggest_name

NAMES = (
    "chemin",
    "condition",
    "contact",
    "demarche",
    "essais",
    "identifiant",
    "maison",
    "mandat",
    "motif",
    "pages",
    "partenaire",
    "precision",
)
"""What a template may name; `essais` is a list."""

_LIST = "essais"
_FILTERS = ("capitalize", "lower", "title", "trim", "upper")
_FOR, _JOIN = "{% for essai in essais %}…{% endfor %}", '{{ essais | join(", ") }}'
_DEFAULTS = Path(__file__).with_name("templates")


class Template(NamedTuple):
    """The subject and the body of a message, to be filled in."""

    subject: str
    body: str


class Mistake(NamedTuple):
    """What is wrong with a template, and what to do; `line` counts from 1."""

    message: str
    hint: str
    line: int = 1


def read_default(kind: str) -> Template:
    """Return the template of `kind` that comes with the program."""
    text = (_DEFAULTS / f"{kind}.txt.j2").read_text(encoding="utf-8")
    subject, _, body = text.partition("\n")
    return Template(subject, body.strip("\n"))


def fill_template(text: str, values: Mapping[str, str | list[str]]) -> str:
    """Return `text`, in which `find_mistake` finds nothing, with the names of `values` filled in."""
    return _build_environment().from_string(text).render(values).strip()


def find_mistake(text: str) -> Mistake | None:
    """Return the first mistake of a template, None when it is right; one of several lines is told with its line."""
    try:
        mistake = _find_first_mistake(text)
    except (RecursionError, SyntaxError):  # parts within parts, more than Python takes
        mistake = Mistake("modèle de message trop imbriqué", "gardez des {% if %} qui se suivent")
    if mistake is None or "\n" not in text:
        return mistake
    return mistake._replace(message=f"{mistake.message} (ligne {mistake.line} du modèle)")


def _find_first_mistake(text: str) -> Mistake | None:
    environment = _build_environment()
    try:
        tree = environment.parse(text)
    except TemplateSyntaxError as error:
        hint = "écrivez {{ demarche }} pour un nom, {% if motif %}…{% endif %} pour une partie"
        return Mistake("modèle de message qui ne se lit pas", hint, error.lineno)
    mistake = next(_iter_block_mistakes(tree.body, frozenset(NAMES)), None)
    if mistake is None:
        environment.from_string(text)
    return mistake


def _iter_block_mistakes(block: Iterable[nodes.Node], known: frozenset[str]) -> Iterator[Mistake]:
    """Yield what is not allowed in a part of a template where the names `known` are given."""
    for node in block:
        match node:
            case nodes.Output():
                for part in node.nodes:
                    yield from _iter_text_mistakes(part, known)
            case nodes.If():
                yield from _iter_test_mistakes(node.test, known)
                yield from _iter_block_mistakes([*node.body, *node.elif_, *node.else_], known)
            case nodes.For():
                yield from _iter_loop_mistakes(node, known)
            case _:
                yield _refuse_node(node)


def _iter_loop_mistakes(loop: nodes.For, known: frozenset[str]) -> Iterator[Mistake]:
    """Yield the mistakes of a loop: it goes through the list by one name, and holds no other loop."""
    over_list = isinstance(loop.iter, nodes.Name) and loop.iter.name == _LIST
    if not (over_list and isinstance(loop.target, nodes.Name)) or loop.recursive or loop.test:
        yield Mistake(
            f"«\u00a0for\u00a0» ne parcourt que «\u00a0{_LIST}\u00a0», d’un seul nom",
            f"écrivez {_FOR}",
            loop.lineno,
        )
    elif next(loop.find_all(nodes.For), None) is not None:
        yield Mistake(
            "«\u00a0for\u00a0» dans un autre «\u00a0for\u00a0»", f"écrivez {_FOR} une seule fois", loop.lineno
        )
    else:
        yield from _iter_block_mistakes(loop.body, known | {loop.target.name})
        yield from _iter_block_mistakes(loop.else_, known)


def _iter_text_mistakes(node: nodes.Node, known: frozenset[str]) -> Iterator[Mistake]:
    """Yield what is not allowed where a text is to stand."""
    match node:
        case nodes.TemplateData():
            pass
        case nodes.Const():
            if not isinstance(node.value, str):
                yield _refuse_node(node)
        case nodes.Name():
            yield from _iter_name_mistakes(node, known)
            if node.name == _LIST:
                yield Mistake(
                    f"«\u00a0{_LIST}\u00a0» est une liste", f"écrivez {_FOR} ou {_JOIN}", node.lineno
                )
        case nodes.Filter(
            name="join",
            node=nodes.Name(name="essais"),
            args=[nodes.Const(value=str())],
            kwargs=[],
            dyn_args=None,
        ):
            pass
        case nodes.Filter(args=[], kwargs=[], dyn_args=None, dyn_kwargs=None) if (
            node.name in _FILTERS and node.node is not None
        ):
            yield from _iter_text_mistakes(node.node, known)
        case nodes.Filter():
            hint = suggest_name(node.name, [*_FILTERS, "join"]) if node.name != "join" else f"écrivez {_JOIN}"
            yield Mistake(
                f"filtre «\u00a0{node.name}\u00a0» qu’un modèle de message ne permet pas ainsi",
                hint,
                node.lineno,
            )
        case nodes.CondExpr(expr2=nodes.Expr() as other):
            yield from _iter_test_mistakes(node.test, known)
            yield from _iter_text_mistakes(node.expr1, known)
            yield from _iter_text_mistakes(other, known)
        case _:
            yield _refuse_node(node)


def _iter_test_mistakes(node: nodes.Node, known: frozenset[str]) -> Iterator[Mistake]:
    """Yield what is not allowed after `if`: names, with `not`, `and`, `or` between them."""
    match node:
        case nodes.Name():
            yield from _iter_name_mistakes(node, known)
        case nodes.Not():
            yield from _iter_test_mistakes(node.node, known)
        case nodes.And() | nodes.Or():
            yield from _iter_test_mistakes(node.left, known)
            yield from _iter_test_mistakes(node.right, known)
        case _:
            yield _refuse_node(node)


def _iter_name_mistakes(node: nodes.Name, known: frozenset[str]) -> Iterator[Mistake]:
    if node.name not in known:
        hint = suggest_name(node.name, sorted(known))
        yield Mistake(f"nom «\u00a0{node.name}\u00a0» inconnu dans un modèle de message", hint, node.lineno)


def _refuse_node(node: nodes.Node) -> Mistake:
    hint = "gardez le texte, des noms entre {{ }}, {% if motif %} et " + _FOR
    return Mistake("un modèle de message ne calcule rien et n’appelle rien", hint, node.lineno or 1)


def _build_environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    environment.globals.clear()
    return environment
