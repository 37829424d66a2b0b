from __future__ import annotations

import random
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmkit.errors import CrmkitError
from crmkit.exchange import read_sales, read_table
from tests.exchange.files import workbook, written

if TYPE_CHECKING:
    from pathlib import Path

SEPARATORS = st.sampled_from(
    [b";", b",", b"\n", b'"', b"\r", b"\t", b"-", b".", b"1", b"31.12.2025", b"\xc3\xa4", b"\xe4", b"\0", b"NULL", b"e9", b" "]
)
CONTENTS = st.binary(max_size=60) | st.lists(SEPARATORS | st.binary(max_size=3), max_size=40).map(b"".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(CONTENTS)
def test_whatever_a_text_file_holds_only_errors_of_our_own_come_out(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path, b"a;b;c\n" + content)

    try:
        table = read_table(path, types={"a": "amount", "b": "date", "c": "currency"})
    except CrmkitError as error:
        assert str(error)  # noqa: PT017  both outcomes are right
    else:
        assert table.columns == ["a", "b", "c"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(CONTENTS)
def test_whatever_a_file_of_sales_holds_only_errors_of_our_own_come_out(tmp_path: Path, content: bytes) -> None:
    try:
        read_sales([written(tmp_path, content)], names={"customer_id": "1", "issued_on": "-"})
    except CrmkitError as error:
        assert str(error)  # noqa: PT017  both outcomes are right


def test_wherever_a_workbook_is_damaged_only_errors_of_our_own_come_out(tmp_path: Path) -> None:
    whole = workbook(tmp_path, {"A": [["a", "b"], [1, "x"], [2, "y"]]}).read_bytes()
    chance = random.Random(1)  # noqa: S311  the same places every time

    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(chance.randrange(1, 6)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            read_table(
                written(tmp_path, bytes(damaged[: chance.randrange(len(damaged) // 2, len(damaged) + 1)]), "x.xlsx"), types={"a": "amount"}
            )
        except CrmkitError as error:
            assert str(error)  # noqa: PT017  both outcomes are right
