"""Markdown becomes HTML that runs nothing and keeps what its author wrote."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialapp.domain import markdown


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# One\n\n### Three", "<h1>One</h1>\n<h3>Three</h3>"),
        ("*a* **b** ~~c~~", "<p><em>a</em> <strong>b</strong> <s>c</s></p>"),
        ("`d < e`", "<p><code>d &lt; e</code></p>"),
        ("one\ntwo  \nthree", "<p>one\ntwo<br>\nthree</p>"),
        ("> said\n\n---", "<blockquote>\n<p>said</p>\n</blockquote>\n<hr>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("7. a", '<ol start="7">\n<li>a</li>\n</ol>'),
        (
            "```python\nif a < b:\n    c()\n```",
            '<pre><code class="language-python">if a &lt; b:\n    c()\n</code></pre>',
        ),
        (
            "| a | b |\n|---|--:|\n| 1 | 2 |",
            "<table>\n<thead>\n<tr>\n<th>a</th>\n"
            '<th style="text-align:right">b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n'
            '<td>1</td>\n<td style="text-align:right">2</td>\n</tr>\n</tbody>\n</table>',
        ),
        (
            "[a](https://x.org/?b=1&c=2 'T')",
            '<p><a href="https://x.org/?b=1&amp;c=2" title="T">a</a></p>',
        ),
        ("<https://x.org>", '<p><a href="https://x.org">https://x.org</a></p>'),
        ("<a@x.org>", '<p><a href="mailto:a@x.org">a@x.org</a></p>'),
        ("![A dog](https://x.org/d.png)", '<p><img src="https://x.org/d.png" alt="A dog"></p>'),
        ("[here](/about)", '<p><a href="/about">here</a></p>'),
        ("Tom & Jerry &copy; 5 < 6", "<p>Tom &amp; Jerry © 5 &lt; 6</p>"),
        ("", ""),
    ],
)
def test_what_markdown_can_say_is_kept(text: str, html: str) -> None:
    assert markdown.html(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "See https://example.org/a_b_c?d=1&e=2.",
            '<p>See <a href="https://example.org/a_b_c?d=1&amp;e=2">'
            "https://example.org/a_b_c?d=1&amp;e=2</a>.</p>",
        ),
        (
            "**https://example.org**",
            '<p><strong><a href="https://example.org">https://example.org</a></strong></p>',
        ),
        (
            "[https://a.org](https://b.org)",
            '<p><a href="https://b.org">https://a.org</a></p>',
        ),
        ("`https://example.org`", "<p><code>https://example.org</code></p>"),
        ("example.org and ftp://example.org", "<p>example.org and ftp://example.org</p>"),
    ],
)
def test_a_url_in_the_text_is_a_link(text: str, html: str) -> None:
    assert markdown.html(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<script>alert(1)</script>", ""),
        ("a <script>alert(1)</script> b", "<p>a  b</p>"),
        ("a <style>p {}</style> b", "<p>a  b</p>"),
        ("a <script> b *c*", "<p>a  b <em>c</em></p>"),
        ("a </script> b", "<p>a  b</p>"),
        ("<div onclick=alert(1)>\n\n*words*\n\n</div>", "<p><em>words</em></p>"),
        ("some <b>bold</b> <img src=x onerror=alert(1)> words", "<p>some bold  words</p>"),
        ("a <!-- remark --> b", "<p>a  b</p>"),
        ("<!-- remark -->\n\nb", "<p>b</p>"),
        ("<iframe src=https://x.org></iframe>", ""),
    ],
)
def test_raw_html_is_left_out_and_the_words_in_it_stay(text: str, html: str) -> None:
    assert markdown.html(text) == html


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "&#106;avascript:alert(1)",
        "vbscript:x",
        "data:text/html,<script>alert(1)</script>",
        "data:image/png;base64,AAAA",
        "file:///etc/passwd",
    ],
)
@pytest.mark.parametrize("form", ["[x](%s)", "![x](%s)", "<%s>", "[x][1]\n\n[1]: %s", "[x](<%s>)"])
def test_an_address_that_runs_something_is_no_link(form: str, address: str) -> None:
    html = markdown.html(form % address)

    assert "href" not in html
    assert 'src="' not in html


_SPICE = st.sampled_from(
    [
        *("<script>", "</script>", "<img src=x onerror=alert(1)>", "<a href='javascript:x'>"),
        *("<!--", "-->", "](", "![", "javascript:", "data:", "```\n", "|", "\n|---|\n", "> "),
        *("https://example.org/", "&#x6a;", "\x00", "\u202e", "<", ">", '"', "'", "\\", "\n\n"),
        *("- ", "*", "`"),
    ]
)
_TAGS = frozenset(
    [
        "a",
        "blockquote",
        "br",
        "code",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "img",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "strong",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)


@given(st.lists(_SPICE | st.text(max_size=5), max_size=30).map("".join))
def test_whatever_is_written_nothing_runs(text: str) -> None:
    html = markdown.html(text)

    assert set(re.findall(r"</?([a-z0-9]+)", html)) <= _TAGS
    assert not re.search(r"<[^>]*\son[a-z]+=", html)
    for url in re.findall(r'(?:href|src)="([^"]*)"', html):
        scheme = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):", url)
        assert scheme is None or scheme[1].lower() in {"http", "https", "mailto", "tel"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# The *harbour*\n\n**ships** & [links](https://x.org)", "The harbour\nships & links"),
        ("<script>alert(1)</script>\n\na < b", "a < b"),
        ("![A dog](https://x.org/d.png)", ""),
        ("- a\n- b", "a\nb"),
        ("", ""),
    ],
)
def test_its_words_are_what_a_reader_reads(text: str, words: str) -> None:
    assert markdown.words(text) == words


def test_long_texts_of_marks_are_done_in_time() -> None:
    for hostile in ("[a](b ", "![[", "*a ", "`", "<a ", "> ", "|a", "https://a.org/ ", "<script>"):
        markdown.html(hostile * 5000)
