"""The migrations, as Alembic reads them."""
