"""The frame around each page: sidebar, health strip, bottom bar on a phone, shortcuts, notices."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from socialapp.domain.people import Right
from socialapp.ui import pause, routes, workspaces
from socialapp.ui.components import bell, browser, keys, live, menu, notice, palette
from socialapp.ui.components.button import button_link
from socialapp.ui.components.button import link as page_link
from socialapp.ui.components.dialog import dialog
from socialapp.ui.components.icon import icon
from socialapp.ui.components.own_zone import own_times
from socialapp.ui.components.parts import counted, skeleton
from socialapp.ui.feed import LiveState
from socialapp.ui.session import needs


@dataclass(frozen=True)
class Place:
    """One entry of the navigation."""

    name: str
    address: str
    icon: str


DASHBOARD = Place("Dashboard", routes.HOME, "layout_dashboard")
CALENDAR = Place("Calendar", routes.CALENDAR, "calendar_days")
QUEUE = Place("Queue", routes.QUEUE, "list_checks")
SERIES = Place("Series", routes.SERIES, "repeat")
EVERGREEN = Place("Evergreen", routes.EVERGREEN, "recycle")
POSTS = Place("Posts", routes.POSTS, "file_text")
TEXTS = Place("Texts", routes.TEXTS, "text_quote")
PAGES = Place("Pages", routes.PAGES, "notebook_text")
LIBRARY = Place("Library", routes.LIBRARY, "images")
AUTOPILOT = Place("Autopilot", routes.AUTOPILOT, "sparkles")
ANALYTICS = Place("Analytics", routes.ANALYTICS, "chart_column")
CHANNELS = Place("Channels", routes.CHANNELS, "radio")
SANDBOX = Place("Sandbox", routes.SANDBOX, "flask_conical")
SETTINGS = Place("Settings", routes.SETTINGS, "settings")
GROUPS = {
    "Plan": (DASHBOARD, CALENDAR, QUEUE, POSTS, PAGES),
    "Goes out by itself": (SERIES, EVERGREEN, AUTOPILOT),
    "Material": (LIBRARY, TEXTS),
    "Results and set-up": (ANALYTICS, CHANNELS, SANDBOX, SETTINGS),
}
PLACES = tuple(place for some in GROUPS.values() for place in some)
_IN_REACH = (DASHBOARD, CALENDAR, QUEUE)  # on a phone, without opening More


class ShellState(rx.State):
    """What the frame itself shows."""

    is_help_open: bool = False

    @needs(Right.READ)
    async def show_help(self) -> None:
        """Open the list of shortcuts."""
        self.is_help_open = True

    @needs(Right.READ)
    async def hide_help(self) -> None:
        """Close it."""
        self.is_help_open = False


def shell(*content: Any, place: Place | None, wide: bool = False) -> rx.Component:
    """Put a page into the frame; `place` is the entry that is marked as the current one."""
    return rx.el.div(
        rx.el.a(
            "Skip to the content",
            href="#content",
            class_name="sr-only focus:not-sr-only focus:fixed focus:z-50 focus:top-2 focus:left-2 "
            "focus:bg-raised focus:px-3 focus:py-2 focus:rounded-md focus:shadow-float",
        ),
        _sidebar(place),
        rx.el.div(
            rx.el.section(
                rx.el.div(
                    live.health_strip(LiveState.health),
                    pause.banner(),
                    class_name="grow min-w-0 flex flex-col",
                ),
                rx.el.div(
                    bell.bell(LiveState.notified),
                    class_name="flex items-start border-b border-line px-1",
                ),
                aria_label="State of publishing",
                class_name="sticky top-0 z-20 bg-ground flex items-stretch",
            ),
            rx.el.main(
                rx.cond(LiveState.is_ready, rx.fragment(*content), skeleton(rows=4, height="h-20")),
                id="content",
                tab_index=-1,
                class_name="w-full mx-auto px-4 md:px-8 pt-5 md:pt-7 pb-28 md:pb-16 outline-none "
                + ("" if wide else "max-w-content"),
            ),
            class_name="flex-1 min-w-0",
        ),
        _bottom_bar(place),
        _help(),
        pause.question(),
        keys.shortcuts(on_help=ShellState.show_help),
        _palette(),
        live.say(LiveState.summary),
        own_times(LiveState.own_zone, LiveState.zone),
        notice.area(),
        hydrated(),
        class_name="flex min-h-dvh",
    )


def _palette() -> rx.Component:
    leads = {each.does: each.shown for each in keys.TABLE}
    goals = [
        palette.Goal(name=each.name, address=each.address, keys=leads.get(each.address, ""))
        for each in PLACES
    ]
    return palette.palette(
        goals,
        zone=LiveState.zone,
        can_write=LiveState.can_write,
        can_pause=LiveState.can_publish,
        is_paused=LiveState.pause["is_paused"],
        on_pause=pause.PauseState.ask,
        on_resume=pause.PauseState.resume,
    )


def hydrated() -> rx.Component:
    """Return the mark that says the page is complete; tests wait for it."""
    is_hydrated: Any = rx.State.is_hydrated
    return rx.el.span(custom_attrs={"data-hydrated": is_hydrated.to_string()}, hidden=True)


_LINK = (
    "relative flex items-center gap-2.5 h-9 px-2.5 rounded-md text-base no-underline "
    "transition-colors duration-100 "
)


def _nav_link(entry: Place, place: Place | None) -> rx.Component:
    is_here = entry is place
    look = (
        "bg-accent-soft text-accent-ink font-medium"
        if is_here
        else ("text-muted hover:text-ink hover:bg-sunken")
    )
    count = (
        rx.cond(
            LiveState.counts["tab_attention"] > 0,
            rx.el.span(
                counted(LiveState.counts["tab_attention"]),
                rx.el.span(" need attention", class_name="sr-only"),
                class_name="only-wide ml-auto text-2xs font-semibold tabular-nums rounded-full "
                "bg-danger-soft text-danger px-1.5",
            ),
        )
        if entry is QUEUE
        else rx.fragment()
    )
    return rx.el.li(
        page_link(
            icon(entry.icon, size=17, class_name="shrink-0"),
            rx.el.span(entry.name, class_name="label"),
            count,
            to=entry.address,
            title=entry.name,
            custom_attrs={"aria-current": "page"} if is_here else {},
            class_name=_LINK + look,
        )
    )


def _sidebar(place: Place | None) -> rx.Component:
    return rx.el.aside(
        rx.el.div(
            _mark(),
            workspaces.name_or_switch(),
            browser.sidebar_button(
                "inline-flex items-center justify-center size-8 rounded-md text-faint "
                "hover:text-ink hover:bg-sunken shrink-0"
            ),
            class_name="stack flex items-center gap-2.5 min-h-8",
        ),
        button_link(
            rx.el.span("New post", class_name="label"),
            to=routes.COMPOSE,
            look="primary",
            icon_name="plus",
            title="New post (N)",
            class_name="w-full !px-2",
        ),
        palette.opener(
            "flex items-center gap-2.5 h-9 px-2.5 w-full rounded-md border border-line text-base "
            "text-muted hover:text-ink hover:bg-sunken",
            hint=True,
        ),
        rx.el.nav(
            *(
                rx.el.ul(
                    *(_nav_link(entry, place) for entry in some),
                    aria_label=name,
                    class_name="flex flex-col gap-0.5 list-none p-0 m-0 "
                    "[&+ul]:mt-1.5 [&+ul]:pt-1.5 [&+ul]:border-t [&+ul]:border-line",
                )
                for name, some in GROUPS.items()
            ),
            aria_label="Main",
            class_name="grow overflow-y-auto -mx-1 px-1",
        ),
        _account(),
        class_name="sidebar hidden md:flex flex-col gap-3 sticky top-0 h-dvh w-sidebar shrink-0 "
        "border-r border-line bg-surface p-3 z-30",
    )


def _mark() -> rx.Component:
    return rx.el.span(
        icon("send", size=15),
        class_name="grid place-items-center size-8 shrink-0 rounded-md bg-accent text-on-accent",
    )


def _account() -> rx.Component:
    face = rx.fragment(
        rx.el.span(
            LiveState.initials,
            aria_hidden="true",
            class_name="grid place-items-center size-7 shrink-0 rounded-full bg-sunken border "
            "border-line text-2xs font-semibold",
        ),
        rx.el.span(LiveState.person, class_name="only-wide truncate grow text-left"),
        icon("chevrons_up_down", size=14, class_name="only-wide text-faint shrink-0"),
    )
    return rx.el.div(
        rx.el.div(browser.theme_choice(), class_name="only-wide"),
        menu.menu(
            rx.el.p(LiveState.email, class_name="px-2.5 py-1.5 text-xs text-muted m-0 truncate"),
            *_account_items(),
            label="Account",
            face=face,
            place="above",
            button_class="flex items-center gap-2 w-full rounded-md p-1 text-base text-ink "
            "hover:bg-sunken",
        ),
        class_name="flex flex-col gap-2 pt-2 border-t border-line",
    )


def _account_items() -> list[rx.Component]:
    return [
        page_link(
            icon("settings", class_name="text-faint"),
            "Settings",
            to=routes.SETTINGS,
            class_name=menu.ITEM,
        ),
        workspaces.others(only_phone=True),
        menu.item("Shortcuts", icon_name="keyboard", on_click=ShellState.show_help),
        browser.sign_out(menu.ITEM),
    ]


_TAB = "flex flex-col items-center justify-center gap-0.5 h-14 min-w-touch text-2xs no-underline "


def _bottom_link(entry: Place, place: Place | None) -> rx.Component:
    is_here = entry is place
    return page_link(
        icon(entry.icon, size=19),
        entry.name,
        to=entry.address,
        custom_attrs={"aria-current": "page"} if is_here else {},
        class_name=_TAB + ("text-accent-ink font-medium" if is_here else "text-muted"),
    )


def _bottom_bar(place: Place | None) -> rx.Component:
    new = page_link(
        rx.el.span(
            icon("plus", size=20),
            class_name="grid place-items-center h-8 w-12 rounded-full bg-accent text-on-accent",
        ),
        "New",
        to=routes.COMPOSE,
        class_name=_TAB + "text-ink",
    )
    more = menu.menu(
        palette.opener(menu.ITEM),
        *(
            page_link(
                icon(e.icon, class_name="text-faint"), e.name, to=e.address, class_name=menu.ITEM
            )
            for e in PLACES
            if e not in (*_IN_REACH, SETTINGS)
        ),
        *_account_items(),
        rx.el.div(browser.theme_choice(), class_name="p-1"),
        label="More",
        face=rx.fragment(icon("ellipsis", size=19), "More"),
        place="above-right",
        button_class=_TAB + "text-muted w-full",
    )
    return rx.el.nav(
        _bottom_link(DASHBOARD, place),
        _bottom_link(CALENDAR, place),
        new,
        _bottom_link(QUEUE, place),
        more,
        aria_label="Main, at the bottom",
        class_name="md:hidden fixed inset-x-0 bottom-0 z-30 grid grid-cols-5 border-t border-line "
        "bg-surface pb-[env(safe-area-inset-bottom)]",
    )


_KBD = "font-mono text-xs rounded-sm border border-line-strong bg-sunken px-1.5 py-0.5 text-ink "


def _help() -> rx.Component:
    return dialog(
        *(
            rx.el.section(
                rx.el.h3(where, class_name="text-sm font-semibold m-0 mb-1"),
                rx.el.dl(*(_shortcut(each) for each in some), class_name="m-0"),
                class_name="mb-4",
            )
            for where, some in keys.grouped()
        ),
        rx.el.p(
            "On a Mac it is ⌘ in place of Ctrl. While you type in a field only those with Ctrl are"
            " heard.",
            class_name="m-0 text-sm text-muted",
        ),
        title="Shortcuts",
        is_open=ShellState.is_help_open,
        on_close=ShellState.hide_help,
        scrolls=True,
    )


def _shortcut(shortcut: keys.Shortcut) -> rx.Component:
    return rx.el.div(
        rx.el.dt(rx.el.kbd(shortcut.shown, class_name=_KBD), class_name="w-28 shrink-0"),
        rx.el.dd(shortcut.words, class_name="m-0 text-muted"),
        class_name="flex items-center py-1",
    )
