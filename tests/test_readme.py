"""The README's code does what its comments say, and its commands exist."""
import re
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()


def test_every_line_gives_what_stands_beside_it(capsys):
    code = re.search(r"```python\n(.*?)```", README, re.S)[1]
    names, compared = {"optimizer": torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)}, 0
    for line in filter(None, code.splitlines()):
        statement, _, result = (part.strip() for part in line.partition("  # "))
        if result.startswith("ValueError: "):
            with pytest.raises(ValueError, match=re.escape(result.removeprefix("ValueError: "))):
                eval(statement, names)
        elif result and "=" not in statement.split("(")[0]:
            shown = eval(statement, names)
            assert (capsys.readouterr().out.strip() or repr(shown)) == result
        else:
            exec(statement, names)
            continue
        compared += 1
    assert compared == 5


def test_the_commands_and_files_exist():
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"make (\w+)", README):
        assert re.search(rf"^{target}:", makefile, re.M), target
    for path in re.findall(r"\]\(([^)#]+)\)", README):
        assert path.startswith("https://") or (ROOT / path).exists(), path
