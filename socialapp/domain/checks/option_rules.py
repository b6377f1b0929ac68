"""What may be wrong with options and polls."""

from socialapp.domain.checks.rule import Rule

OPTION = (
    Rule(
        "option_invalid",
        (("is_valid", "is", False),),
        "{label}: {expected}.",
        field="{where}",
    ),
    Rule(
        "option_too_long",
        (("length", "over", "at_most"), ("kind", "is", "text")),
        "{label}: {network} takes at most {at_most:character}; this has {length}. Shorten it.",
        field="{where}",
        span="length_span",
    ),
    Rule(
        "option_too_long",
        (("length", "over", "at_most"), ("kind", "is", "tags")),
        "{label}: {network} takes at most {at_most}; this has {length}. Remove {length_over}.",
        field="{where}",
    ),
)
POLL = (
    Rule(
        "poll_too_few",
        (("answers", "under", "least"),),
        "A poll needs at least {least:answer}; this has {answers}. Add some.",
        field="{where}",
    ),
    Rule(
        "poll_too_many",
        (("answers", "over", "most"),),
        "{network} takes at most {most:answer} in a poll; this has {answers}."
        " Remove {answers_over}.",
        field="{where}",
    ),
    Rule(
        "poll_answer_empty",
        (("empty", "is not", 0),),
        "Answer {empty} of the poll is empty. Fill it in, or remove it.",
        field="{where}",
    ),
    Rule(
        "poll_answer_too_long",
        (("longest", "over", "characters"),),
        "{network} takes answers of at most {characters:character} in a poll; the longest has"
        " {longest}. Shorten it.",
        field="{where}",
    ),
    Rule(
        "poll_answer_twice",
        (("has_twice", "is", True),),
        "Two answers of the poll are the same. Change one.",
        field="{where}",
    ),
    Rule(
        "poll_too_short",
        (("duration", "under", "duration_least"),),
        "The poll lasts {lasts}, and {network} takes at least {lasts_least}. Let it last longer.",
        field="{where}",
    ),
    Rule(
        "poll_too_long",
        (("duration", "over", "duration_most"),),
        "The poll lasts {lasts}, and {network} takes at most {lasts_most}. Let it end earlier.",
        field="{where}",
    ),
    Rule(
        "poll_with_media",
        (("media", "is not", 0),),
        "{network} takes a poll or media in one post, not both. Remove one of them.",
        field="{where}",
    ),
)
