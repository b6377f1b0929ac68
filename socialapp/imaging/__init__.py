"""Bytes -> a safe picture or video, and its smaller sizes. Pillow is used nowhere else.

Nothing is imported here: the helper process starts once per file, and asyncio alone is 50 ms.
"""
