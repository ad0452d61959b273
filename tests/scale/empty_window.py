"""The floor of a start: an empty PySide6 window with a table.  ``python -m tests.scale.empty_window``."""

from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QApplication, QMainWindow, QTableView

app = QApplication([])
window = QMainWindow()
table = QTableView()
table.setModel(QStandardItemModel(0, 15))
window.setCentralWidget(table)
window.resize(1280, 800)
window.show()
app.exec()
