"""What libyaml cannot read, said in French."""

from __future__ import annotations

import yaml

# What libyaml says, by a piece of its message; what the author should read; and whether the mistake is where
# libyaml began to read the thing rather than where it stumbled.
_MISTAKES = (
    ("mapping values are not allowed", "« : » inattendu ; mettez le texte entre guillemets doubles", False),
    ("did not find expected key", "clé ou tiret mal aligné, ou guillemet en trop", False),
    ("did not find expected '-' indicator", "élément de liste mal aligné : un tiret était attendu", False),
    ("could not find expected ':'", "clé sans « : »", True),
    ("did not find expected ',' or ']'", "liste entre crochets mal fermée : « , » ou « ] » attendu", True),
    ("did not find expected ',' or '}'", "accolades mal fermées : « , » ou « } » attendu", True),
    ("found unexpected end of stream", "guillemet jamais refermé", True),
    ("found unknown escape", "barre oblique inverse inconnue entre guillemets doubles ; doublez-la", False),
    ("block sequence entries are not allowed", "tiret de liste inattendu ; placez-le sur sa ligne", False),
    ("cannot start any token", "caractère qui ne peut rien commencer ; mettez des guillemets", False),
    ("did not find expected alphabetic", "« * » ou « & » commence le texte ; mettez des guillemets", True),
    ("expected comment or line break", "texte inattendu après « > » ou « | » ; passez à la ligne", False),
    ("did not find expected <document start>", "texte inattendu après la fin du contenu", False),
    ("did not find expected node content", "valeur attendue ici", False),
)


def explain(error: yaml.MarkedYAMLError) -> tuple[yaml.Mark | None, str]:
    """Return where the mistake of a syntax error is, and what it is."""
    for piece, french, at_start in _MISTAKES:
        if piece in (error.problem or ""):
            mark = error.context_mark if at_start else error.problem_mark
            return mark or error.problem_mark, french
    return error.problem_mark or error.context_mark, "ce n’est pas du YAML correct à cet endroit"
