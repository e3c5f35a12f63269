"""The pages that a build has just finished, for those who change them once more."""
from pathlib import Path


def rewrite(app, error, change):
    """Write change(text) for every page of this build. A page that has its policy is an old one, left alone by an incremental build."""
    if error or app.builder.format != "html":
        return
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        if "Content-Security-Policy" not in text:
            page.write_text(change(text), encoding="utf-8")
