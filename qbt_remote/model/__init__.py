"""Item models, columns and text; QtCore and QtGui only."""
