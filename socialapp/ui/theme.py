"""Every colour, size and space: design tokens as CSS variables, and the Tailwind names for them.

Pages use the names (`bg-surface`, `text-muted`), never a colour. Dark is the class `dark` on
<html>, which is set before the first paint. All pairs of text and ground pass AA; axe checks them.
"""

from typing import Any

LIGHT = {
    "ground": "#fafaf9",
    "surface": "#ffffff",
    "raised": "#ffffff",
    "sunken": "#f5f5f4",
    "line": "#e7e5e4",
    "line-strong": "#d6d3d1",
    "control": "#8a847f",
    "ink": "#1c1917",
    "muted": "#57534e",
    "faint": "#706b66",
    "accent": "#4f46e5",
    "accent-strong": "#4338ca",
    "accent-ink": "#4338ca",
    "accent-soft": "#eef2ff",
    "on-accent": "#ffffff",
    "danger": "#b91c1c",
    "danger-soft": "#fef2f2",
    "danger-line": "#fecaca",
    "warning": "#9a4a06",
    "warning-soft": "#fffbeb",
    "warning-line": "#fde68a",
    "good": "#15803d",
    "good-soft": "#f0fdf4",
    "veil": "rgb(28 25 23 / 0.45)",
}

DARK = {
    "ground": "#100f0e",
    "surface": "#191817",
    "raised": "#211f1e",
    "sunken": "#141312",
    "line": "#2c2a28",
    "line-strong": "#3f3c39",
    "control": "#7c7670",
    "ink": "#f5f5f4",
    "muted": "#b5b0aa",
    "faint": "#98928c",
    "accent": "#5b54ea",
    "accent-strong": "#4a42d8",
    "accent-ink": "#a9b3ff",
    "accent-soft": "#232345",
    "on-accent": "#ffffff",
    "danger": "#fca5a5",
    "danger-soft": "#331718",
    "danger-line": "#5f2626",
    "warning": "#fbbf6b",
    "warning-soft": "#2e210f",
    "warning-line": "#5a4116",
    "good": "#86efac",
    "good-soft": "#12281a",
    "veil": "rgb(0 0 0 / 0.6)",
}

STATUS_LIGHT = {
    "draft": ("#57534e", "#f5f5f4"),
    "needs-approval": ("#b93c0b", "#fff7ed"),
    "changes-requested": ("#b93c0b", "#fff7ed"),
    "queued": ("#1d4ed8", "#eff6ff"),
    "publishing": ("#4338ca", "#eef2ff"),
    "posted": ("#15803d", "#f0fdf4"),
    "partly-posted": ("#a63f08", "#fffbeb"),
    "failed": ("#b91c1c", "#fef2f2"),
    "needs-check": ("#6d28d9", "#f5f3ff"),
    "missed": ("#44403c", "#efedeb"),
    "paused": ("#6d28d9", "#f5f3ff"),
    "cancelled": ("#57534e", "#f5f5f4"),
}
"""Text and ground of each status."""

STATUS_DARK = {
    "draft": ("#c4beb8", "#272523"),
    "needs-approval": ("#fdba74", "#341e0d"),
    "changes-requested": ("#fdba74", "#341e0d"),
    "queued": ("#93c5fd", "#14233f"),
    "publishing": ("#a9b3ff", "#20214a"),
    "posted": ("#86efac", "#12281a"),
    "partly-posted": ("#fcd34d", "#2e240d"),
    "failed": ("#fca5a5", "#371819"),
    "needs-check": ("#c4b5fd", "#271c45"),
    "missed": ("#d6d3d1", "#2b2826"),
    "paused": ("#c4b5fd", "#271c45"),
    "cancelled": ("#b5b0aa", "#272523"),
}

SIZES = {
    "sidebar": "15rem",
    "sidebar-small": "3.75rem",
    "content": "72rem",
    "bar": "3.5rem",
    "touch": "2.75rem",
}

FONT = 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif'
MONO = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace'


def _colours() -> dict[str, str]:
    names = {name: f"var(--{name})" for name in LIGHT}
    for status in STATUS_LIGHT:
        names[f"s-{status}"] = f"var(--s-{status})"
        names[f"s-{status}-soft"] = f"var(--s-{status}-soft)"
    return names


TAILWIND: dict[str, Any] = {
    "darkMode": "class",
    "content": ["./app/**/*.{js,jsx}", "./components/**/*.{js,jsx}", "./public/external/**/*.jsx"],
    "theme": {
        "extend": {
            "colors": _colours(),
            "fontFamily": {"sans": FONT, "mono": MONO},
            "fontSize": {
                "2xs": ["0.6875rem", {"lineHeight": "1rem"}],
                "xs": ["0.75rem", {"lineHeight": "1.125rem"}],
                "sm": ["0.8125rem", {"lineHeight": "1.25rem"}],
                "base": ["0.875rem", {"lineHeight": "1.375rem"}],
                "md": ["0.9375rem", {"lineHeight": "1.5rem"}],
                "lg": ["1.0625rem", {"lineHeight": "1.5rem"}],
                "xl": ["1.3125rem", {"lineHeight": "1.75rem"}],
                "2xl": ["1.625rem", {"lineHeight": "2rem"}],
            },
            "borderRadius": {"sm": "6px", "md": "8px", "lg": "12px", "xl": "16px"},
            "boxShadow": {"card": "var(--shadow-card)", "float": "var(--shadow-float)"},
            "spacing": SIZES,
            "animation": {"appear": "appear 140ms ease-out", "spin": "spin 0.9s linear infinite"},
        }
    },
    "plugins": [],
}
"""The configuration for reflex's TailwindV4Plugin."""


def _declare(colours: dict[str, str], statuses: dict[str, tuple[str, str]]) -> str:
    lines = [f"--{name}:{value}" for name, value in colours.items()]
    for status, (ink, ground) in statuses.items():
        lines += [f"--s-{status}:{ink}", f"--s-{status}-soft:{ground}"]
    return ";".join(lines)


_SHADOWS = (
    "--shadow-card:0 1px 2px rgb(28 25 23 / .05);"
    "--shadow-float:0 12px 32px -8px rgb(28 25 23 / .22),0 2px 6px rgb(28 25 23 / .08)"
)
_SHADOWS_DARK = (
    "--shadow-card:0 0 0 rgb(0 0 0 / 0);"
    "--shadow-float:0 16px 40px -8px rgb(0 0 0 / .7),0 0 0 1px rgb(255 255 255 / .06)"
)

_BASE = f"""
html{{font-family:{FONT};-webkit-text-size-adjust:100%;overflow-y:scroll}}
body{{margin:0;background:var(--ground);color:var(--ink);font-size:.875rem;line-height:1.375rem;
-webkit-font-smoothing:antialiased;font-feature-settings:"cv05","ss03"}}
:where(a,button,input,select,textarea,summary,[tabindex]):focus-visible{{
outline:2px solid var(--accent-ink);outline-offset:2px;border-radius:6px}}
:where(button,summary,select,[role=button]){{cursor:pointer}}
:where(button,select,input):disabled{{cursor:not-allowed}}
summary{{list-style:none}}
details[open]>summary>.turns{{transform:rotate(90deg)}}
summary::-webkit-details-marker{{display:none}}
time[data-own]::after{{content:" · " attr(data-own);font-weight:400;opacity:.75}}
.own-below time[data-own]::after{{content:attr(data-own);display:block;font-size:.6875rem;
line-height:1rem;overflow-wrap:normal}}
dialog::backdrop{{background:var(--veil)}}
dialog[open]{{animation:appear 140ms ease-out}}
::selection{{background:var(--accent);color:var(--on-accent)}}
@keyframes appear{{from{{opacity:0;transform:translateY(4px)}}}}
@keyframes spin{{to{{transform:rotate(1turn)}}}}
@keyframes shimmer{{50%{{opacity:.45}}}}
.dark .only-light,:root:not(.dark) .only-dark{{display:none}}
[data-sidebar=small] .sidebar{{width:{SIZES["sidebar-small"]}}}
[data-sidebar=small] .sidebar .label{{position:absolute;width:1px;height:1px;overflow:hidden;
clip-path:inset(50%)}}
[data-sidebar=small] .sidebar .only-wide{{display:none}}
[data-sidebar=small] .sidebar .stack{{flex-direction:column}}
.folded{{display:contents}}
@media (max-width:47.99rem){{label:not(:has(:checked))+.folded{{display:none}}}}
@media (max-width:47.99rem){{input,select,textarea{{font-size:16px!important}}}}
@media (prefers-reduced-motion:reduce){{*,::before,::after{{animation-duration:.01ms!important;
transition-duration:.01ms!important;scroll-behavior:auto!important}}}}
"""


def stylesheet() -> str:
    """Return the tokens of both themes and the few rules that apply to bare elements."""
    return (
        f":root{{color-scheme:light;{_declare(LIGHT, STATUS_LIGHT)};{_SHADOWS}}}"
        f".dark{{color-scheme:dark;{_declare(DARK, STATUS_DARK)};{_SHADOWS_DARK}}}"
        + " ".join(_BASE.split("\n"))
    )


BEFORE_PAINT = (
    "try{document.documentElement.dataset.sidebar=localStorage.getItem('sidebar')||'wide'}"
    "catch(e){}"
)
"""Sets what is remembered in this browser before anything is painted: nothing may jump."""
