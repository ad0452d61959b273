"""Another program that files, links or text are dragged out of: ``drag_source.py KIND VALUE...``.

KIND is "files" (paths), "url" or "text".  Prints ``ready X Y`` with the place to press the button, ``over X Y``
once the pointer is there, ``action Copy`` or ``action Ignore`` when what is below the pointer says what a drop would
do, ``dropped Copy`` or ``dropped Ignore`` when a drag has ended, and ``finished with it`` once the other side has all
that it wants of it: until then it asks for what was dropped.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent, QMoveEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel


class Source(QLabel):
    def __init__(self, kind: str, values: list[str]) -> None:
        super().__init__("drag me")
        self._kind, self._values = kind, values
        self._painted = False
        self.setFixedSize(200, 100)
        self.setMouseTracking(True)
        self.setWindowTitle("drag source")

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self._painted = True
        self._tell()

    def moveEvent(self, event: QMoveEvent) -> None:
        if self._painted:
            self._tell()

    def _tell(self, word: str = "ready") -> None:
        where = self.mapToGlobal(QPoint(100, 50))
        print(word, where.x(), where.y(), flush=True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not event.buttons():
            self._tell("over")
            return
        drag = QDrag(self)
        drag.setMimeData(self._mime())
        drag.destroyed.connect(lambda: print("finished with it", flush=True))
        drag.actionChanged.connect(lambda action: print("action", _name(action), flush=True))
        result = drag.exec(Qt.DropAction.CopyAction)
        print("dropped", _name(result), flush=True)

    def _mime(self) -> QMimeData:
        mime = QMimeData()
        if self._kind == "files":
            mime.setUrls([QUrl.fromLocalFile(value) for value in self._values])
        elif self._kind == "url":
            mime.setUrls([QUrl(value) for value in self._values])
        else:
            mime.setText("\n".join(self._values))
        return mime


def _name(action: Qt.DropAction) -> str:
    return str(action.name).removesuffix("Action")


def main() -> None:
    app = QApplication(sys.argv[:1])
    source = Source(sys.argv[1], sys.argv[2:])
    source.move(40, 60)
    source.show()
    sys.exit(app.exec())


if __name__ == "__main__":
    main()
