"""What mkdocs asks of us while it builds: pages that are made, links that leave docs/, the navigation, formulas."""

import posixpath
import re
from pathlib import Path

from api import api_pages
from commands import command_pages
from facts import with_facts
from formulas import with_mathml
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from navigation import navigation

ROOT = Path(__file__).resolve().parents[1]
NEAR = {"CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md", "SECURITY.md": "security.md"}
"""Pages that lie beside docs/, and what they are called in the site."""
OUTWARD = re.compile(r"\]\(((?:\.\./)+)([^)#\s]+)(#[^)]*)?\)")
"""A link that leaves the folder of its page."""

SHIM = "iframe-worker.js"
"""What the theme would ask another machine for, so that search works from the disk; mkdocs.yml names it, too."""


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Place every page in the navigation, those that were not expected at the end of their part."""
    made = [*NEAR.values(), *api_pages(), *command_pages()]
    config.nav = navigation(Path(config.docs_dir), made)
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made: of the commands, of the public names, and those that lie beside docs/."""
    for name, text in {**api_pages(), **command_pages(), **near_pages()}.items():
        files.append(File.generated(config, name, content=text))
    for name in ("site.css", SHIM):
        files.append(File.generated(config, name, content=(ROOT / "website" / name).read_text(encoding="utf-8")))
    for name in sorted(linked_sources(Path(config.docs_dir))):
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, f"source/{name}.txt", content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Follow links that leave docs/, and set the facts of a metric into its page."""
    return with_facts(followed(markdown, page.file.src_uri), page.file.src_uri)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Turn formulas into MathML, which needs neither a script nor a font."""
    return with_mathml(html)


def near_pages() -> dict[str, str]:
    """Return the pages that lie beside docs/, their links as if they lay in it."""
    found = {name: ROOT / source for source, name in NEAR.items() if (ROOT / source).is_file()}
    return {name: inside(path.read_text(encoding="utf-8")) for name, path in found.items()}


def inside(markdown: str) -> str:
    """Return a page whose links go as if it lay in docs/, and to its neighbours by their names there."""
    for source, name in NEAR.items():
        markdown = markdown.replace(f"]({source}", f"]({name}")
    return markdown.replace("](docs/", "](")


def target(page: str, ups: str, rest: str) -> str | None:
    """Return what a link of a page leads to, as a path in the repository; None where it stays inside docs/."""
    path = posixpath.normpath(posixpath.join("docs", posixpath.dirname(page), ups, rest))
    return None if path.startswith("docs/") else path


def followed(markdown: str, page: str) -> str:
    """Return a page whose links out of docs/ lead to the copy that the site has."""

    def follow(found: re.Match[str]) -> str:
        path = target(page, found[1], found[2])
        if path is None:
            return found[0]
        place = NEAR.get(path) or (f"source/{path}.txt" if (ROOT / path).is_file() else "reference-models.md")
        return f"]({posixpath.relpath(place, posixpath.dirname(page) or '.')}{found[3] or ''})"

    return OUTWARD.sub(follow, markdown)


def linked_sources(docs: Path) -> set[str]:
    """Return the source files that pages link to, which go into the site as text."""
    found = set()
    for path in docs.rglob("*.md"):
        page = path.relative_to(docs).as_posix()
        for link in OUTWARD.finditer(path.read_text(encoding="utf-8")):
            name = target(page, link[1], link[2])
            if name is not None and name not in NEAR and (ROOT / name).is_file():
                found.add(name)
    return found
