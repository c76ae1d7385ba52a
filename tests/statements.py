"""What is said to the database while a block runs, for tests that count or forbid."""

from typing import Any

from sqlalchemy import event

from clusterweek.db.session import db


class Statements:
    """`with Statements() as said:` collects every statement in `said.all`."""

    def __init__(self) -> None:
        self.all: list[str] = []

    def __enter__(self) -> "Statements":
        db.session.commit()
        self.engine = db.engine.engine
        event.listen(self.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.all.append(statement)
