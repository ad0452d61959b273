"""Forms: every record makes its input, and any answer can be shown without changing it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QGroupBox, QWidget
from pytestqt.qtbot import QtBot

from qbt_remote.prefs.draft import Draft
from qbt_remote.prefs.schema import OTHER, UNKNOWN, Pref, of_program, of_servers
from qbt_remote.ui.form.form import Form
from qbt_remote.ui.form.form_input import FormNeeds
from qbt_remote.ui.form.form_inputs import NumberInput
from qbt_remote.ui.kit.theme import choose_theme
from tests.conftest import Run
from tests.ui.pref_drive import replace
from tests.walk.judge import contrast

Json = Any
BY_KIND: dict[str, Json] = {
    "bool": True,
    "int": 7,
    "float": 2.5,
    "text": "a text",
    "secret": "a secret",
    "lines": "one\ntwo",
    "path": "/a/path",
    "time": 9,
    "part": 30,
    "folders": {"/watch": 0, "/other": "/elsewhere"},
    "maps": [{"server": "", "remote": "/a", "local": "/b"}],
    "json": [1, {"a": None}],
}
RECORDS = [(schema, pref) for schema in (of_servers(), of_program()) for pref in schema.prefs.values()]


@pytest.fixture
def made(qapp: QApplication) -> Iterator[list[QWidget]]:
    """Forms that a test makes; they go with it."""
    forms: list[QWidget] = []
    yield forms
    for form in forms:
        form.deleteLater()
    qapp.processEvents()


def sample(pref: Pref) -> Json:
    """A value of the record's kind, its default if it has one."""
    if pref.default is not UNKNOWN and not pref.secret:
        return pref.default
    return pref.choices[-1].value if pref.choices else BY_KIND.get(pref.kind, "")


def whole(form: Form) -> Form:
    """Build all pages."""
    for key in form.draft.prefs:
        form.row(key)
    return form


@pytest.mark.parametrize(("schema", "pref"), RECORDS, ids=lambda part: getattr(part, "key", ""))
def test_every_record_makes_its_input_and_gives_its_value_back(made: list[QWidget], schema: Any, pref: Pref) -> None:
    answer = {pref.key: sample(pref)}
    if pref.kind == "time":
        answer[pref.minutes] = 30
    if pref.kind == "part":
        answer = {next(p.key for p in schema.prefs.values() if p.minutes == pref.key): 9, pref.key: 30}
    form = Form(schema, Draft(schema, answer), FormNeeds())
    made.append(form)

    row = form.row(pref.key)

    if pref.secret:
        assert row.input.value() == ""
    elif pref.kind not in ("time", "part"):
        assert json.dumps(row.input.value()) == json.dumps(answer[pref.key])
    else:
        assert row.input.value() == tuple(answer.values())
    assert row.input.focus.accessibleName().startswith(row.pref.label)
    assert row.pref.help in row.input.focus.accessibleDescription()
    assert row.input.focus.toolTip() and row.reset.toolTip() and row.reset.accessibleName()
    assert row.title is None or row.title.buddy() is row.input.focus
    assert form.changed() == {} and form.invalid() == []


scalars = st.none() | st.booleans() | st.integers(-(10**400), 10**400) | st.floats(allow_nan=False) | st.text()
values = st.recursive(
    scalars, lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(), inside, max_size=3)
)
keys = st.sampled_from(sorted(of_servers().prefs)) | st.text(min_size=1)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answer=st.dictionaries(keys, values, max_size=12))
def test_any_answer_opens_and_without_a_touch_nothing_is_changed(made: list[QWidget], answer: dict[str, Json]) -> None:
    form = whole(Form(of_servers(), Draft(of_servers(), answer), FormNeeds()))
    made.append(form)

    assert set(answer) <= set(form.draft.prefs)
    assert form.changed() == {} and form.invalid() == []
    form.found("a")
    form.take(answer)
    assert form.changed() == {}
    form.setParent(None)
    made.remove(form)
    form.deleteLater()


@pytest.mark.parametrize(("wire", "shown"), [(0, "∞"), (1, "0.0009765625"), (1024, "1"), (1537, "1.5009765625")])
def test_a_number_is_shown_and_read_exactly_in_its_unit(made: list[QWidget], wire: int, shown: str) -> None:
    form = Form(of_servers(), Draft(of_servers(), {"dl_limit": wire}), FormNeeds())
    made.append(form)
    number = form.row("dl_limit").input
    assert isinstance(number, NumberInput)

    assert number.number.lineEdit().text() == shown.replace(".", QLocale().decimalPoint())
    assert number.value() == wire


def test_what_is_no_number_or_out_of_range_is_refused_in_place(made: list[QWidget]) -> None:
    form = Form(of_servers(), Draft(of_servers(), {"listen_port": 6881}), FormNeeds())
    made.append(form)
    row = form.row("listen_port")
    assert isinstance(row.input, NumberInput)

    for typed in ("x", "1e5", "70000", "-4", ""):
        replace(row.input.number.lineEdit(), typed)
        assert [key for key, _why in form.invalid()] == ["listen_port"], typed
    replace(row.input.number.lineEdit(), "6882")

    assert (form.invalid(), form.changed()) == ([], {"listen_port": 6882})


def test_arrows_go_by_units_and_stop_at_the_ends(made: list[QWidget]) -> None:
    form = Form(of_servers(), Draft(of_servers(), {"listen_port": 65534, "dl_limit": 2048}), FormNeeds())
    made.append(form)
    port, limit = form.row("listen_port").input.focus, form.row("dl_limit").input.focus

    for _press in range(3):
        QTest.keyClick(port, Qt.Key.Key_Up)
        QTest.keyClick(limit, Qt.Key.Key_Down)

    assert form.changed() == {"dl_limit": 0, "listen_port": 65535}


def test_a_value_of_another_type_than_known_is_shown_as_it_is(made: list[QWidget]) -> None:
    answer = {"dht": "yes", "listen_port": None, "save_path": 5, "scheduler_days": [1], "schedule_from_hour": 99}
    form = whole(Form(of_servers(), Draft(of_servers(), answer), FormNeeds()))
    made.append(form)

    kinds = {key: form.draft.prefs[key].kind for key in answer}

    assert kinds == {
        "dht": "text",
        "listen_port": "json",
        "save_path": "int",
        "scheduler_days": "json",
        "schedule_from_hour": "int",
    }


def test_only_choices_of_the_type_that_came_are_offered(made: list[QWidget]) -> None:
    new, old = (Draft(of_servers(), {"proxy_type": value}) for value in ("None", 0))

    assert {type(c.value) for c in new.prefs["proxy_type"].choices} == {str}
    assert {type(c.value) for c in old.prefs["proxy_type"].choices} == {int}


def test_a_choice_that_is_not_known_is_kept(made: list[QWidget]) -> None:
    form = Form(of_servers(), Draft(of_servers(), {"scheduler_days": 77}), FormNeeds())
    made.append(form)

    assert form.row("scheduler_days").input.value() == 77


def test_what_the_schema_lacks_stands_on_the_page_other_and_can_be_changed(made: list[QWidget]) -> None:
    form = Form(of_servers(), Draft(of_servers(), {"brand_new": {"a": 1}, "dht": True}), FormNeeds())
    made.append(form)
    row: Any = form.row("brand_new")

    assert row.pref.page == OTHER
    row.input.box.setPlainText("{")
    assert [key for key, _why in form.invalid()] == ["brand_new"]
    row.input.box.setPlainText('{"a": 2}')
    assert form.changed() == {"brand_new": {"a": 2}}


def test_a_secret_that_the_server_has_can_be_removed(made: list[QWidget]) -> None:
    form = Form(
        of_servers(), Draft(of_servers(), {"mail_notification_password": "x", "proxy_password": ""}), FormNeeds()
    )
    made.append(form)
    has, has_none = (form.row(key).input for key in ("mail_notification_password", "proxy_password"))

    assert has.remove.isVisibleTo(has.widget) and not has_none.remove.isVisibleTo(has_none.widget)  # type: ignore[attr-defined]
    has.remove.click()  # type: ignore[attr-defined]
    assert form.changed() == {"mail_notification_password": ""}
    has.remove.click()  # type: ignore[attr-defined]
    assert form.changed() == {}


def test_what_can_only_be_read_cannot_be_changed(made: list[QWidget]) -> None:
    answer = {"proxy_type": 3, "proxy_auth_enabled": True, "current_interface_name": "lo", "web_ui_api_key": "qbt_x"}
    old, new = (
        Form(of_servers(), Draft(of_servers(), answer, release=release), FormNeeds())
        for release in ((4, 5, 2), (5, 3, 0))
    )
    made += [old, new]

    login, newer = (form.row("proxy_auth_enabled").input.focus for form in (old, new))
    name: Any = new.row("current_interface_name").input.focus

    assert not login.isEnabled() and newer.isEnabled()
    assert name.isReadOnly() and name.isEnabled()
    assert not new.row("web_ui_api_key").input.focus.isEnabled()


def test_lines_keep_the_separator_of_the_server(made: list[QWidget]) -> None:
    form = Form(of_servers(), Draft(of_servers(), {"web_ui_domain_list": "a.test; b.test"}), FormNeeds())
    made.append(form)
    row: Any = form.row("web_ui_domain_list")

    assert row.input.box.toPlainText() == "a.test\nb.test"
    row.input.box.setPlainText("a.test\nb.test\nc.test\n")
    assert form.changed() == {"web_ui_domain_list": "a.test;b.test;c.test"}


def test_a_page_that_is_turned_to_while_it_is_built_is_built_once(made: list[QWidget], run: Run) -> None:
    answer = {pref.key: sample(pref) for pref in of_servers().prefs.values() if pref.kind not in ("time", "part")}
    form = Form(of_servers(), Draft(of_servers(), answer), FormNeeds())
    made.append(form)

    async def turn() -> None:
        building = asyncio.ensure_future(form.build_rest())
        while not building.done():
            form.pages.setCurrentRow((form.pages.currentRow() + 1) % form.pages.count())
            await asyncio.sleep(0)

    run(turn())

    titles = [(box.parent(), box.title()) for box in form.findChildren(QGroupBox)]
    assert len(titles) == len(set(titles))


def test_keys_lead_through_pages_and_to_the_search(made: list[QWidget], qtbot: QtBot) -> None:
    form = Form(of_servers(), Draft(of_servers(), {"dl_limit": 0, "dht": True, "locale": "en"}), FormNeeds())
    made.append(form)
    form.show()
    form.activateWindow()
    qtbot.waitUntil(form.isActiveWindow)
    first = form.page_in_view

    QTest.keyClick(form.pages, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    second = form.page_in_view
    QTest.keyClick(form.pages, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(form.pages, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    searches = form.search.hasFocus()

    assert (first, form.page_in_view) == (form.page_in_view, first) and second != first
    assert searches
    form.hide()


def test_escape_empties_the_search_before_it_leaves(made: list[QWidget], qtbot: QtBot) -> None:
    window = QDialog()
    made.append(window)
    form = Form(of_servers(), Draft(of_servers(), {"dl_limit": 0}), FormNeeds(), window)
    window.open()
    QTest.keyClicks(form.search, "limit")

    QTest.keyClick(form.search, Qt.Key.Key_Escape)
    assert (form.search.text(), window.isVisible()) == ("", True)

    QTest.keyClick(form.search, Qt.Key.Key_Escape)
    assert not window.isVisible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_was_found_can_be_read_though_it_is_disabled(made: list[QWidget], theme: str) -> None:
    choose_theme(theme)
    try:
        form = Form(of_servers(), Draft(of_servers(), {"proxy_type": "None", "proxy_ip": "x"}), FormNeeds())
        made.append(form)
        row = form.row("proxy_ip")
        assert row.title is not None and not row.title.isEnabled()

        replace(form.search, "proxy host")

        colors = row.title.palette()
        disabled = QPalette.ColorGroup.Disabled
        text, ground = (colors.color(disabled, role) for role in (colors.ColorRole.WindowText, colors.ColorRole.Window))
        assert contrast(text, ground) >= 4.5
    finally:
        choose_theme("system")


def test_a_search_does_not_look_inside_the_words_of_a_help(made: list[QWidget]) -> None:
    answer: dict[str, Json] = {"locale": "en", "listen_port": 6881, "export_dir": "/x", "web_ui_port": 8080}
    form = Form(of_servers(), Draft(of_servers(), answer), FormNeeds())
    made.append(form)

    assert form.found("port") == ["locale", "listen_port", "web_ui_port"]  # one of its choices is Português
    assert form.found("PORT incoming") == ["listen_port"]
    assert form.found("808") == ["web_ui_port"]
    assert form.page_in_view == form.draft.prefs["locale"].page
    QTest.keyClicks(form.search, "port")
    assert form.page_in_view == form.draft.prefs["listen_port"].page


def test_names_of_the_pages_can_be_read_once_the_desktop_was_dark_for_a_while(made: list[QWidget]) -> None:
    schema = of_program()
    form = Form(schema, Draft(schema, dict.fromkeys(schema.prefs, True)), FormNeeds({}))
    made.append(form)
    form.show()
    usual = QApplication.palette()
    try:
        for ground in ("#202020", "#fafafa"):
            QApplication.setPalette(QPalette(QColor(ground)))
            QApplication.processEvents()
            colours = [form.pages.item(row).data(Qt.ItemDataRole.ForegroundRole) for row in range(form.pages.count())]
            assert len(colours) > 1 and not any(colours), "each would have to be made anew"
            assert contrast(form.pages.palette().text().color(), form.pages.palette().base().color()) > 4.5
    finally:
        QApplication.setPalette(usual)
