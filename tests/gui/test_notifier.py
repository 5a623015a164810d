"""Messages: what happened, what was kept, what to do."""

from __future__ import annotations

import logging

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fleetdesk.errors import Defect, Invalid, NotAllowed, Offline, ReplicaUnusable
from fleetdesk.qt.confirmation import Confirmation, ConfirmationDialog
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.notifier import Level, Message, MessageAction, MessageRecorder, Notifier, Question
from fleetdesk.qt.toasts import Toast, ToastStack
from fleetdesk.qt.widgets.buttons import Button

DELETE = Question("Delete 12 leads?", "They can be restored for 90 days.", "Delete 12 leads", dangerous=True)
SEND = Question("Send the form?", "It goes to the lead.", "Send the form")


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    window.resize(800, 600)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


@pytest.fixture
def toasts(notifier: Notifier, theme: Theme, window: QWidget) -> ToastStack:
    return ToastStack(notifier, theme, window, within=window)


@pytest.mark.parametrize(
    ("error", "level"),
    [
        (Invalid("email", "An email has an @."), Level.WARNING),
        (NotAllowed("Only a super admin validates leads."), Level.WARNING),
        (Offline("The hub cannot be reached."), Level.WARNING),
        (ReplicaUnusable("The local copy is damaged."), Level.ERROR),
    ],
)
def test_an_error_is_said_in_its_own_words(
    notifier: Notifier, said: MessageRecorder, error: Exception, level: Level
) -> None:
    notifier.failed(error)

    assert [(message.level, message.text) for message in said.messages] == [(level, str(error))]


@pytest.mark.parametrize("error", [KeyError("password=hunter2"), Defect("the table was empty")])
def test_a_mistake_of_ours_is_logged_and_its_words_are_not_shown(
    notifier: Notifier, said: MessageRecorder, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    with caplog.at_level(logging.ERROR):
        notifier.failed(error)

    assert said.messages[0].what == "Something went wrong inside FleetDesk."
    assert str(error) not in said.messages[0].text
    assert caplog.records[0].exc_info is not None


def test_a_question_that_is_not_confirmed_does_nothing(notifier: Notifier, said: MessageRecorder) -> None:
    deleted: list[str] = []

    notifier.ask(DELETE, lambda: deleted.append("leads"))

    assert (deleted, [pending.question for pending in said.pending]) == ([], [DELETE])


def test_a_confirmed_question_does_what_was_asked(notifier: Notifier, said: MessageRecorder) -> None:
    deleted: list[str] = []

    notifier.ask(DELETE, lambda: deleted.append("leads"))
    said.confirm()

    assert deleted == ["leads"]


def test_a_message_appears_in_the_window_without_taking_the_keyboard(
    notifier: Notifier, toasts: ToastStack, window: QWidget
) -> None:
    field = Button("Save", parent=window)
    field.show()
    field.setFocus()

    notifier.success("12 leads are qualified.")

    assert [message.what for message in toasts.messages] == ["12 leads are qualified."]
    assert field.hasFocus()


def test_a_message_with_a_second_sentence_leaves_the_window_in_front(
    notifier: Notifier, toasts: ToastStack, window: QWidget, qapp: QApplication
) -> None:
    notifier.info("Sending is paused.", do="What you did waits here.")
    qapp.processEvents()

    assert QApplication.activeWindow() is window


def test_a_newer_message_about_the_same_thing_takes_the_place_of_the_older(
    notifier: Notifier, toasts: ToastStack
) -> None:
    notifier.info("You are offline.", key="connection")
    notifier.success("You are back online.", key="connection")

    assert [message.what for message in toasts.messages] == ["You are back online."]


def test_the_same_message_again_is_counted_and_stands_once(
    notifier: Notifier, toasts: ToastStack, window: QWidget
) -> None:
    for _ in range(3):
        notifier.warning("The disk is full.", kept="What you saved before is kept.")

    assert [message.what for message in toasts.messages] == ["The disk is full."]
    assert "The disk is full. (3 times)" in [label.text() for label in labels(window)]


def test_messages_that_differ_in_one_word_stand_side_by_side(notifier: Notifier, toasts: ToastStack) -> None:
    notifier.warning("The disk is full.", kept="What you saved before is kept.")
    notifier.warning("The disk is full.", kept="Nothing was kept.")

    assert len(toasts.messages) == 2


def test_a_message_that_no_longer_holds_is_taken_back(notifier: Notifier, toasts: ToastStack) -> None:
    notifier.info("You are offline.", key="connection")

    notifier.withdraw("connection")

    assert toasts.messages == []


def test_a_message_that_holds_for_a_time_goes_then_also_from_under_the_mouse(
    qtbot: QtBot, notifier: Notifier, toasts: ToastStack, window: QWidget
) -> None:
    notifier.say(Message(Level.SUCCESS, "Moved", seconds=0.1))
    [toast] = window.findChildren(Toast)
    QApplication.sendEvent(toast, QEnterEvent(QPointF(), QPointF(), QPointF()))

    qtbot.waitUntil(lambda: not toasts.messages)


def test_an_error_outlasts_a_flood_of_other_messages(notifier: Notifier, toasts: ToastStack) -> None:
    notifier.error("The file could not be read.")
    for number in range(9):
        notifier.info(f"Message {number}")

    assert [message.what for message in toasts.messages] == [
        "The file could not be read.",
        "Message 6",
        "Message 7",
        "Message 8",
    ]


def test_undo_on_a_message_is_done_once_and_closes_it(notifier: Notifier, toasts: ToastStack) -> None:
    undone: list[str] = []
    notifier.success("Lead deleted.", action=MessageAction("Undo", lambda: undone.append("deletion")))

    toasts.run_newest_action()
    toasts.run_newest_action()

    assert (undone, toasts.messages) == (["deletion"], [])


def test_messages_stay_inside_their_window_when_it_shrinks(
    notifier: Notifier, toasts: ToastStack, window: QWidget, qapp: QApplication
) -> None:
    notifier.info("You are offline.")

    window.resize(500, 300)
    qapp.processEvents()

    toast = window.findChildren(Toast)[0]
    assert window.rect().contains(toast.geometry())


def test_messages_cover_no_button(notifier: Notifier, toasts: ToastStack, window: QWidget) -> None:
    button = Button("Send it again", parent=window)
    button.setGeometry(20, window.height() - 50, 120, 32)
    button.show()

    notifier.info("You are offline.")
    notifier.warning("The disk is full.")

    places = [toast.geometry() for toast in window.findChildren(Toast)]
    assert not any(place.intersects(button.geometry()) for place in places)
    assert not places[0].intersects(places[1])


def test_data_in_a_message_is_shown_as_it_is(notifier: Notifier, toasts: ToastStack, window: QWidget) -> None:
    notifier.say(Message(Level.INFO, "<b>Omar</b> was assigned to you."))

    toast = window.findChildren(Toast)[0]
    assert toast.accessibleName() == "<b>Omar</b> was assigned to you."
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels(toast))


def labels(widget: QWidget) -> list[QLabel]:
    return [label for label in widget.findChildren(QLabel) if label.text()]


@pytest.fixture
def dialog(qtbot: QtBot, notifier: Notifier, window: QWidget) -> ConfirmationDialog:
    Confirmation(notifier, window)
    notifier.ask(DELETE, lambda: window.setWindowTitle("deleted"))
    dialog = window.findChildren(ConfirmationDialog)[0]
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def test_enter_does_not_confirm_what_is_dangerous(qtbot: QtBot, dialog: ConfirmationDialog, window: QWidget) -> None:
    qtbot.keyClick(dialog, Qt.Key.Key_Return)

    assert window.windowTitle() == ""


def test_enter_on_the_verb_does_it(qtbot: QtBot, dialog: ConfirmationDialog, window: QWidget) -> None:
    qtbot.keyClick(labelled(dialog, "Delete 12 leads"), Qt.Key.Key_Return)

    assert window.windowTitle() == "deleted"


def test_enter_on_cancel_does_nothing(qtbot: QtBot, notifier: Notifier, window: QWidget) -> None:
    Confirmation(notifier, window)
    notifier.ask(SEND, lambda: window.setWindowTitle("sent"))
    dialog = window.findChildren(ConfirmationDialog)[0]

    qtbot.keyClick(labelled(dialog, "Cancel"), Qt.Key.Key_Return)

    assert not dialog.isVisible()
    assert window.windowTitle() == ""


def labelled(dialog: ConfirmationDialog, text: str) -> QPushButton:
    return next(button for button in dialog.findChildren(QPushButton) if button.text() == text)


def test_the_button_bears_the_verb_and_does_it(dialog: ConfirmationDialog, window: QWidget) -> None:
    labelled(dialog, "Delete 12 leads").click()

    assert window.windowTitle() == "deleted"


def test_escape_leaves_a_question_undone(qtbot: QtBot, dialog: ConfirmationDialog, window: QWidget) -> None:
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)

    assert not window.findChildren(ConfirmationDialog) or not dialog.isVisible()
    assert window.windowTitle() == ""
