"""The timeline as followers would see it: newest first, with descriptions of the pictures shown."""

from typing import Any

import reflex as rx

from socialapp.ui import routes
from socialapp.ui.components import notice
from socialapp.ui.components.button import button, file_link, icon_button, link
from socialapp.ui.components.icon import icon
from socialapp.ui.components.live import watch
from socialapp.ui.components.markdown import markdown
from socialapp.ui.components.parts import CARD, avatar, empty, loaded, some
from socialapp.ui.sandbox.state import SandboxState, TimelineState
from socialapp.ui.sandbox.views import Element
from socialapp.ui.shell import hydrated


def page() -> rx.Component:
    """Return the page; it stands outside the shell, for people without an account."""
    return rx.fragment(
        rx.el.header(
            rx.el.div(
                link(
                    icon("arrow_left"),
                    rx.el.span("Back to the app", class_name="max-sm:sr-only"),
                    to=routes.HOME,
                    class_name="inline-flex items-center gap-1.5 text-sm text-muted "
                    "hover:text-ink no-underline h-9 max-md:h-11",
                ),
                rx.el.h1("Sandbox", class_name="text-md font-semibold m-0 grow text-center"),
                icon_button("refresh_cw", "Refresh", on_click=SandboxState.refresh),
                class_name="max-w-xl mx-auto px-4 h-bar flex items-center gap-3",
            ),
            class_name="sticky top-0 z-20 bg-surface border-b border-line",
        ),
        rx.el.main(
            rx.el.p(
                "The network on this machine. What you post here goes nowhere else.",
                class_name="text-sm text-muted text-center m-0 mb-4",
            ),
            rx.cond(SandboxState.account != "", _account()),
            loaded(SandboxState.is_loaded, _list(), rows=3, height="h-40"),
            rx.cond(
                SandboxState.has_more,
                rx.el.div(
                    button("Show more", on_click=SandboxState.show_more),
                    class_name="flex justify-center py-4",
                ),
            ),
            class_name="max-w-xl mx-auto px-3 md:px-4 py-5 pb-16",
        ),
        watch(TimelineState.newest, on_stale=SandboxState.refresh),
        notice.area(),
        hydrated(),
    )


def _account() -> rx.Component:
    return rx.el.p(
        "Posts of ",
        rx.el.strong(SandboxState.account_name),
        " @",
        SandboxState.account,
        " · ",
        rx.el.a("Everyone", href=routes.SANDBOX, class_name="text-accent-ink"),
        class_name="text-sm text-center m-0 mb-4",
    )


def _list() -> rx.Component:
    return rx.cond(
        some(SandboxState.posts),
        rx.el.div(
            rx.foreach(SandboxState.posts, _post),
            role="feed",
            aria_label="Timeline",
            class_name="flex flex-col gap-3",
        ),
        rx.el.div(
            empty(
                "flask_conical",
                "Nothing here yet",
                "Posts to a sandbox channel appear here the moment they go out.",
            ),
            class_name=CARD,
        ),
    )


def _post(post: Any) -> rx.Component:
    return rx.el.article(
        rx.el.header(
            avatar(post["letters"]),
            rx.el.div(
                rx.el.h2(post["name"], class_name="text-base font-semibold m-0 truncate"),
                rx.el.p("@", post["handle"], class_name="text-xs text-muted m-0 truncate"),
                class_name="min-w-0 grow",
            ),
            rx.el.a(
                rx.el.time(post["when"], date_time=post["at"]),
                href=f"{routes.SANDBOX}?post=" + post["key"],
                class_name="text-xs text-muted hover:underline whitespace-nowrap",
            ),
            class_name="flex items-center gap-2.5 mb-2",
        ),
        rx.cond(
            post["follows"] != "",
            rx.el.p(
                rx.el.a(
                    "Continues an earlier post",
                    href=f"{routes.SANDBOX}?post=" + post["follows"],
                    class_name="text-accent-ink underline underline-offset-2",
                ),
                class_name="m-0 mb-2 text-xs",
            ),
        ),
        rx.el.div(
            rx.foreach(post["elements"].to(list[Element]), _element),
            class_name="flex flex-col gap-3 has-[>:nth-child(2)]:border-l-2 "
            "has-[>:nth-child(2)]:border-line-strong has-[>:nth-child(2)]:pl-3",
        ),
        key=post["key"],
        custom_attrs={"data-sandbox-post": post["key"]},
        class_name=rx.cond(
            post["is_wanted"],
            CARD + "p-4 outline-2 outline-accent",
            CARD + "p-4",
        ),
    )


def _element(element: Any) -> rx.Component:
    return rx.el.div(
        rx.cond(
            element["warning"] != "",
            rx.el.details(
                rx.el.summary(
                    icon("triangle_alert", size=14, class_name="shrink-0"),
                    rx.el.span(element["warning"], class_name="grow break-words"),
                    rx.el.span("Show", class_name="font-medium group-open:hidden"),
                    rx.el.span("Hide", class_name="font-medium hidden group-open:inline"),
                    class_name="flex items-center gap-2 rounded-md bg-warning-soft text-warning "
                    "px-3 py-2 max-md:min-h-touch text-sm",
                ),
                rx.el.div(_content(element), class_name="mt-3"),
                class_name="group",
            ),
            _content(element),
        ),
        _reactions(element),
        key=element["key"],
        lang=element["language"],
    )


def _reactions(element: Any) -> rx.Component:
    """Return what people did with it; whoever may write can add to it, as one who looks."""

    def one(name: str, icon_name: str, word: str) -> rx.Component:
        number = element[name].to(int)
        look = "inline-flex items-center gap-1.5 h-8 max-md:h-11 px-2 rounded-md text-sm "
        words = rx.cond(number == 1, f"1 {word}", rx.fragment(number, f" {word}s"))
        return rx.cond(
            SandboxState.may_react,
            rx.el.button(
                icon(icon_name, size=14),
                words,
                type="button",
                title=f"Add a {word}, as somebody who looks",
                on_click=SandboxState.react(element["key"], name),
                class_name=look + "text-muted hover:text-ink hover:bg-sunken tabular-nums",
            ),
            rx.el.span(
                icon(icon_name, size=14), words, class_name=look + "text-muted tabular-nums"
            ),
        )

    return rx.el.div(
        one("likes", "heart", "like"),
        one("reposts", "repeat_2", "repost"),
        class_name="flex gap-1 mt-2 -ml-2",
    )


def _content(element: Any) -> rx.Component:
    return rx.fragment(
        rx.cond(element["is_page"], _page_text(element), _post_text(element)),
        rx.cond(
            element["pictures"].length() > 0,
            rx.el.div(
                rx.foreach(element["pictures"].to(list[dict[str, Any]]), _picture),
                class_name="grid gap-2 mt-3 grid-cols-1 has-[>:nth-child(2)]:grid-cols-2",
            ),
        ),
        rx.el.ul(
            rx.foreach(element["answers"].to(list[str]), _answer),
            aria_label="Poll",
            class_name="list-none m-0 mt-3 p-0 flex flex-col gap-1.5 empty:hidden",
        ),
        rx.el.ul(
            rx.foreach(element["files"].to(list[dict[str, str]]), _file),
            aria_label="Attachments",
            class_name="list-none m-0 mt-3 p-0 pt-3 border-t border-line flex flex-col gap-1 "
            "empty:hidden",
        ),
    )


def _answer(words: Any) -> rx.Component:
    return rx.el.li(
        words, class_name="rounded-md border border-line-strong px-3 py-1.5 break-words"
    )


def _post_text(element: Any) -> rx.Component:
    return rx.el.p(
        rx.foreach(element["pieces"].to(list[dict[str, str]]), _piece),
        class_name="m-0 text-md whitespace-pre-wrap break-words empty:hidden",
    )


def _page_text(element: Any) -> rx.Component:
    return rx.fragment(
        rx.cond(
            element["title"] != "",
            rx.el.h3(
                element["title"],
                class_name="text-xl font-semibold tracking-tight m-0 mb-2 break-words",
            ),
        ),
        markdown(element["text"]),
        rx.cond(
            element["is_cut"],
            rx.el.p(
                rx.el.a(
                    "Read on",
                    href=f"{routes.SANDBOX}?post=" + element["key"],
                    class_name="text-accent-ink underline underline-offset-2",
                ),
                class_name="m-0 mt-2",
            ),
        ),
    )


def _file(file: Any) -> rx.Component:
    return rx.el.li(
        icon("paperclip", size=14, class_name="shrink-0 mt-1 text-faint"),
        rx.el.span(
            file_link(file["name"], href=file["url"]),
            rx.el.span(" · ", file["size"], class_name="text-muted whitespace-nowrap"),
            rx.cond(
                file["about"] != "",
                rx.el.span(file["about"], class_name="block text-muted break-words"),
            ),
            class_name="min-w-0",
        ),
        key=file["key"],
        class_name="flex items-start gap-2 text-sm min-h-6 max-md:min-h-touch",
    )


def _piece(piece: Any) -> rx.Component:
    return rx.match(
        piece["kind"],
        (
            "link",
            rx.el.a(
                piece["text"],
                href=piece["text"],
                target="_blank",
                rel="noopener noreferrer nofollow",
                class_name="text-accent-ink underline underline-offset-2 break-all",
            ),
        ),
        ("tag", rx.el.span(piece["text"], class_name="text-accent-ink font-medium")),
        rx.el.span(piece["text"]),
    )


def _picture(picture: Any) -> rx.Component:
    look = "w-full max-h-96 object-cover rounded-lg border border-line bg-sunken block"
    return rx.el.figure(
        rx.cond(
            picture["is_video"],
            rx.el.video(src=picture["url"], controls=True, preload="metadata", class_name=look),
            rx.el.img(src=picture["url"], alt=picture["alt"], loading="lazy", class_name=look),
        ),
        rx.cond(
            picture["alt"] != "",
            rx.el.figcaption(
                rx.el.span("ALT ", class_name="font-semibold"),
                picture["alt"],
                class_name="text-xs text-muted mt-1",
            ),
            rx.el.figcaption("No description", class_name="text-xs text-faint mt-1"),
        ),
        key=picture["key"],
        class_name="m-0",
    )
