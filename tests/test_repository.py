"""What stands around the book: who is cited, which version it is, how an error is reported."""
import re
from pathlib import Path

import pytest
import yaml

import lrlearn

ROOT = Path(__file__).parents[1]
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
CHANGES = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*_*.yml"))
KINDS = {"input", "textarea", "dropdown", "checkboxes", "markdown"}


def test_the_citation_is_of_this_book_at_this_version():
    assert CITATION["cff-version"] == "1.2.0" and CITATION["message"] and CITATION["title"].startswith(CONFIG["title"])
    assert CITATION["authors"] == [{"name": CONFIG["author"]}]
    assert CITATION["repository-code"] == CONFIG["repository"]["url"]
    assert CITATION["version"] == lrlearn.__version__


def test_the_newest_entry_of_the_changelog_is_this_version_and_its_day_that_of_the_citation():
    versions = re.findall(r"^## \[(.+?)\](?: - (\d{4}-\d\d-\d\d))?$", CHANGES, re.M)
    assert versions[0] == ("Unreleased", "")
    assert versions[1] == (lrlearn.__version__, CITATION["date-released"])
    for version, _ in versions:
        assert re.search(rf"^\[{re.escape(version)}\]: {CONFIG['repository']['url']}/\S+$", CHANGES, re.M), version


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_is_one_that_github_shows(path):
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert set(form) == {"name", "description", "title", "labels", "body"} and form["name"] and form["description"]
    ids = [question["id"] for question in form["body"]]
    assert len(set(ids)) == len(ids) and all(re.fullmatch(r"[\w-]+", each) for each in ids)
    assert all(question["type"] in KINDS and question["attributes"]["label"] for question in form["body"])
    assert sum(question.get("validations", {}).get("required", False) for question in form["body"]) >= 2


def test_there_are_two_forms_and_the_way_to_contribute():
    assert [path.stem for path in FORMS] == ["error_in_the_book", "framework_changed"]
    chooser = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE/config.yml").read_text(encoding="utf-8"))
    assert isinstance(chooser["blank_issues_enabled"], bool)
    for link in chooser["contact_links"]:
        assert set(link) == {"name", "url", "about"}
        start = f"{CONFIG['repository']['url']}/blob/{CONFIG['repository']['branch']}/"
        assert link["url"].startswith(start) and (ROOT / link["url"].removeprefix(start)).is_file()
