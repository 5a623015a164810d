"""Qt's own ways to search a table, over the same leads: `QSqlTableModel` with LIKE, and `QSortFilterProxyModel`.

They get a plain SQLite file without encryption, and two columns to search in; a process of its own, as `bench.window`.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSortFilterProxyModel, Qt
from PySide6.QtSql import QSqlDatabase, QSqlTableModel
from PySide6.QtWidgets import QApplication, QTableView

from bench.lead_list import lead_values
from bench.window import serve

__all__ = ["QtModels", "build_plain"]

_COLUMNS = ("search_key", "email_key", "first_name", "last_name", "company", "phone", "status", "country", "updated_at")
_SEARCHED = 0
_SIZE = (1440, 900)


def build_plain(path: Path, rows: int) -> None:
    """Make the file: one table `leads`."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(f"CREATE TABLE leads ({', '.join(_COLUMNS)})")
        values = (tuple(map(lead.get, _COLUMNS)) for lead in lead_values(rows))
        connection.executemany(f"INSERT INTO leads VALUES ({', '.join('?' * len(_COLUMNS))})", values)
        connection.commit()


class QtModels:
    """Answers the bench's requests."""

    def __init__(self, app: QApplication, config: dict[str, str]) -> None:
        self._database = QSqlDatabase.addDatabase("QSQLITE")
        self._database.setDatabaseName(config["path"])
        if not self._database.open():
            raise RuntimeError(self._database.lastError().text())
        self._view = QTableView()
        self._view.resize(*_SIZE)
        self._view.show()
        self._model = QSqlTableModel(db=self._database)
        self._model.setTable("leads")
        self._model.setSort(_COLUMNS.index("updated_at"), Qt.SortOrder.DescendingOrder)

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Milliseconds for each text until the first rows of its answer are painted."""
        way, texts = str(request["do"]), list(request["texts"])
        if way == "like, with an index":
            self._database.exec("CREATE INDEX leads_updated ON leads (updated_at DESC)")
        return {"milliseconds": [self._timed(self._way(way), text) for text in texts]}

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _way(self, name: str) -> Callable[[str], None]:
        if name.startswith("like"):
            self._show(self._model)
            return self._like
        self._model.setFilter("")
        self._model.select()
        while self._model.canFetchMore():
            self._model.fetchMore()
        self._proxy = QSortFilterProxyModel()
        self._proxy.setSourceModel(self._model)
        self._proxy.setFilterKeyColumn(_SEARCHED)
        self._show(self._proxy)
        return self._proxy.setFilterFixedString

    def _show(self, model: QSqlTableModel | QSortFilterProxyModel) -> None:
        if self._view.model() is not model:
            self._view.setModel(model)

    def _like(self, text: str) -> None:
        self._model.setFilter(f"search_key LIKE '{text}%' OR search_key LIKE '% {text}%'")
        self._model.select()

    def _timed(self, search: Callable[[str], None], text: str) -> float:
        began = time.perf_counter()
        search(text)
        self._view.viewport().repaint()
        return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    serve(QtModels)
