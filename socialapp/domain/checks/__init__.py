"""check(content, capabilities): what a network would refuse, in the words its author sees."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from socialapp.domain.checks import facts, media_facts, words
from socialapp.domain.checks.measures import Facts
from socialapp.domain.checks.rule import AltText, Rule
from socialapp.domain.checks.rules import FOR_BROWSER, RULES
from socialapp.domain.checks.thread import as_thread
from socialapp.domain.content import Capabilities, Content
from socialapp.domain.errors import Problem

__all__ = ["FOR_BROWSER", "RULES", "AltText", "Rule", "Verdict", "as_thread", "check"]


@dataclass(frozen=True)
class Verdict:
    """The dry run of one post or page at one network; the numbers are of its first text."""

    count: int
    limit: int
    """0: none."""
    unit: str
    problems: list[Problem]

    @property
    def is_ok(self) -> bool:
        """Whether nothing stands in the way; warnings do not."""
        return not any(problem.severity == "error" for problem in self.problems)


def check(
    content: Content, can: Capabilities, *, network: str, alt_text: AltText = AltText.WARN
) -> Verdict:
    """Say what `network` would refuse about `content`, and what it would be better with."""
    parts = [facts.of_part(content, number, can) for number in range(1, len(content.parts) + 2)]
    always = {"network": network, "alt_text_rule": str(alt_text)}
    found = [
        problem
        for subject, measured in _subjects(content, parts, can)
        for problem in _broken(subject, measured | always)
    ]
    return Verdict(parts[0]["count"], parts[0]["limit"], can.count, found)


def _subjects(
    content: Content, parts: list[Facts], can: Capabilities
) -> Iterator[tuple[str, Facts]]:
    """Yield all there is to look at; what a network does not take at all is not looked into."""
    whole = facts.of_content(content, can)
    if content.kind not in can.kinds:
        yield "kind", whole
        return
    for number, part in enumerate(content.thread, 1):
        yield "part", parts[number - 1]
        media = (media_facts.of_medium(part, number, at, can) for at in range(len(part.media)))
        yield from (("medium", medium) for medium in media if medium)
    yield "content", whole
    for number, attachment in enumerate(content.attachments, 1):
        yield "attachment", media_facts.of_attachment(attachment, number, can)
    yield from _options(content, can)


def _options(content: Content, can: Capabilities) -> Iterator[tuple[str, Facts]]:
    for option in can.options:
        if option.key not in content.options:
            continue
        value = content.options[option.key]
        chosen = facts.of_option(value, option)
        yield "option", chosen
        if option.kind == "poll" and chosen["is_valid"] and value and can.poll:
            yield "poll", facts.of_poll(content, value, option.key, can.poll)


def _broken(subject: str, measured: Facts) -> Iterator[Problem]:
    for rule in RULES[subject]:
        if all(_holds(measured, *condition) for condition in rule.when):
            yield _problem(rule, measured)


def _holds(measured: Facts, fact: str, how: str, other: Any) -> bool:
    value = measured[fact]
    match how:
        case "over":
            return value is not None and 0 < measured[other] < value
        case "under":
            return value is not None and value < measured[other]
        case "is":
            return bool(value == other)
    return bool(value != other)


def _problem(rule: Rule, measured: Facts) -> Problem:
    start, end = measured[rule.span] if rule.span else (None, None)
    return Problem(
        code=rule.code,
        message=words.fill(rule.message, measured),
        field=words.fill(rule.field, measured),
        start=start,
        end=end,
        severity=rule.severity,
        fix=rule.fix,
    )
