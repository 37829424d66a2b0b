"""For tests, yours and ours: a sample company; strategies, fixtures and the store contract are modules of their own."""

from crmkit.testing.sample_companies import SampleCompany, SampleFacts, Truth, sample_company

__all__ = ["SampleCompany", "SampleFacts", "Truth", "sample_company"]
