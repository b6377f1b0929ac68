"""What may be wrong with texts, their threads and titles."""

from socialapp.domain.checks.rule import Rule

CONTENT = (
    Rule(
        "too_many_parts",
        (("parts", "over", "parts_limit"), ("parts_limit", "is", 1)),
        "{network} has no threads; this has {parts:part}. Put everything into one text.",
        field="parts",
    ),
    Rule(
        "too_many_parts",
        (("parts", "over", "parts_limit"), ("parts_limit", "is not", 1)),
        "{network} takes at most {parts_limit:part} in a thread; this has {parts}."
        " Remove {parts_over}, or join some.",
        field="parts",
    ),
    Rule(
        "title_too_long",
        (("title", "over", "title_limit"),),
        "{network} takes a title of at most {title_limit:character}; this one has {title}."
        " Shorten it.",
        field="title",
        span="title_span",
    ),
)
KIND = (
    Rule(
        "kind_not_taken",
        (("kind", "is", "page"),),
        "{network} takes posts, not pages. Choose another channel, or write it as a post.",
        field="kind",
    ),
    Rule(
        "kind_not_taken",
        (("kind", "is", "post"),),
        "{network} takes pages, not posts. Choose another channel, or write it as a page.",
        field="kind",
    ),
)
TEXT = (
    Rule(
        "text_required",
        (("is_empty", "is", True), ("part", "is", 1), ("takes_media", "is", True)),
        "Write something, or add a picture.",
    ),
    Rule(
        "text_required",
        (("is_empty", "is", True), ("part", "is", 1), ("takes_media", "is", False)),
        "Write something.",
    ),
    Rule(
        "text_required",
        (("is_empty", "is", True), ("part", "is not", 1)),
        "{This} is empty. Write something, or remove it.",
    ),
    Rule(
        "text_required",
        (("has_text", "is", False), ("is_empty", "is", False), ("needs_text", "is", True)),
        "{network} takes no post without a text. Write something.",
    ),
    Rule(
        "text_too_long",
        (("count", "over", "limit"), ("splits", "is", False)),
        "{network} takes at most {limit_words}; {this} is {over} too many. Shorten it.",
        span="over_span",
    ),
    Rule(
        "text_too_long",
        (("count", "over", "limit"), ("splits", "is", True)),
        "{network} takes at most {limit_words}; {this} is {over} too many."
        " Shorten it, or split it into a thread.",
        fix="split",
        span="over_span",
    ),
    Rule(
        "text_too_long",
        (("bytes", "over", "byte_limit"), ("over", "is", 0), ("splits", "is", False)),
        "{network} takes at most {byte_limit:byte}; {this} is {bytes_over} too many. Shorten it.",
        span="bytes_span",
    ),
    Rule(
        "text_too_long",
        (("bytes", "over", "byte_limit"), ("over", "is", 0), ("splits", "is", True)),
        "{network} takes at most {byte_limit:byte}; {this} is {bytes_over} too many."
        " Shorten it, or split it into a thread.",
        fix="split",
        span="bytes_span",
    ),
    Rule(
        "character_refused",
        (("refused", "is not", ""),),
        "{network} refuses the character {refused}. Take it out.",
        span="refused_span",
    ),
    Rule(
        "too_many_links",
        (("links", "over", "links_limit"),),
        "{network} takes at most {links_limit:link}; {this} has {links}. Remove {links_over}.",
        span="links_span",
    ),
    Rule(
        "too_many_tags",
        (("tags", "over", "tags_limit"),),
        "{network} takes at most {tags_limit:hashtag}; {this} has {tags}. Remove {tags_over}.",
        span="tags_span",
    ),
    Rule(
        "too_many_tags",
        (("tags", "over", "tags_advised"), ("is_over_tags", "is", False)),
        "{network} makes use of {tags_advised:hashtag} only; {this} has {tags}.",
        severity="warning",
        span="advised_span",
    ),
)
