"""Template file or edit -> validated -> rendered. What others use is named here; see `Catalogue`."""

from bot.catalogue.catalogue import Catalogue, check
from bot.catalogue.fields import show, suggestions
from bot.catalogue.findings import CatalogueError, Finding
from bot.catalogue.loader import Loaded, load
from bot.catalogue.phrases import Phrases, safe
from bot.catalogue.placeholders import Placeholder, available, of_place, samples
from bot.catalogue.plan_loader import LoadedPlans, load_plans
from bot.catalogue.plan_rendering import plan_figures, plan_html
from bot.catalogue.rendering import Rendered, RenderError, missing, placeholders, render
from bot.catalogue.template_file import Parsed, approved, export, parse
from bot.catalogue.typed import REASONS, Refused, read

__all__ = [
    "REASONS",
    "Catalogue",
    "CatalogueError",
    "Finding",
    "Loaded",
    "LoadedPlans",
    "Parsed",
    "Phrases",
    "Placeholder",
    "Refused",
    "RenderError",
    "Rendered",
    "approved",
    "available",
    "check",
    "export",
    "load",
    "load_plans",
    "missing",
    "of_place",
    "parse",
    "placeholders",
    "plan_figures",
    "plan_html",
    "read",
    "render",
    "safe",
    "samples",
    "show",
    "suggestions",
]
