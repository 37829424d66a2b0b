"""
A store with any number of parties that have something to do, for benchmarks: written past the verbs, in SQL or in memory.

Every party has a contact plan. Whatever falls due is spread as in a company: one suggestion in a thousand is due on a day, one party in
seventeen has a recall and one in fifty a task, within a month of the day, and one in ten bought something within the year.
"""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from itertools import batched, islice
from typing import TYPE_CHECKING, Any

from crmkit import days
from crmkit.desks.work_items import gain_of, items_of
from crmkit.entities import ContactPerson, ContactPlan, Document, Line, Party, Recall, Ref, Task
from crmkit.persistence import MemoryStore
from crmkit.persistence.sql import open_store
