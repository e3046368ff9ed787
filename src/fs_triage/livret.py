"""The only place that finds a livret, opens it and, if need be, has it rebuilt: after it nothing fails half-way."""

from __future__ import annotations

import os

from fs_triage import output
from fs_triage.contract import RULES_UNUSABLE, DiskTimeout, Failure
from fs_triage.files import folders
from fs_triage.files.checked_file import CheckedFile, Damaged, load_file, open_file
from fs_triage.files.livret_cache import MODEL, TEXTS, LivretCache
from fs_triage.index.freshness import are_same, identify_program, parse_files, read_state
from fs_triage.index.reader import KIND, Reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from fs_triage.index.rule_texts import RuleTexts
    from fs_triage.rebuild import Built
    from fs_triage.search.model import Model

    T = TypeVar("T")


PREPARING = "Préparation du livret…"
"""What a terminal says while a livret is made ready."""


class OpenLivret(Reader):
    """An open livret, and the model of its search.

    `notices` are the lines to say on standard error: the index could not be kept, or what is shown is old.
    """

    def __init__(
        self,
        file: CheckedFile,
        *,
        cache: LivretCache | None,
        texts: RuleTexts | None = None,
        notices: list[str],
    ) -> None:
        super().__init__(file)
        self.notices = notices
        self._is_read_whole = False
        self._cache = cache
        self._rule_texts = texts
        self._model: Model | None = None

    def load(self) -> None:
        """Read all of it into memory, for who prints before everything is read; raises `Damaged`.

        Not where the model alone is damaged: that is trained anew.
        """
        self.file.load()
        self._close_model()
        self._is_read_whole = True

    def close(self) -> None:
        """Close its files."""
        self.file.close()
        self._close_model()

    def _close_model(self) -> None:
        if self._model is not None:
            self._model.close()
        self._model = None

    @property
    def model(self) -> Model:
        """The model of the search, trained when it is first asked for; raises `Damaged`.

        It is read whole where the livret was loaded, else by pages: then a search reads a hundredth of it.
        """
        if self._model is None:
            self._model = self._open_model()
        return self._model

    def _open_model(self) -> Model:
        from fs_triage.search import model

        key = self.stamp.model
        if self._cache is not None:
            open_model = load_file if self._is_read_whole else open_file
            try:
                return model.Model(open_model(model.KIND, self._cache.get_path(key, MODEL)))
            except Damaged:
                pass
        with output.LongWork(PREPARING):
            from fs_triage import rebuild

            content = rebuild.train_model(self._open_texts(), key, self._cache)
        return model.Model(CheckedFile(model.KIND, content=content))

    def _open_texts(self) -> RuleTexts:
        from fs_triage.index import rule_texts

        if self._rule_texts is not None:
            return self._rule_texts
        if self._cache is None:
            raise Damaged
        return rule_texts.RuleTexts(load_file(rule_texts.KIND, self._cache.get_path(self.stamp.texts, TEXTS)))


def open_livret(folder: str) -> OpenLivret:
    """Open the compiled livret of `folder`, loaded, built anew when the rules or the program have changed.

    Raises `Failure` when the rules cannot be used and no earlier index can answer.
    """

    def load(livret: OpenLivret) -> OpenLivret:
        livret.load()
        return livret

    return answer_from(folder, load)


def answer_from(folder: str, answer: Callable[[OpenLivret], T]) -> T:
    """Return what `answer` makes of the livret at `folder`, of which no more is read than it asks for.

    Where a page of the livret turns out to be damaged, `answer` is called again with one built anew: so it prints
    nothing before it has read everything, or loads the livret first. Raises `Failure` as `open_livret` does.
    """
    livret = _open_newest(folder)
    try:
        return answer(livret)
    except Damaged:
        pass
    finally:
        livret.close()
    livret = _rebuild(folder)
    try:
        livret.load()
        return answer(livret)
    except Damaged as error:  # what a search is trained with is gone, and the rules cannot be read
        message = (
            f"Le livret préparé est abîmé et ne peut pas être refait ; vérifiez le dossier « {folder} »."
        )
        raise Failure(RULES_UNUSABLE, message) from error


def _open_newest(folder: str) -> OpenLivret:
    """Return the newest livret in the cache, built anew when it is not fresh or not sound."""
    cache = find_cache(folder)
    path = cache.find_index() if cache is not None else None
    while path is not None and cache is not None:
        try:
            livret = _open_fresh(path, folder, cache)
            if livret is not None:
                return livret
            break
        except Damaged:
            before, path = path, cache.find_index()
            if before == path:
                break
    return _rebuild(folder)


def _rebuild(folder: str) -> OpenLivret:
    with output.LongWork(PREPARING):
        from fs_triage import rebuild

        cache = find_cache(folder)
        notices: list[str] = []
        return open_built(rebuild.rebuild(folder, cache, notices), cache, notices)


def open_built(built: Built, cache: LivretCache | None, notices: list[str]) -> OpenLivret:
    """Open a livret that was just built."""
    return OpenLivret(built.index.file, cache=cache, texts=built.texts, notices=notices)


def read_last_good(folder: str) -> dict[str, bytes]:
    """Return the rule files that the last good livret of `folder` was made from, by path; none where none is known."""
    from fs_triage import rebuild

    good = rebuild.open_last_good(folder, find_cache(folder))
    return good.texts.read_contents() if good is not None and good.texts is not None else {}


def find_cache(folder: str) -> LivretCache | None:
    """Return where the compiled files of the livret at `folder` are; None when the user has no cache folder."""
    cache = folders.find_cache_folder()
    return None if cache is None else LivretCache(cache, folder)


def _open_fresh(path: str, folder: str, cache: LivretCache) -> OpenLivret | None:
    """Return the index at `path`, None when it is not of the rules or the program as they are now."""
    file = open_file(KIND, path)
    try:
        livret = OpenLivret(file, cache=cache, notices=[])
        if _is_fresh(livret, os.path.abspath(folder)):
            return livret
    except BaseException:
        file.close()
        raise
    file.close()
    return None


def _is_fresh(livret: OpenLivret, folder: str) -> bool:
    """Return whether nothing changed since the index was built, or whether the rules are away and it must do."""
    stamp = livret.stamp
    if stamp.folder != folder or not _is_of_this_program(livret):
        return False
    sources = livret.read_sources()
    try:
        are_sources_same = folders.look_at(folder, lambda: are_same(sources))
        if not are_sources_same and folders.look_at(folder, lambda: _are_away(sources, folder)):
            return _accept_old(livret, "est introuvable")
    except DiskTimeout:
        return _accept_old(livret, "ne répond pas")
    if not are_sources_same or not stamp.is_settled:
        return False
    if stamp.warning:
        livret.notices.append(stamp.warning)
    return True


def _is_of_this_program(livret: OpenLivret) -> bool:
    files = livret.read_program()
    if not files:
        return livret.stamp.program == identify_program()
    return livret.stamp.is_settled and are_same(files)


def _are_away(sources: list[str], folder: str) -> bool:
    """Return whether no file is left in the `folder` of the rules."""
    paths = [file.path for file in parse_files(sources) if os.path.dirname(file.path) == folder]
    return all(read_state(path).size < 0 for path in paths)


def _accept_old(livret: OpenLivret, what: str) -> bool:
    livret.notices.append(
        f"Attention : le dossier des règles {what} ; livret tel qu’il était le {livret.stamp.date}."
    )
    return True
