"""What belongs to this browser alone: the theme, the width of the sidebar, the clipboard."""

import reflex as rx

from socialapp.ui.components.jsx import Widget, library


class _Theme(Widget):
    library = library("browser")
    tag = "ThemeChoice"
    is_default = False


class _Sidebar(Widget):
    library = library("browser")
    tag = "SidebarButton"
    is_default = False


class _Copy(Widget):
    library = library("browser")
    tag = "CopyButton"
    is_default = False
    text: rx.Var[str]


class _Address(Widget):
    library = library("browser")
    tag = "OwnAddress"
    is_default = False
    path: rx.Var[str]


class _SignOut(Widget):
    library = library("browser")
    tag = "SignOut"
    is_default = False


def theme_choice() -> rx.Component:
    """Return light, dark, or what the system says; remembered in this browser."""
    return _Theme.create(
        class_name="flex items-center gap-0.5 rounded-md bg-sunken p-0.5 border border-line"
    )


def sidebar_button(class_name: str) -> rx.Component:
    """Return the button that makes the sidebar narrow or wide; remembered in this browser."""
    return _Sidebar.create(class_name=class_name)


def copy_button(text: rx.Var[str] | str, class_name: str) -> rx.Component:
    """Return a button that copies `text` and says so."""
    return _Copy.create(text=text, class_name=class_name)


def own_address(path: rx.Var[str] | str, class_name: str) -> rx.Component:
    """Show a path of this app as the whole address; `copy_button` copies the same."""
    return _Address.create(path=path, class_name=class_name)


def sign_out(class_name: str) -> rx.Component:
    """Return the button that ends the session; it needs a full load: the socket knows the old."""
    return _SignOut.create(class_name=class_name)
