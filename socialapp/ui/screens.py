"""The list of screens: address, title, what is shown, what is read when it opens."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from socialapp.ui import routes
from socialapp.ui.feed import LiveState


def add_all(app: rx.App) -> None:
    """Add every screen."""
    from socialapp.ui import not_found
    from socialapp.ui.analytics import page as analytics
    from socialapp.ui.analytics.state import AnalyticsState
    from socialapp.ui.autopilot import page as autopilot
    from socialapp.ui.autopilot.links_state import LinksState
    from socialapp.ui.autopilot.photographs_state import PhotographsState
    from socialapp.ui.autopilot.state import AutopilotState
    from socialapp.ui.calendar import page as calendar
    from socialapp.ui.calendar.state import CalendarState
    from socialapp.ui.channels import page as channels
    from socialapp.ui.channels.state import ChannelsState
    from socialapp.ui.comparisons import page as comparisons
    from socialapp.ui.comparisons.state import ComparisonsState
    from socialapp.ui.compose import page as compose
    from socialapp.ui.dashboard import page as dashboard
    from socialapp.ui.dashboard.state import DashboardState
    from socialapp.ui.evergreen import page as evergreen
    from socialapp.ui.evergreen.state import EvergreenState
    from socialapp.ui.importing import page as importing
    from socialapp.ui.importing.state import ImportState
    from socialapp.ui.library import page as library
    from socialapp.ui.library.state import LibraryState
    from socialapp.ui.network import page as network
    from socialapp.ui.network.state import NetworkState
    from socialapp.ui.network.times import TimesState
    from socialapp.ui.network.timetables import TimetablesState
    from socialapp.ui.pages import page as pages
    from socialapp.ui.pages.editor import page as page_editor
    from socialapp.ui.pages.state import PagesState
    from socialapp.ui.people import join
    from socialapp.ui.people import page as people
    from socialapp.ui.people.state import PeopleState
    from socialapp.ui.posts import page as posts
    from socialapp.ui.posts.state import PostsState
    from socialapp.ui.queue import page as queue
    from socialapp.ui.queue.bulk import BulkState
    from socialapp.ui.queue.state import QueueState
    from socialapp.ui.review import page as review
    from socialapp.ui.sandbox import page as sandbox
    from socialapp.ui.sandbox.state import SandboxState
    from socialapp.ui.series import page as series
    from socialapp.ui.series.state import SeriesState
    from socialapp.ui.settings import page as settings
    from socialapp.ui.settings.state import SettingsState
    from socialapp.ui.sign_in import page as sign_in
    from socialapp.ui.sign_in.state import EntryState
    from socialapp.ui.sources import page as sources
    from socialapp.ui.sources.state import SourcesState
    from socialapp.ui.texts import page as texts
    from socialapp.ui.texts.state import TextsState

    _add(app, routes.HOME, "Dashboard", dashboard.page, LiveState.load, DashboardState.load)
    _add(app, routes.CALENDAR, "Calendar", calendar.page, LiveState.load, CalendarState.load)
    _add(app, routes.QUEUE, "Queue", queue.page, LiveState.load, QueueState.load, BulkState.forget)
    _add(app, routes.SERIES, "Series", series.page, LiveState.load, SeriesState.load)
    _add(app, routes.EVERGREEN, "Evergreen", evergreen.page, LiveState.load, EvergreenState.load)
    _add(app, routes.IMPORT, "Import", importing.page, LiveState.load, ImportState.load)
    _add(app, routes.POSTS, "Posts", posts.page, LiveState.load, PostsState.load)
    _add(app, routes.TEXTS, "Texts", texts.page, LiveState.load, TextsState.load)
    _add(app, routes.PAGES, "Pages", pages.page, LiveState.load, PagesState.load)
    _add(app, routes.EDIT_PAGE, "Page", page_editor.page, LiveState.load)
    _add(app, routes.COMPOSE, "Compose", compose.page, LiveState.load)
    _add(app, routes.LIBRARY, "Library", library.page, LiveState.load, LibraryState.load)
    _add(app, routes.ANALYTICS, "Analytics", analytics.page, LiveState.load, AnalyticsState.load)
    _add(
        app,
        *(routes.COMPARISONS, "Comparisons", comparisons.page),
        *(LiveState.load, ComparisonsState.open),
    )
    _add(
        app,
        *(routes.AUTOPILOT, "Autopilot", autopilot.page),
        *(LiveState.load, AutopilotState.load, PhotographsState.load, LinksState.load),
    )
    _add(app, routes.SOURCES, "Sources", sources.page, LiveState.load, SourcesState.load)
    _add(app, routes.CHANNELS, "Channels", channels.page, LiveState.load, ChannelsState.load)
    _add(
        app,
        *(routes.CHANNEL, "Channel", network.page),
        *(LiveState.load, NetworkState.load, TimesState.load, TimetablesState.load),
    )
    _add(app, routes.SETTINGS, "Settings", settings.page, LiveState.load, SettingsState.load)
    _add(app, routes.PEOPLE, "People", people.page, LiveState.load, PeopleState.load)
    _add(app, routes.JOIN, "Join", join.page)
    _add(app, routes.REVIEW, "Review", review.page)
    _add(app, routes.SANDBOX, "Sandbox", sandbox.page, SandboxState.load)
    _add(app, routes.SIGN_IN, "Sign in", sign_in.sign_in_page, EntryState.load)
    _add(app, routes.WELCOME, "Welcome", sign_in.welcome_page, EntryState.load)
    app.add_page(not_found.page, route="404", title="Not found · socialapp")


def _add(
    app: rx.App, address: str, title: str, page: Callable[[], rx.Component], *load: Any
) -> None:
    app.add_page(page, route=address, title=f"{title} · socialapp", on_load=list(load))
