"""The theme's button "Open issue" leads to the form for errors in the book, which then knows the page."""
from urllib.parse import quote

FORM = "error_in_the_book.yml"          # in .github/ISSUE_TEMPLATE; "where" is the id of its first question


def buttons(found):
    """The buttons of a header, those in menus as well."""
    for button in found:
        yield button
        yield from buttons(button.get("buttons", ()))


def page(app, pagename, templatename, context, doctree):
    for button in buttons(context.get("header_buttons", ())):
        if button.get("label") == "source-issues-button":
            address = button["url"].split("?")[0]
            button["url"] = f"{address}?template={FORM}&title={quote('Error: ' + pagename, safe='')}&where={quote(pagename, safe='')}"


def setup(app):
    app.connect("html-page-context", page, priority=800)    # the theme adds its buttons at 501
    return {"parallel_read_safe": True, "parallel_write_safe": False}
