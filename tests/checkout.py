"""The checkout elsewhere: the files that git knows or may come to know, and nothing that was built."""
import shutil
from pathlib import Path

import address

ROOT = Path(__file__).parents[1]


def copied(folder, wanted=lambda name: True):
    """Copy the files whose names are wanted into the folder, and return it."""
    for path in address.files(ROOT):
        name = path.relative_to(ROOT)
        if wanted(name.as_posix()):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, folder / name)
    return folder
