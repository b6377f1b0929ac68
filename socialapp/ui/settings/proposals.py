"""The tab of proposals: what is asked for captions and descriptions, tried, and switched on."""

from typing import Any

import reflex as rx

from socialapp.domain.proposals import INSTRUCTION_LENGTH
from socialapp.services.proposals import KEY_LENGTH, MODEL_LENGTH
from socialapp.ui.components.button import LOOKS, SHAPE, SIZES
from socialapp.ui.components.field import CONTROL, field, text_field
from socialapp.ui.components.jsx import Widget
from socialapp.ui.components.parts import card, loaded, some
from socialapp.ui.feed import LiveState
from socialapp.ui.settings.form import FORM, save
from socialapp.ui.settings.proposals_state import ProposalsState


class _Try(Widget):
    library = rx.asset("try_endpoint.jsx", shared=True).importable_path
    tag = "TryEndpoint"
    is_default = False


def tab() -> rx.Component:
    """Return the tab."""
    return rx.el.div(
        loaded(ProposalsState.is_loaded, _card(), rows=4, height="h-16"),
        on_mount=ProposalsState.load,
    )


def _card() -> rx.Component:
    return card(
        rx.el.p(
            "A language model of your choice can propose the text of a post, and descriptions of "
            "pictures for people who cannot see them. It is asked only when somebody presses "
            "Propose, and by personas of Autopilot that were told to. Nothing that is written is "
            "replaced.",
            class_name="text-muted m-0 mb-2 max-w-2xl",
        ),
        rx.el.p(_where(), class_name="m-0 mb-4 max-w-2xl", role="status"),
        rx.cond(
            LiveState.can_admin,
            _form(),
            rx.el.p("Only an owner or admin changes this.", class_name="m-0 text-sm text-muted"),
        ),
        title="Proposals",
    )


def _where() -> Any:
    sends = rx.cond(
        ProposalsState.sees_pictures,
        "the text and the descriptions of the post, and its pictures, made smaller and without "
        "metadata.",
        "the text and the descriptions of the post. Pictures are not sent.",
    )
    return rx.cond(
        ProposalsState.is_on,
        rx.fragment("On. What is sent to ", rx.el.strong(ProposalsState.host), " is ", sends),
        "Off. Nothing is sent to anybody.",
    )


def _form() -> rx.Component:
    return rx.el.form(
        text_field(
            "Address",
            id="proposal_url",
            default_value=ProposalsState.url,
            placeholder="https://models.example.org/v1",
            required=True,
            max_length=500,
            auto_complete="off",
            list="proposal_named",
            hint="Of a server that speaks as OpenAI's chat completions do; it usually ends in "
            "/v1. Ollama and llama.cpp do.",
        ),
        rx.el.datalist(
            rx.foreach(ProposalsState.named, lambda url: rx.el.option(value=url, key=url)),
            id="proposal_named",
        ),
        rx.cond(some(ProposalsState.named), _named()),
        text_field(
            "Model",
            id="proposal_model",
            default_value=ProposalsState.model,
            required=True,
            max_length=MODEL_LENGTH,
            auto_complete="off",
            hint="By the name that the server has for it.",
        ),
        text_field(
            "Key",
            id="proposal_key",
            type="password",
            max_length=KEY_LENGTH,
            auto_complete="new-password",
            placeholder=rx.cond(ProposalsState.has_key, "One is kept", ""),
            hint=rx.cond(
                ProposalsState.has_key,
                "One is kept, sealed, and is not shown again. Type another to replace it. It is "
                "forgotten when the address leads to another server.",
                "If the server wants one. It is kept sealed, and is not shown again.",
            ),
        ),
        rx.cond(
            ProposalsState.has_key,
            _check("Forget the key", "proposal_forget", is_on=False),
        ),
        _check("It may see pictures", "proposal_sees", is_on=ProposalsState.sees_pictures),
        field(
            "What is asked of every text",
            rx.el.textarea(
                id="proposal_instruction",
                name="proposal_instruction",
                default_value=ProposalsState.instruction,
                max_length=INSTRUCTION_LENGTH,
                rows=3,
                placeholder="In German, friendly, without emoji.",
                custom_attrs={"aria-describedby": "proposal_instruction-hint"},
                class_name=CONTROL + "py-2",
            ),
            id="proposal_instruction",
            hint="Your voice, and the language; it may stay empty.",
        ),
        _Try.create(class_name=f"{SHAPE}{SIZES['md']}{LOOKS['plain']}"),
        _check("Propose texts and descriptions", "proposal_on", is_on=ProposalsState.is_on),
        save(),
        on_submit=ProposalsState.save,
        key=ProposalsState.turn,
        class_name=FORM,
    )


def _named() -> rx.Component:
    return rx.el.div(
        rx.el.p("Allowed inside this network by whoever runs this server:", class_name="m-0"),
        rx.el.ul(
            rx.foreach(
                ProposalsState.named,
                lambda url: rx.el.li(rx.el.code(url, class_name="break-all"), key=url),
            ),
            class_name="m-0 pl-5 list-disc",
        ),
        class_name="-mt-2 text-xs text-muted",
    )


def _check(label: str, name: str, *, is_on: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            name=name,
            default_checked=is_on,
            class_name="size-4 accent-[var(--accent)]",
        ),
        label,
        class_name="flex items-center gap-2.5 min-h-8 max-md:min-h-11 font-medium",
    )
