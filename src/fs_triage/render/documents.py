"""Documents in Markdown and in HTML, from templates: whatever the texts hold, they stay text.

`card.md.j2` and `card.html.j2` lay out the parts of a card for the templates of all documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from jinja2 import BaseLoader, ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from fs_triage.render.conclusion import ContactList, Remark
from fs_triage.text.markdown import escape_markdown, quote_code
from fs_triage.text.typography import end_sentence


def render_document(template: str, content: Mapping[str, object], loader: BaseLoader) -> str:
    """Return `content` laid out by `template` of `loader`, whose name ends in `.md.j2` or `.html.j2`."""
    return _build_environment(loader, template.endswith(".html.j2")).get_template(template).render(content)


@cache  # with it the templates, whose compilation takes longer than a page
def _build_environment(loader: BaseLoader, is_html: bool) -> Environment:
    environment = Environment(
        loader=ChoiceLoader([loader, PackageLoader("fs_triage.render")]),
        autoescape=True,
        finalize=None if is_html else _escape_markdown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["end_sentence"] = end_sentence
    environment.filters["code"] = lambda text: Markup(quote_code(text))
    environment.filters["css_string"] = lambda text: Markup(_quote_for_css(text))
    environment.tests["contact_list"] = lambda section: isinstance(section, ContactList)
    environment.tests["remark"] = lambda section: isinstance(section, Remark)
    return environment


def _escape_markdown(value: object) -> Markup:
    """Return what a template prints as Markdown that shows it as it is; what a macro made stays."""
    return value if isinstance(value, Markup) else Markup(escape_markdown(str(value)))


def _quote_for_css(text: str) -> str:
    """Return `text` as a string of a style sheet, each letter as its number: no text ends the string or the sheet."""
    letters = "".join(f"\\{ord(letter):x} " for letter in text)
    return f'"{letters}"'
