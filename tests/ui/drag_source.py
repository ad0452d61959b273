"""Another program that files, links or text are dragged out of: ``drag_source.py KIND VALUE...``.

KIND is "files" (paths), "url" or "text".  Prints ``ready X Y`` with the place to press the button,
and ``dropped Copy`` or ``dropped Ignore`` when a drag has ended.
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
        self.setWindowTitle("drag source")

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self._painted = True
        self._tell()

    def moveEvent(self, event: QMoveEvent) -> None:
        if self._painted:
            self._tell()

    def _tell(self) -> None:
        where = self.mapToGlobal(QPoint(100, 50))
        print("ready", where.x(), where.y(), flush=True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        drag = QDrag(self)
        drag.setMimeData(self._mime())
        result = drag.exec(Qt.DropAction.CopyAction)
        print("dropped", str(result.name).removesuffix("Action"), flush=True)

    def _mime(self) -> QMimeData:
        mime = QMimeData()
        if self._kind == "files":
            mime.setUrls([QUrl.fromLocalFile(value) for value in self._values])
        elif self._kind == "url":
            mime.setUrls([QUrl(value) for value in self._values])
        else:
            mime.setText("\n".join(self._values))
        return mime


def main() -> None:
    app = QApplication(sys.argv[:1])
    source = Source(sys.argv[1], sys.argv[2:])
    source.move(40, 60)
    source.show()
    sys.exit(app.exec())


if __name__ == "__main__":
    main()
