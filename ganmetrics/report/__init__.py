"""What is reported: scores with what produced them, and tables of what lies behind them."""

from ganmetrics.report.by_extractor import ByExtractor
from ganmetrics.report.ranking import Contrast, Ranking
from ganmetrics.report.report import Report
from ganmetrics.report.schema import report_schema
from ganmetrics.report.score import JSON_FIELDS, Refusal, Score
from ganmetrics.report.table import Table

__all__ = ["JSON_FIELDS", "ByExtractor", "Contrast", "Ranking", "Refusal", "Report", "Score", "Table", "report_schema"]
