"""Outcome-focused evaluation of communications campaigns.

Names are loaded when first used, so that checking a template does not wait for the statistics.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evalkit.allocation import allocate_budget
    from evalkit.campaign.header import Campaign
    from evalkit.campaign.programme import Programme
    from evalkit.checks.result import CheckResult
    from evalkit.comparing import compare_groups
    from evalkit.contribution import check_contribution, estimate_contribution, smallest_detectable
    from evalkit.decomposing import decompose_contributions
    from evalkit.decomposition import Allocation, Decomposition
    from evalkit.design import Design
    from evalkit.errors import InputError, Issue, TemplateError
    from evalkit.estimate import Detectable, Estimate, Interval, NotEstimable
    from evalkit.evaluating import evaluate
    from evalkit.evaluation import Evaluation, Finding
    from evalkit.excel.pack import write_pack
    from evalkit.excel.reader import read_template
    from evalkit.excel.reference_files import read_reference_values
    from evalkit.excel.review import write_review
    from evalkit.excel.template import write_template
    from evalkit.grade import Grade
    from evalkit.methods.mix_model import CampaignTest
    from evalkit.money.value import Value
    from evalkit.panel import Panel
    from evalkit.pictures import write_charts
    from evalkit.planning import plan
    from evalkit.portfolio import evaluate_many
    from evalkit.saved import read_evaluation
    from evalkit.verdict import Verdict

__version__ = "0.1.0"

_HOMES = {
    "Allocation": "decomposition",
    "Campaign": "campaign.header",
    "CampaignTest": "methods.mix_model",
    "CheckResult": "checks.result",
    "Decomposition": "decomposition",
    "Design": "design",
    "Detectable": "estimate",
    "Estimate": "estimate",
    "Evaluation": "evaluation",
    "Finding": "evaluation",
    "Grade": "grade",
    "InputError": "errors",
    "Interval": "estimate",
    "Issue": "errors",
    "NotEstimable": "estimate",
    "Panel": "panel",
    "Programme": "campaign.programme",
    "TemplateError": "errors",
    "Value": "money.value",
    "Verdict": "verdict",
    "allocate_budget": "allocation",
    "check_contribution": "contribution",
    "compare_groups": "comparing",
    "decompose_contributions": "decomposing",
    "estimate_contribution": "contribution",
    "evaluate": "evaluating",
    "evaluate_many": "portfolio",
    "plan": "planning",
    "read_evaluation": "saved",
    "read_reference_values": "excel.reference_files",
    "read_template": "excel.reader",
    "smallest_detectable": "contribution",
    "write_charts": "pictures",
    "write_pack": "excel.pack",
    "write_review": "excel.review",
    "write_template": "excel.template",
}

__all__ = [
    "Allocation",
    "Campaign",
    "CampaignTest",
    "CheckResult",
    "Decomposition",
    "Design",
    "Detectable",
    "Estimate",
    "Evaluation",
    "Finding",
    "Grade",
    "InputError",
    "Interval",
    "Issue",
    "NotEstimable",
    "Panel",
    "Programme",
    "TemplateError",
    "Value",
    "Verdict",
    "allocate_budget",
    "check_contribution",
    "compare_groups",
    "decompose_contributions",
    "estimate_contribution",
    "evaluate",
    "evaluate_many",
    "plan",
    "read_evaluation",
    "read_reference_values",
    "read_template",
    "smallest_detectable",
    "write_charts",
    "write_pack",
    "write_review",
    "write_template",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'evalkit' has no attribute {name!r}")
    value = getattr(import_module(f"evalkit.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
