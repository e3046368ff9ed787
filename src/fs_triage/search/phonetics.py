"""French words as they sound, without their endings: « retrete », « retraites » and « retraité » are one key.

A text is rewritten as a whole by a fixed list of replacements, so that the words of a whole livret cost no
more than a few milliseconds. Nothing here is a dictionary: an unknown word has a key like any other.
"""

from __future__ import annotations

from fs_triage.text.fold import join_acronyms

_LETTERS = {
    "àâäáãåÀÂÄÁÃÅ": "a",
    "éèêëÉÈÊË": "e",
    "îïíìÎÏÍÌ": "i",
    "ôöóòõÔÖÓÒÕ": "o",
    "ùûüúÙÛÜÚ": "u",
    "ÿýŸÝ": "y",
    "ñÑ": "n",
    "çÇ": "c",
    "œŒ": "oe",
    "æÆ": "ae",
    "ß": "ss",
}


class _PlainLetters(dict[int, str]):
    """What each character becomes: a lowercase letter without accent, a digit, or a space."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if code > 0x17F:
            import unicodedata  # rare: only a character that French does not use pays for it

            decomposed = unicodedata.normalize("NFKD", character)
            character = "".join(c for c in decomposed if not unicodedata.combining(c))
        self[code] = character.lower() if character.isalnum() else "" if 0x300 <= code <= 0x36F else " "
        return self[code]


_PLAIN = _PlainLetters(
    {ord(letter): plain for letters, plain in _LETTERS.items() for letter in letters} | {10: "\n"}
)
_BEYOND_LATIN = {"œ": "oe", "Œ": "oe"} | dict.fromkeys("’…–—€\u202f", " ")  # all that French texts have
_LATIN = [_PLAIN[ord(chr(code).lower())] for code in range(256)]
_LONG_REPLACEMENTS = [(bytes([code]), plain.encode()) for code, plain in enumerate(_LATIN) if len(plain) > 1]
_BYTES = "".join(plain if len(plain) == 1 else " " for plain in _LATIN).encode("latin-1")

# In this order. The text has two spaces between words: a rule with a space at its end sees the end of a word.
_RULES = """
aye>eie,aya>eia,aie>eie,oye>oiie,oya>oiia,
eaux >o ,eau>o,aux >o ,au>o,ph>f,th>t,sch>ch,ch>C,h>,qu>k,q>k,gea>ja,geo>jo,ge>je,gi>ji,gy>ji,gn>ni,gue>ge,gui>gi,
sce>se,sci>si,cce>kse,cci>ksi,ce>se,ci>si,cy>si,c>k,kk>k,tion>sion,tiel>siel,y>i,
ain>in,ein>in,aim>in,ien>iin,ai>e,ei>e,oeu>eu,
ss>s,ll>l,mm>m,nn>n,pp>p,rr>r,tt>t,ff>f,dd>d,bb>b,gg>g,zz>z,ee>e,z>s,x>s,
emb>amb,emp>amp,en>an,imp>inp,amp>anp,amb>anb,omp>onp,omb>onb,w>v
"""
_SOUNDS = [tuple(rule.split(">")) for rule in _RULES.replace("\n", "").split(",")]
_SILENT_ENDINGS = (
    "asion,emant,amant,ision,ateur,euse,eur,rise,able,abl,ante,ant,ere,er,et,e,t,d"  # without the plural's s
)
_ENDINGS = frozenset(_SILENT_ENDINGS.split(","))
_LENGTHS = (5, 4, 3, 2, 1)
_MIN_STEM_LENGTH = 3  # letters that are left of a word
_MAX_UNCHANGED_LENGTH = 3  # letters of the longest word that is left alone: « caf », « rsa », « ne »
_COMMON_WORD_LIST = "des,ses,les,mes,tes,pas,par,est,ces,son,ton,mon,dan,sur,are,apl,per,dam,moi,foi,deu"
_COMMON_WORDS = frozenset(_COMMON_WORD_LIST.split(","))
"""Words that a longer word must not be reduced to: « décès » is not « des »."""

_CALENDAR = """
janvier,fevrier,mars,avril,mai,juin,juillet,aout,septembre,octobre,novembre,decembre,
lundi,mardi,mercredi,jeudi,vendredi,samedi,dimanche
"""
_DATES = frozenset(_CALENDAR.replace("\n", "").split(","))
_DATE = "D"  # the key of every day and month, which say nothing of a démarche


_SENTENCE_ENDS = ".!?;:\n…"
_MIN_CLAUSE_WORDS = 3
_JOINTS = frozenset(("et", "puis", "+", "&", "-", "/"))
_DEPENDENT = ("d'", "d’", "de ", "du ", "des ")  # how a part begins that goes on with the one before it
_MAX_PART_WORDS, _MAX_WORDS_BY_COMMA = 4, 2  # of a part of a list, where commas part it
_SHORTENED = frozenset(("mme", "mlle", "mr", "dr", "st", "ste", "tel", "n", "av", "bd"))
"""Words that a full stop shortens."""


def split_sentences(text: str) -> list[str]:
    """Return the sentences of `text`; « M. », « 8h.30 » and « laposte.net » end none."""
    if not any(sign in text for sign in _SENTENCE_ENDS):
        return [text]
    found: list[str] = []
    begin = 0
    for at, character in enumerate(text):
        if character not in _SENTENCE_ENDS or (text[at + 1 : at + 2] or " ") > " ":
            continue
        if character == ".":
            word = text[begin:at].rpartition(" ")[2].lower()
            if len(word) == 1 or word in _SHORTENED:
                continue
        found.append(text[begin:at])
        begin = at + 1
    return [*found, text[begin:]]


def split_clauses(sentence: str) -> list[str]:
    """Return what commas part in a sentence, in pieces of at least three words."""
    if "," not in sentence:
        return [sentence]
    clauses: list[str] = []
    for part in sentence.split(","):
        if clauses and (min(len(part.split()), len(clauses[-1].split())) < _MIN_CLAUSE_WORDS):
            clauses[-1] += f",{part}"
        else:
            clauses.append(part)
    return clauses


def split_list(sentence: str) -> list[str]:
    """Return the short parts of a list: « RSA et APL », « 1) permis 2) passeport »; none where it is no list."""
    parts: list[list[str]] = [[]]
    most = _MAX_PART_WORDS
    for word in sentence.split():
        bare = word.rstrip(",;")
        is_joint = bare.lower() in _JOINTS or (bare[-1:] == ")" and bare[:-1].isdigit())
        if not is_joint and bare:
            parts[-1].append(bare)
        if bare != word and not is_joint:
            most = _MAX_WORDS_BY_COMMA
        if is_joint or bare != word:
            parts.append([])
    found = [" ".join(part) for part in parts if part]
    if len(found) < 2 or max(map(len, parts)) > most:
        return []
    return [] if any(part.lower().startswith(_DEPENDENT) for part in found) else found


def split_words(text: str) -> list[str]:
    """Return the words of `text`, lowercase and without accents."""
    return _strip_accents(join_acronyms(text)).split()


def split_words_of_texts(texts: list[str]) -> list[list[str]]:
    """Return the words of each of `texts`, of one line each; one by one, they take many times as long."""
    return (
        [line.split() for line in _strip_accents("\n".join(map(join_acronyms, texts))).split("\n")]
        if texts
        else []
    )


def _strip_accents(text: str) -> str:
    """Return `text` lowercase, without accents, with spaces for its signs; line ends stay."""
    for letter, other in _BEYOND_LATIN.items():
        text = text.replace(letter, other)
    try:  # bytes take a fraction of the time
        found = text.encode("latin-1")
    except UnicodeEncodeError:
        return text.lower().translate(_PLAIN)
    for double, two in _LONG_REPLACEMENTS:
        found = found.replace(double, two)
    return found.translate(_BYTES).decode("latin-1")


def list_typed_words(text: str) -> list[str]:
    """Return the words of `text` as they were typed: one for each of `split_words`."""
    found = "".join(character if _PLAIN[ord(character)] != " " else " " for character in text).split()
    plain = split_words(text)
    return found if len(found) == len(plain) else plain


def compute_keys(plain_words: list[str]) -> list[str]:
    """Return the key of each of `plain_words`, as `split_words` returns them."""
    longer = [word for word in plain_words if len(word) > _MAX_UNCHANGED_LENGTH and word not in _DATES]
    text = f" {'  '.join(longer)} "
    for spelling, sound in _SOUNDS:
        text = text.replace(spelling, sound)
    sounds = text.split()
    if len(sounds) != len(longer):  # every letter of a word was mute
        sounds = [_compute_sound(word) or word for word in longer]
    rest = iter(sounds)
    found: list[str] = []
    for word in plain_words:
        if word in _DATES:
            found.append(_DATE)
        else:
            found.append(_strip_ending(next(rest)) if len(word) > _MAX_UNCHANGED_LENGTH else word)
    return found


def _compute_sound(word: str) -> str:
    text = f" {word} "
    for spelling, sound in _SOUNDS:
        text = text.replace(spelling, sound)
    return text.strip()


def _strip_ending(word: str) -> str:
    """Return `word` without its ending, at least three letters of it."""
    if word[-1] == "s" and len(word) > _MIN_STEM_LENGTH and word[:-1] not in _COMMON_WORDS:
        word = word[:-1]
    longest = len(word) - _MIN_STEM_LENGTH
    for length in _LENGTHS:
        if length <= longest and word[-length:] in _ENDINGS and word[:-length] not in _COMMON_WORDS:
            return word[:-length]
    return word
