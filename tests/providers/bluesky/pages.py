"""Pages that links lead to, in a web server of this machine."""

from tests.imaging import files

PICTURE = files.photo(1600, 1200)
PAGE = """<!doctype html><html><head><meta charset="utf-8">
<title>Harbour &amp; Shop</title>
<meta property="og:title" content="Boats &#8212; new ones">
<meta property="og:description" content="They came in
 this morning.">
<meta property="og:image" content="/boats.jpg">
</head><body><meta property="og:title" content="Not this"></body></html>"""
