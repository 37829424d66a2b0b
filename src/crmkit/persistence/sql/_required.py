"""What this room needs; imported before anything else of it."""

from crmkit.errors import MissingExtraError

try:
    import alembic  # noqa: F401  only whether it is there
    import sqlalchemy  # noqa: F401  as above
except ImportError as error:
    if error.name not in ("alembic", "sqlalchemy"):
        raise
    raise MissingExtraError("sql", error.name) from None
