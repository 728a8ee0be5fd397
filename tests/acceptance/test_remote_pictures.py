"""`check` and `submit` refuse a picture that another server keeps; the reviewers' page asks nobody but itself."""

from __future__ import annotations

from tests.newsroom import MESSAGE, SITE, Folder

REMOTE = MESSAGE.format(more="") + "\n![La digue](http://images.example/digue.jpg)\n"


def test_check_and_submit_name_the_line_and_the_way_out(tmp_path):
    folder = Folder(tmp_path / "n", SITE).people()
    path = folder.message(text=REMOTE)
    found = folder.json("check", path, code=1)
    findings = found["findings"] if isinstance(found, dict) else found
    (finding,) = [f for f in findings if f["code"] == "image_remote"]
    assert finding["blocking"] and finding["line"] == len(REMOTE.splitlines()) and "images:" in finding["message"]
    folder.run("submit", path, "--as", "alice", code=1)


def test_the_reviewers_page_may_show_what_lies_beside_it_alone(tmp_path):
    folder = Folder(tmp_path / "n", SITE).people()
    folder.run("preview", folder.message(), "--html", tmp_path / "page")
    page = (tmp_path / "page" / "index.html").read_text()
    assert "default-src 'none'" in page and "img-src 'self' file: data:" in page
