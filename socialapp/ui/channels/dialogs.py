"""What is asked about channels: which network, another name, whether it goes."""

from typing import Any

import reflex as rx

from socialapp.ui import routes
from socialapp.ui.channels.state import ChannelsState, ConnectState
from socialapp.ui.channels.widgets import ConnectForm
from socialapp.ui.components.button import button, button_link
from socialapp.ui.components.dialog import actions, dialog
from socialapp.ui.components.field import text_field


def connect() -> rx.Component:
    """Return the dialog in which an account is connected."""
    return dialog(
        ConnectForm.create(
            networks=ConnectState.networks,
            start=ConnectState.start,
            on_connected=ConnectState.connected,
            on_cancel=ConnectState.close,
        ),
        title=ConnectState.title,
        is_open=ConnectState.is_open,
        on_close=ConnectState.close,
    )


def rename() -> rx.Component:
    """Return the question what a channel is called here."""
    return dialog(
        rx.el.form(
            text_field(
                "Name",
                id="new_name",
                default_value=ChannelsState.asked_name,
                required=True,
                max_length=100,
                auto_focus=True,
                hint="What it is called here. At its network nothing changes.",
            ),
            actions(
                button("Leave it", on_click=ChannelsState.ask_rename(0)),
                button("Rename", look="primary", type="submit"),
            ),
            on_submit=ChannelsState.rename,
        ),
        title="Rename the channel",
        is_open=ChannelsState.renaming > 0,
        on_close=ChannelsState.ask_rename(0),
    )


def remove() -> rx.Component:
    """Return the question whether a channel goes; what is planned for it goes first."""
    keep = button("Keep it", on_click=ChannelsState.ask_remove(0))
    which: Any = ChannelsState.removing
    return dialog(
        rx.cond(
            ChannelsState.planned != "",
            rx.fragment(
                rx.el.p(
                    rx.el.strong(ChannelsState.planned),
                    " Cancel or move what is planned first; then the channel can be removed.",
                    class_name="m-0 text-muted",
                ),
                actions(
                    keep,
                    button_link(
                        "Show what is planned",
                        to=f"{routes.QUEUE}?channel=" + which.to_string(),
                        on_click=ChannelsState.ask_remove(0),
                        look="primary",
                    ),
                ),
            ),
            rx.fragment(
                rx.el.p(
                    "Nothing is planned for it. Nothing more is published there, and our access is"
                    " deleted here. What went out stays out, and stays listed.",
                    class_name="m-0 text-muted",
                ),
                actions(
                    keep,
                    button("Remove the channel", look="danger", on_click=ChannelsState.remove),
                ),
            ),
        ),
        title=rx.Var.create("Remove ") + ChannelsState.asked_name + "?",
        is_open=ChannelsState.removing > 0,
        on_close=ChannelsState.ask_remove(0),
    )
