"""What may be wrong with pictures, videos and attachments."""

from socialapp.domain.checks.rule import Rule

_FIELD = "{where}media_ids"

MEDIA = (
    Rule(
        "media_required",
        (("media", "is", 0), ("needs_media", "is", True)),
        "{network} takes no post without {needed}. Add one.",
        field=_FIELD,
    ),
    Rule(
        "too_many_images",
        (("images", "is not", 0), ("images_limit", "is", 0)),
        "{network} takes no pictures. Remove {images:picture}.",
        field=_FIELD,
    ),
    Rule(
        "too_many_images",
        (("images", "over", "images_limit"),),
        "{network} takes at most {images_limit:picture}; {this} has {images}."
        " Remove {images_over}.",
        field=_FIELD,
    ),
    Rule(
        "too_many_videos",
        (("videos", "is not", 0), ("videos_limit", "is", 0)),
        "{network} takes no videos. Remove {videos:video}.",
        field=_FIELD,
    ),
    Rule(
        "too_many_videos",
        (("videos", "over", "videos_limit"), ("is_mixed", "is", False)),
        "{network} takes at most {videos_limit:video}; {this} has {videos}. Remove {videos_over}.",
        field=_FIELD,
    ),
    Rule(
        "media_mix",
        (("is_mixed", "is", True), ("videos_limit", "is", 1)),
        "{network} takes pictures or one video, not both. Remove some.",
        field=_FIELD,
    ),
    Rule(
        "media_mix",
        (("is_mixed", "is", True), ("videos_limit", "is not", 1)),
        "{network} takes pictures or at most {videos_limit:video}, not both. Remove some.",
        field=_FIELD,
    ),
    Rule(
        "media_mix",
        (("crowds_gif", "is", True), ("is_mixed", "is", False)),
        "{network} takes an animated picture only alone. Remove it, or the others.",
        field=_FIELD,
    ),
    Rule(
        "too_many_media",
        (("media", "over", "media_limit"), ("images_over", "is", 0), ("videos_over", "is", 0)),
        "{network} takes at most {media_limit} pictures and videos together; {this} has {media}."
        " Remove {media_over}.",
        field=_FIELD,
    ),
)
MEDIUM = (
    Rule(
        "media_type",
        (("is_taken", "is", False), ("is_fitted", "is", False)),
        "{It} is of type {type}, and {network} takes only {types}. Save it as one of these.",
        field=_FIELD,
    ),
    Rule(
        "media_type",
        (("is_taken", "is", False), ("is_fitted", "is", True)),
        "{It} is of type {type}, and {network} takes only {types}."
        " A copy of another type is sent by itself.",
        field=_FIELD,
        severity="warning",
        fix="convert",
    ),
    Rule(
        "media_too_big",
        (("bytes", "over", "bytes_limit"), ("is_fitted", "is", False)),
        "{It} is {size}, and {network} takes at most {size_limit}. Take a smaller file.",
        field=_FIELD,
    ),
    Rule(
        "media_too_big",
        (("bytes", "over", "bytes_limit"), ("is_fitted", "is", True)),
        "{It} is {size}, and {network} takes at most {size_limit}."
        " A smaller copy is sent by itself.",
        field=_FIELD,
        severity="warning",
        fix="scale",
    ),
    Rule(
        "media_too_large",
        (("measure", "is not", ""), ("is_fitted", "is", False)),
        "{It} is {width} x {height} pixels, and {network} takes at most {measure}."
        " Make it smaller.",
        field=_FIELD,
    ),
    Rule(
        "media_too_large",
        (("measure", "is not", ""), ("is_fitted", "is", True)),
        "{It} is {width} x {height} pixels, and {network} takes at most {measure}."
        " A smaller copy is sent by itself.",
        field=_FIELD,
        severity="warning",
        fix="scale",
    ),
    Rule(
        "media_ratio",
        (("ratio", "under", "ratio_least"),),
        "{It} is too tall: {network} takes it when its width is at least {ratio_least} times"
        " its height. Crop it.",
        field=_FIELD,
    ),
    Rule(
        "media_ratio",
        (("ratio", "over", "ratio_most"),),
        "{It} is too wide: {network} takes it when its width is at most {ratio_most} times"
        " its height. Crop it.",
        field=_FIELD,
    ),
    Rule(
        "media_too_short",
        (("duration", "under", "duration_least"),),
        "{It} lasts {lasts}, and {network} takes at least {lasts_least}. Take a longer one.",
        field=_FIELD,
    ),
    Rule(
        "media_too_long",
        (("duration", "over", "duration_most"),),
        "{It} lasts {lasts}, and {network} takes at most {lasts_most}. Cut it.",
        field=_FIELD,
    ),
    Rule(
        "alt_text_too_long",
        (("alt_text", "over", "alt_text_limit"),),
        "The description of {it} has {alt_text:character}, and {network} takes at most"
        " {alt_text_limit}. Shorten it.",
        field=_FIELD,
    ),
    Rule(
        "alt_text_missing",
        (("is_undescribed", "is", True), ("alt_text_rule", "is", "warn")),
        "{It} has no description; people who cannot see it will miss it.",
        field=_FIELD,
        severity="warning",
    ),
    Rule(
        "alt_text_missing",
        (("is_undescribed", "is", True), ("alt_text_rule", "is", "require")),
        "{It} has no description, and this workspace requires one. Describe it.",
        field=_FIELD,
    ),
)
ATTACHMENT = (
    Rule(
        "attachment_type",
        (("is_taken", "is", False), ("types", "is", "")),
        "{network} takes no attachments. Remove {it}.",
        field="attachment_ids",
    ),
    Rule(
        "attachment_type",
        (("is_taken", "is", False), ("types", "is not", "")),
        "{It} is of type {type}, and {network} takes only {types}. Save it as one of these.",
        field="attachment_ids",
    ),
    Rule(
        "attachment_too_big",
        (("bytes", "over", "bytes_limit"),),
        "{It} is {size}, and {network} takes at most {size_limit}. Take a smaller file.",
        field="attachment_ids",
    ),
    Rule(
        "alt_text_missing",
        (("is_undescribed", "is", True), ("alt_text_rule", "is", "warn")),
        "{It} is a picture without a description; people who cannot see it will miss it.",
        field="attachment_ids",
        severity="warning",
    ),
    Rule(
        "alt_text_missing",
        (("is_undescribed", "is", True), ("alt_text_rule", "is", "require")),
        "{It} is a picture without a description, and this workspace requires one. Describe it.",
        field="attachment_ids",
    ),
)
