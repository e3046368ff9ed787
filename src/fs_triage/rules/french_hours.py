"""Opening hours as people write them, and the OpenStreetMap form in which they are kept.

Every day has its hours said once: what closes, and what holds for a season or a date, is put after what it is an
exception to, whatever the order in which it was written.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from itertools import pairwise

from fs_triage.text.fold import flatten

EXAMPLE = "« lundi au vendredi 8h30-12h et 13h30-17h »"

_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAY_STARTS = ("lun", "mar", "mer", "jeu", "ven", "sam", "dim")
_MONTH_STARTS = ("jan", "fev", "mar", "avr", "mai", "juin", "juil", "aou", "sep", "oct", "nov", "dec")
_WEEKS = {"im": "1-53/2", "": "2-52/2"}
_RANK_NUMBERS = {
    **dict.fromkeys(("premier", "1er"), 1),
    **dict.fromkeys(("deuxieme", "second", "2e", "2eme", "2nd"), 2),
    **dict.fromkeys(("troisieme", "3e", "3eme"), 3),
    **dict.fromkeys(("quatrieme", "4e", "4eme"), 4),
    **dict.fromkeys(("cinquieme", "5e", "5eme"), 5),
    "dernier": -1,
}
_APPOINTMENT = "sur rendez-vous"
_COMMENT = "\ue000"  # that no text holds: stands for what is between parentheses
_ONLY = "(?:uniquement|seulement)"
_MIDNIGHT = 24 * 60
_LONGEST_NIGHT = 12 * 60
"""How long hours that end the next day may be: longer ones are taken for the two ends exchanged."""

_DAY = r"(?P<day>(?:lun|mar|mercre|jeu|vendre|same)dis?|dimanches?|(?:lun|mar|mer|jeu|ven|sam|dim)\b\.?)"
_MONTH = (
    r"(?P<month>janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre"
    r"|(?:janv|fevr?|avr|juil|sept|oct|nov|dec)\b\.?)"
)
_THE = r"(?:(?:tous les|chaque|pendant|durant|les|des|le|du|de|en)\s+)*"
_JOINT = r"(?:,? et\s+|[,&/]\s*)"
_TIME = r"(?P<hour>\d{1,2}) ?(?:(?:h|heures?) ?(?P<minute>\d\d(?!\d| ?h|:))?(?: ?mi?n\b)?|:(?P<minutes>\d\d))(?!\w)"
_EVERY_DAY = r"(?:tous les jours|7 ?j(?:ours)? ?(?:/|sur) ?7(?: ?j)?)\b"
_ROUND_THE_CLOCK = r"24 ?h(?:eures)? ?(?:/|sur) ?24(?: ?h)?\b"
_NAMED_TIMES = {"midi": 12 * 60, "minuit": 0}


def _say_time(minutes: int) -> str:
    return f"{minutes // 60}h{minutes % 60:02}".removesuffix("00")


class HoursMistake(ValueError):
    """Hours that are not understood; the text says in French what to write."""


@dataclass(slots=True)
class _Rule:
    """What is said of some days: their hours, that they are closed, or that one makes an appointment."""

    season: list[str] = field(default_factory=list)
    """Months, or dates."""
    weeks: str = ""
    days: list[str] = field(default_factory=list)
    times: list[tuple[int, int]] = field(default_factory=list)
    closed: bool = False
    always: bool = False
    comment: str = ""
    closes_next: bool = False
    """Whether « fermé » stands before its days: what follows after « et » or a comma is closed as well."""

    @property
    def is_said(self) -> bool:
        """Whether it says something of its days."""
        return bool(self.times or self.closed or self.always or self.comment)

    @property
    def names_days(self) -> bool:
        return bool(self.season or self.weeks or self.days)

    def rank(self) -> tuple[int, bool]:
        """Return its place among the others: what is more particular comes after."""
        dated = [item for item in self.season if item[-1].isdigit()]
        if dated:
            return (5 if any("-" in item for item in dated) else 7, self.closed)
        if "PH" in self.days:
            return 6, self.closed
        return 4 if "SH" in self.days else 2 if self.season else 0, self.closed

    def render(self) -> str:
        """Return the rule in the OpenStreetMap form."""
        when = [",".join(self.season), f"week {self.weeks}" if self.weeks else "", ",".join(self.days)]
        what = ["24/7" if self.always else "", ",".join(f"{_clock(a)}-{_clock(b)}" for a, b in self.times)]
        what += ["off" if self.closed else "", f'"{self.comment}"' if self.comment else ""]
        return " ".join(part for part in (*when, *what) if part)


def read_hours(text: str) -> str:
    """Return opening hours, written in French, in the OpenStreetMap form; raises `HoursMistake`.

    « du lundi au vendredi de 8h30 à 12h et de 14h à 17h » is `Mo-Fr 08:30-12:00,14:00-17:00`.
    """
    reader = _Reader(text)
    rules = [part for rule in reader.read_rules() for part in _split_holidays(rule)]
    ordered = sorted(rules, key=_Rule.rank)
    for rank, rule in enumerate(ordered):
        for other in ordered[:rank]:
            _refuse_second_hours(other, rule)
    written = "; ".join(rule.render() for rule in ordered)
    if not reader.by_appointment:
        return written
    return f'{written} || "{_APPOINTMENT}"' if written else f'"{_APPOINTMENT}"'


def convert_hours(text: str) -> str:
    """Return opening hours in the OpenStreetMap form, `text` itself where it is not understood: `verifier` says so."""
    try:
        return read_hours(text)
    except HoursMistake:
        return text


class _Reader:
    """Reads the words of a text one after the other."""

    def __init__(self, text: str) -> None:
        self.comments: list[str] = []
        self.typed = self._normalise(text)
        self.text = flatten(self.typed)
        self.at = 0
        self.by_appointment = False

    def _normalise(self, text: str) -> str:
        """Return `text` with plain dashes and spaces, a mark in the place of each comment."""

        def keep_comment(found: re.Match[str]) -> str:
            inside = " ".join(found[1].split())
            if re.match(r"sauf|hors|ferm|except", inside, re.IGNORECASE):
                return f", {inside}"
            if '"' in inside or not inside:
                raise HoursMistake("écrivez la précision entre parenthèses, sans guillemets")
            self.comments.append(inside)
            return f" {_COMMENT}{len(self.comments) - 1} "

        text = re.sub(r"\(([^()]*)\)", keep_comment, unicodedata.normalize("NFC", text))
        text = re.sub("[\u2010-\u2015\u2212]", "-", " ".join(text.replace("\u00ad", "").split()))
        text = re.sub(r"\brdv\b|\brendez vous\b", "rendez-vous", text, flags=re.IGNORECASE)
        return re.sub(r"\b(apr[eè]s) (midi)\b", r"\1-\2", text, flags=re.IGNORECASE)

    def take(self, pattern: str) -> re.Match[str] | None:
        """Return what matches `pattern` after spaces, and go past it."""
        found = re.compile(rf"\s*(?:{pattern})").match(self.text, self.at)
        if found is not None:
            self.at = found.end()
        return found

    def sees(self, pattern: str) -> bool:
        return re.compile(rf"\s*(?:{pattern})").match(self.text, self.at) is not None

    def read_rules(self) -> list[_Rule]:
        """Return what each part says, exceptions (« sauf le mercredi ») as rules of their own."""
        rules: list[_Rule] = []
        while not self.sees(r"[.;]?\s*$"):
            closed = False
            if rules or self.by_appointment:
                closed = self._take_separator(rules) and bool(rules) and rules[-1].closes_next
            if self.take(rf"(?:(?:sinon|ou|et)\s+)?(?:{_ONLY} )?{_APPOINTMENT}(?: {_ONLY})?\b"):
                self.by_appointment = True
                continue
            rule = _Rule()
            exceptions = self._read_rule(rule, closed=closed)
            rules += [rule, *exceptions]
        if not rules and not self.by_appointment:
            raise HoursMistake(f"attendu : par exemple {EXAMPLE}")
        return rules

    def _take_separator(self, rules: list[_Rule]) -> bool:
        """Go past what parts two rules, and return whether it joins them; raise where a word is not understood."""
        start = self.at
        if self.sees(_TIME) and rules and rules[-1].closed:
            raise HoursMistake("séparez par « ; » ce qui est fermé de ce qui est ouvert")
        if not self.take(r"[;,./]+|et\b|puis\b") and not self.sees(r"(?:sauf|hors|sinon|ou)\b"):
            raise self._explain_word()
        while self.take(r"[;,]|et\b|puis\b"):
            pass
        return not {*self.text[start : self.at]} & {*";./"}

    def _read_rule(self, rule: _Rule, *, closed: bool) -> list[_Rule]:
        """Fill `rule` in, and return its exceptions; `closed` says that the one before was."""
        start = self.at
        exceptions: list[_Rule] = []
        while self._read_part(rule, exceptions):
            joint = self.at
            found = self.take(r"(,|:|et\b)")
            if found and ((rule.is_said and rule.names_days) or self.sees(r"[;.]?\s*$")):
                if self.sees(r"(?:sauf|hors|excepte)\b") or (found[1] == "," and self.sees(_APPOINTMENT)):
                    continue
                self.at = joint
                break
            if rule.is_said and rule.names_days and self.sees(rf"(?:sinon|ou)\s+{_APPOINTMENT}"):
                break
        if self.at == start:
            raise self._explain_word()
        if not rule.is_said and closed and rule.names_days:  # « fermé le mercredi et en août »
            rule.closed = rule.closes_next = True
        self._check_rule(rule, start)
        return exceptions

    def _read_part(self, rule: _Rule, exceptions: list[_Rule]) -> bool:
        """Read one thing that is said of `rule`, which must not have been said before."""
        if self.take(r"(?:,\s*)?(?:sauf|hors|excepte)\b"):
            exception = _Rule(closed=True, closes_next=True)
            if not self._read_days(exception):
                self._read_season(exception)
            if not exception.names_days:
                raise self._explain_word()
            exceptions.append(exception)
            return True
        if self.take(r"ouverte?s?\b"):
            return True
        if not rule.closed and not rule.times and self.take(r"ferme(?:e?s?|ture)\b"):
            rule.closed, rule.closes_next = True, not rule.names_days
            return True
        return (
            self._read_always(rule)
            or (not rule.weeks and self._read_weeks(rule))
            or (not rule.season and self._read_season(rule))
            or (not rule.days and self._read_days(rule))
            or (not rule.times and not rule.closed and self._read_times(rule))
            or (not rule.comment and not rule.closed and self._read_comment(rule))
        )

    def _read_always(self, rule: _Rule) -> bool:
        if rule.is_said or rule.names_days:
            return False
        found = self.take(rf"{_EVERY_DAY},?\s*(?:et\s+)?{_ROUND_THE_CLOCK}") or self.take(r"24 ?/ ?7\b")
        if found is None and (found := self.take(_ROUND_THE_CLOCK)):
            self.take(rf"(?:,|et)?\s*{_EVERY_DAY}")
        rule.always = found is not None
        return rule.always

    def _read_weeks(self, rule: _Rule) -> bool:
        found = self.take(r"(?:(?:en|les|des|la|une)\s+)*semaines? (im|)paires?\b(?: de l'annee)?")
        if found is not None:
            rule.weeks = _WEEKS[found[1]]
        return found is not None

    def _read_season(self, rule: _Rule) -> bool:
        read = self._read_date if self._sees_date() else self._read_months
        end = self.at
        while (item := read()) is not None:
            rule.season.append(item)
            end = self.at
            if not self.take(_JOINT) or self._sees_date() != (read == self._read_date):
                break
        self.at = end
        return bool(rule.season)

    def _sees_date(self) -> bool:
        return self.sees(rf"(?:du|le)?\s*\d{{1,2}}(?:er)?\s+(?:{_MONTH}|au\b)")

    def _read_date(self) -> str | None:
        start = self.at
        day = r"(?P<number>\d{1,2})(?:er)?"
        if span := self.take(
            rf"(?:du\s+)?(?P<first>\d{{1,2}})(?:er)?(?:\s+{_MONTH})?\s*(?:au|-)\s*(?={day})"
        ):
            end = self.take(rf"{day}\s+{_MONTH}")
            if end is not None:
                last = _find_start(end["month"], _MONTH_STARTS)
                first = _find_start(span["month"], _MONTH_STARTS) if span["month"] else last
                head = f"{_MONTHS[first]} {_check_day(span['first'], first)}"
                tail = "" if first == last else f"{_MONTHS[last]} "
                if first == last and int(span["first"]) >= int(end["number"]):
                    raise HoursMistake(
                        "écrivez la première date, puis la dernière : « du 24 au 31 décembre »"
                    )
                return f"{head}-{tail}{_check_day(end['number'], last)}"
            self.at = start
        if found := self.take(rf"(?:le\s+)?{day}\s+{_MONTH}"):
            month = _find_start(found["month"], _MONTH_STARTS)
            return f"{_MONTHS[month]} {_check_day(found['number'], month)}"
        return None

    def _read_months(self) -> str | None:
        start = self.at
        self.take(r"(?:(?:en|au mois de|du mois de|durant|pendant|de|d')\s*)?(?=[a-z])")
        found = self.take(_MONTH)
        if found is None:
            self.at = start
            return None
        first = _find_start(found["month"], _MONTH_STARTS)
        if self.sees(rf"(?:a|au|-|jusqu.en|jusqu.a)\s*{_MONTH}"):
            self.take(r"(?:a|au|-|jusqu.en|jusqu.a)")
            found = self.take(_MONTH)
        last = _find_start(found["month"], _MONTH_STARTS) if found else first
        return _MONTHS[first] if first == last else f"{_MONTHS[first]}-{_MONTHS[last]}"

    def _read_days(self, rule: _Rule) -> bool:
        end = self.at
        while items := self._read_day_item():
            rule.days += items
            end = self.at
            if not self.take(_JOINT):
                break
        self.at = end
        week_days = [day for item in rule.days for day in _list_week_days([item])]
        if len({*week_days}) < len(week_days):
            raise HoursMistake("le même jour est dit deux fois ; gardez-le une fois")
        return bool(rule.days)

    def _read_day_item(self) -> list[str]:
        start = self.at
        if self.take(rf"{_THE}(?:jours|7 ?j(?:ours)? ?(?:/|sur) ?7)(?! (?:feries|ouvr)|\w)"):
            return ["Mo-Su"]
        self.take(_THE)
        if self.take(r"jours? feries?\b"):
            return ["PH"]
        if self.take(r"vacances(?: scolaires)?\b"):
            return ["SH"]
        if self.take(r"week-?ends?\b"):
            return ["Sa", "Su"]
        ranks = self._read_ranks()
        found = self.take(_DAY)
        if found is None:
            self.at = start
            return []
        first = _find_start(found["day"], _DAY_STARTS)
        if ranks:
            self.take(r"(?:(?:du|de chaque|de) mois\b)")
            return [f"{_DAYS[first]}[{','.join(map(str, ranks))}]"]
        if self.take(rf"(?:au|a|-|jusqu.au)\s*(?:le\s+)?(?={_DAY})") and (end := self.take(_DAY)):
            last = _find_start(end["day"], _DAY_STARTS)
            if last == first:
                raise HoursMistake(f"attendu : deux jours différents, par exemple {EXAMPLE}")
            return [f"{_DAYS[first]}-{_DAYS[last]}"]
        return [_DAYS[first]]

    def _read_ranks(self) -> list[int]:
        words = "|".join(sorted(_RANK_NUMBERS, key=len, reverse=True))
        ranks: list[int] = []
        while found := self.take(rf"(?:(?:le|les)\s+)?({words})s?\b"):
            ranks.append(_RANK_NUMBERS[found[1]])
            if not self.sees(rf"{_JOINT}(?:(?:le|les)\s+)?(?:{words})s?\b"):
                break
            if not self.sees(rf"{_JOINT}(?:(?:le|les)\s+)?(?:{words})s?\s+(?:{_JOINT}|{_DAY}|(?:{words}))"):
                break
            self.take(_JOINT)
        if len({*ranks}) < len(ranks):
            raise HoursMistake("le même jour est dit deux fois ; gardez-le une fois")
        return sorted(ranks, key=lambda rank: (rank < 0, rank))

    def _read_times(self, rule: _Rule) -> bool:
        while (span := self._read_span()) is not None:
            rule.times.append(span)
            joint = self.at
            if not self.take(rf"{_JOINT}|puis\s+") or not self._sees_span():
                self.at = joint
                break
        if rule.times:
            _check_spans(rule.times)
        return bool(rule.times)

    def _sees_span(self) -> bool:
        start = self.at
        try:
            return self._read_span() is not None
        finally:
            self.at = start

    def _read_span(self) -> tuple[int, int] | None:
        start = self.at
        if self.take(_ROUND_THE_CLOCK):
            return 0, _MIDNIGHT
        self.take(r"(?:de |d.|a partir de (?=.*jusqu.a)|entre )")
        first = self._read_time(r"(?P<bare>\d{1,2})(?= ?(?:-|a) ?\d{1,2} ?h)")
        if first is not None and self.take(r"(?:-|a\b|jusqu.a|et(?=\s+\d))\s*"):
            last = self._read_time()
            if last is not None:
                if 0 < last < first and last + _MIDNIGHT - first > _LONGEST_NIGHT:
                    span = f"{_say_time(last)}-{_say_time(first)}"
                    night = f"{_say_time(first)}-minuit et 0h-{_say_time(last)}"
                    raise HoursMistake(f"écrivez le début, puis la fin : « {span} » ; une nuit, « {night} »")
                return first, (last or _MIDNIGHT) if first else last
        self.at = start
        return None

    def _read_time(self, other: str = r"(?P<bare>(?!))") -> int | None:
        """Return the minutes since midnight of a time of the day, as it is written or as `other`."""
        if named := self.take(r"(midi|minuit)\b"):
            return _NAMED_TIMES[named[1]]
        found = self.take(_TIME) or self.take(other)
        if found is None:
            return None
        parts = found.groupdict()
        hour = int(parts.get("hour") or parts.get("bare") or 0)
        minute = int(parts.get("minute") or parts.get("minutes") or 0)
        if hour * 60 + minute > _MIDNIGHT or minute > 59:
            raise HoursMistake(f"« {hour}h{minute:02} » n’est pas une heure ; attendu : de 0h à 24h")
        return hour * 60 + minute

    def _read_comment(self, rule: _Rule) -> bool:
        if self.take(rf"(?:{_ONLY} )?{_APPOINTMENT}(?: {_ONLY})?\b"):
            rule.comment = _APPOINTMENT
        elif found := self.take(rf"{_COMMENT}(\d+)"):
            rule.comment = self.comments[int(found[1])]
        return bool(rule.comment)

    def _check_rule(self, rule: _Rule, start: int) -> None:
        said = self.typed[start : self.at].strip(" ,;:.")
        if rule.always and not rule.names_days:
            return
        if not rule.is_said:
            if word := self._find_vague_word():
                raise HoursMistake(
                    f"« {word} » ne dit pas les heures ; écrivez par exemple « {said} 9h-12h »"
                )
            if not self.sees(r"(?:[;,.]|et\b|$)"):
                raise self._explain_word()
            raise HoursMistake(f"il manque les heures ; écrivez par exemple « {said} 9h-12h »")
        if rule.comment and not rule.times and rule.comment != _APPOINTMENT:
            raise HoursMistake("il manque les heures avant la parenthèse ; ou écrivez « sur rendez-vous »")
        if not rule.names_days:
            raise HoursMistake(f"dites de quels jours ; écrivez par exemple « tous les jours {said} »")
        if rule.times and not rule.days and not any(item[-1].isdigit() for item in rule.season):
            raise HoursMistake(
                "dites de quels jours ; écrivez par exemple « en août, tous les jours 9h-12h »"
            )

    def _find_vague_word(self) -> str | None:
        found = re.compile(r"\s*(?:le |l')?(matin|apres-midi|soir|journee)").match(self.text, self.at)
        return self.typed[found.start(1) : found.end(1)] if found else None

    def _explain_word(self) -> HoursMistake:
        """Return what is said of the word that is not understood."""
        if word := self._find_vague_word():
            return HoursMistake(f"« {word} » ne dit pas les heures ; écrivez par exemple « samedi 9h-12h »")
        if self.sees(_TIME):
            return HoursMistake("écrivez le début et la fin de chaque plage : « 9h-12h et 14h-17h »")
        found = re.compile(r"\s*([^\s,;]+)").match(self.typed, self.at)
        what = f"« {found[1]} » ne se comprend pas ici ; " if found and _COMMENT not in found[1] else ""
        return HoursMistake(f"{what}écrivez par exemple {EXAMPLE}")


def _find_start(word: str, starts: tuple[str, ...]) -> int:
    return next(rank for rank, start in enumerate(starts) if word.startswith(start))


def _check_day(number: str, month: int) -> int:
    if not 1 <= int(number) <= _MONTH_DAYS[month]:
        raise HoursMistake(f"ce mois n’a pas de {int(number)} ; vérifiez la date")
    return int(number)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _check_spans(spans: list[tuple[int, int]]) -> None:
    """Raise where hours are of no length, or two of the same day overlap; they may pass midnight."""
    if any(first in (last, _MIDNIGHT) for first, last in spans):
        raise HoursMistake("ces heures commencent quand elles finissent ; « 24h/24 » pour tout le jour")
    ends = [(first, last if last > first else last + _MIDNIGHT) for first, last in spans]
    cycles = sorted([*ends, (min(ends)[0] + _MIDNIGHT, 2 * _MIDNIGHT)])
    if any(last > first for (_, last), (first, _) in pairwise(cycles)):
        raise HoursMistake("ces heures se chevauchent ; dites-les l’une après l’autre")
    if ends != sorted(ends):
        raise HoursMistake("dites ces heures dans l’ordre, les premières d’abord")


def _split_holidays(rule: _Rule) -> list[_Rule]:
    """Return `rule` as several: school holidays and public holidays are not to be taken with other days."""
    holidays = [day for day in rule.days if day in ("SH", "PH")]
    if holidays and (rule.season or rule.weeks or (rule.times and "SH" in holidays and len(rule.days) > 1)):
        raise HoursMistake("dites les jours fériés et les vacances à part, après « ; »")
    others = [day for day in rule.days if day not in holidays]
    groups = [*([others] if others or not holidays else []), *([day] for day in holidays)]
    return [replace(rule, days=days) for days in groups]


def _refuse_second_hours(first: _Rule, second: _Rule) -> None:
    """Raise where two rules, neither of which is an exception to the other, may both hold on a day."""
    if first.closed or second.closed or first.rank() != second.rank():
        return
    if first.always or second.always:
        raise HoursMistake("« 24h/24 » dit toutes les heures ; gardez-le seul")
    if first.weeks and second.weeks and first.weeks != second.weeks:
        return
    if first.season and second.season and _list_dates(first).isdisjoint(_list_dates(second)):
        return
    days, others = _list_week_days(first.days), _list_week_days(second.days)
    if days and others and days.isdisjoint(others):
        return
    raise HoursMistake(
        "le même jour est dit deux fois ; dites toutes ses heures ensemble : « lundi 9h-12h et 14h-17h »"
    )


def _list_dates(rule: _Rule) -> set[int]:
    """Return the days of the year, counted from 1 January of a leap year, that the season of a rule holds."""
    starts = [sum(_MONTH_DAYS[:month]) for month in range(13)]
    dates: set[int] = set()
    for item in rule.season:
        head, _, tail = item.partition("-")
        name, _, number = head.partition(" ")
        month = _MONTHS.index(name)
        first = starts[month] + int(number or 1)
        if number:
            last_name, _, last_number = (tail or head).rpartition(" ")
            last = starts[_MONTHS.index(last_name or name)] + int(last_number)
        else:
            last = starts[_MONTHS.index(tail or name) + 1]
        dates |= {*range(first, last + 1)} if first <= last else {*range(first, 367), *range(1, last + 1)}
    return dates


def _list_week_days(days: list[str]) -> set[tuple[str, int]]:
    """Return each day of the week among `days`, with each rank in the month that it may have."""
    found: set[tuple[str, int]] = set()
    for item in days:
        name, bracket, ranks = item.rstrip("]").partition("[")
        first, _, last = name.partition("-")
        if first not in _DAYS:
            found.add((first, 1))
            continue
        begin = _DAYS.index(first)
        count = (_DAYS.index(last) - begin) % 7 + 1 if last else 1
        numbers = {int(rank) for rank in ranks.split(",")} if bracket else {1, 2, 3, 4, 5}
        numbers |= {4, 5} if -1 in numbers else set()
        found |= {(_DAYS[(begin + step) % 7], rank) for step in range(count) for rank in numbers}
    return found
