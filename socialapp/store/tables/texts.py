"""What is written once and used again: snippets and templates."""

from datetime import datetime

from sqlmodel import SQLModel

from socialapp.store.tables.columns import (
    id_column,
    now_column,
    ref,
    text_column,
    workspace_ref,
)


class Snippet(SQLModel, table=True):
    """A piece of text that is put in at the cursor; `kind`: a `domain.snippets.SnippetKind`."""

    id: int | None = id_column()
    workspace_id: int = workspace_ref(index=True)
    kind: str
    name: str
    text: str = text_column()
    created_by: int | None = ref("person", default=None)
    created_at: datetime = now_column()
    updated_at: datetime = now_column()


class Template(SQLModel, table=True):
    """A pattern for posts; the pattern is a post that is in no list."""

    id: int | None = id_column()
    workspace_id: int = workspace_ref(index=True)
    name: str
    post_id: int = ref("post", unique=True)
    created_by: int | None = ref("person", default=None)
    created_at: datetime = now_column()
    updated_at: datetime = now_column()
