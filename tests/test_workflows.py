"""What GitHub runs: the commands that are run here, on the supported Pythons, with the least rights."""
import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".github" / "workflows"
NAMES = ("ci", "publish", "weekly")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
MAKEFILE = (ROOT / "Makefile").read_text()
SUPPORTED = ["3.11", "3.12", "3.13"]                        # the README and the design say so


def load(name):
    workflow = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    return {"on": workflow.pop(True), **workflow}           # YAML reads the key `on` as true


def steps(job):
    return job["steps"]


def commands(job):
    return [step["run"].strip() for step in steps(job) if "run" in step]


def test_there_are_three():
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_has_only_the_rights_that_it_uses_a_time_limit_and_actions_of_a_stated_version(name):
    workflow, text = load(name), (FOLDER / f"{name}.yml").read_text(encoding="utf-8")
    assert workflow["name"] == name and workflow["permissions"] == {"contents": "read"}
    assert "secrets" not in text and "pull_request_target" not in text
    for job in workflow["jobs"].values():
        assert job["runs-on"] == "ubuntu-latest" and job["timeout-minutes"] <= 120
        for step in steps(job):
            assert ("uses" in step) != ("run" in step)
            if "uses" in step:
                assert re.fullmatch(r"actions/[\w-]+@v\d+", step["uses"])
                assert not step["uses"].startswith("actions/checkout") or step["with"] == {"persist-credentials": False}
        for command in commands(job):
            assert not re.search(r"\$\{\{\s*(github|inputs)\b", command), "an outsider's words must not become a command"


@pytest.mark.parametrize("name", NAMES)
def test_what_they_run_is_here(name):
    for job in load(name)["jobs"].values():
        for target in re.findall(r"\bmake ([\w./]+)", "\n".join(commands(job))):
            assert re.search(rf"^{re.escape(target.replace('.venv', '$(VENV)'))}:", MAKEFILE, re.M), target
        for path in re.findall(r"(?<!\S)(?:\.ci|tests|book)/[\w./]+", "\n".join(commands(job))):
            assert (ROOT / path).exists(), path


def test_each_push_and_request_runs_the_one_script_on_each_supported_python():
    ci = load("ci")
    [job] = ci["jobs"].values()
    assert {"push", "pull_request"} <= set(ci["on"]) and commands(job)[-1] == ".ci/run"
    assert job["strategy"]["matrix"]["python"] == SUPPORTED and not job["strategy"]["fail-fast"]
    assert job["container"]["image"] == "python:${{ matrix.python }}-bookworm"      # .ci/run says: a bare Debian
    assert PROJECT["requires-python"] == f">={SUPPORTED[0]}"
    assert f"Python {SUPPORTED[0]} to {SUPPORTED[-1]}" in (ROOT / "README.md").read_text()


def test_publishing_builds_strictly_and_hands_over_those_pages():
    publish = load("publish")
    build, deploy = (publish["jobs"][name] for name in ("build", "deploy"))
    assert publish["on"]["push"] == {"branches": [yaml.safe_load((ROOT / "_config.yml").read_text())["repository"]["branch"]]}
    assert commands(build) == ["make site .venv/core", ".venv/bin/python -m playwright install --with-deps chromium", "make pdf",
                               "cp _build/the-learning-rate.pdf _build/html/"]              # the print lies beside the pages
    assert re.search(r"^pdf:.*\n\t.*pdf\.py _build/html _build/the-learning-rate\.pdf$", MAKEFILE, re.M)
    assert re.search(r"^site:.*\n\t.*jupyter-book build \. -W --keep-going -n", MAKEFILE, re.M)
    assert steps(build)[-1]["with"] == {"path": "_build/html"} and "upload-pages-artifact" in steps(build)[-1]["uses"]
    assert "permissions" not in build and deploy["needs"] == "build" and deploy["permissions"] == {"pages": "write", "id-token": "write"}
    assert deploy["environment"]["name"] == "github-pages" and "deploy-pages" in steps(deploy)[-1]["uses"]


def test_weekly_has_both_ends_of_torch_each_python_the_packages_left_out_and_colab():
    weekly = load("weekly")
    assert set(weekly["on"]) == {"schedule", "workflow_dispatch"}
    jobs = weekly["jobs"]
    oldest = re.search(r"torch>=(\S+)", PROJECT["optional-dependencies"]["torch"][0])[1]
    ends = jobs["torch"]["strategy"]["matrix"]["include"]
    assert [end["torch"] for end in ends] == [f"torch=={oldest}.*", "--upgrade torch"]
    assert [end["tests"] for end in ends] == ["not since_torch_2_13", ""]       # the newest has to pass all
    assert commands(jobs["torch"])[-1].endswith('-m "${{ matrix.tests }}"')
    assert jobs["tools"]["strategy"]["matrix"]["python"] == SUPPORTED
    assert any("torchvision" in command and "timm" in command and "fastai" in command for command in commands(jobs["tools"]))
    assert commands(jobs["colab"]) == ["make colab"]


def test_binder_gets_what_reading_needs_and_the_package_on_a_supported_python():
    folder = ROOT / ".binder"
    assert {path.name for path in folder.iterdir()} == {"requirements.txt", "runtime.txt"}
    assert (folder / "runtime.txt").read_text().strip().removeprefix("python-") in SUPPORTED
    lines = [line for line in (folder / "requirements.txt").read_text().splitlines() if not line.startswith(("#", "--"))]
    assert lines == ["-r ../requirements.txt", "-e ."] and (folder / lines[0][3:]).resolve() == ROOT / "requirements.txt"
    reading = (ROOT / "requirements.txt").read_text()
    assert all(re.search(rf"^{package}==", reading, re.M) for package in ("jupyterlab", "ipywidgets", "torch", "matplotlib"))
