"""Debian's WordPress on MariaDB, served by PHP's own server, with a user whose role is author."""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.real.proxy import Proxy
from tests.real.servers.process import Process, as_user, free_port, needs
from tests.real.servers.said import Said

SITE = Path("/usr/share/wordpress")
_CONFIG = """<?php
define('DB_NAME','wp'); define('DB_USER','wp'); define('DB_PASSWORD','wp'); define('DB_HOST','127.0.0.1:{database}');
define('DB_CHARSET','utf8mb4');
foreach(['AUTH_KEY','SECURE_AUTH_KEY','LOGGED_IN_KEY','NONCE_KEY','AUTH_SALT','SECURE_AUTH_SALT','LOGGED_IN_SALT','NONCE_SALT']
  as $k) define($k,'test-'.$k);
define('WP_HOME','{url}'); define('WP_SITEURL','{url}'); define('WP_ENVIRONMENT_TYPE','local');
define('WP_HTTP_BLOCK_EXTERNAL',true); define('AUTOMATIC_UPDATER_DISABLED',true); define('DISABLE_WP_CRON',true);
$table_prefix='wp_'; if(!defined('ABSPATH')) define('ABSPATH',__DIR__.'/'); require_once ABSPATH.'wp-settings.php';
"""
_ROUTER = """<?php $f=__DIR__.'/site'.rawurldecode(parse_url($_SERVER['REQUEST_URI'],PHP_URL_PATH)); if(is_file($f)) return false;
$_SERVER['SCRIPT_NAME']='/index.php'; require __DIR__.'/site/index.php';
"""
_INSTALL = """<?php define('WP_INSTALLING',true); $_SERVER['HTTP_HOST']='127.0.0.1'; require __DIR__.'/site/wp-load.php';
require_once ABSPATH.'wp-admin/includes/upgrade.php'; add_filter('pre_wp_mail','__return_true');
wp_install('Ville','admin','a@example.org',true,'','pw-admin');
foreach(['publisher'=>'author','other'=>'editor'] as $name=>$role) {
  $id=wp_create_user($name,'pw','',); (new WP_User($id))->set_role($role);
  $made[$name]=WP_Application_Passwords::create_new_application_password($id,['name'=>'crisis'])[0];
}
update_option('permalink_structure','/%postname%/'); echo json_encode($made);
"""


class WordPress:
    """One site behind a door; what it holds is read from its own database."""

    kind = "wordpress"
    #: Beginnings of the requests that make, change and remove an article.
    creates, changes, removes = (
        rb"^POST /wp-json/wp/v2/posts HTTP",
        rb"^POST /wp-json/wp/v2/posts/\d+ HTTP",
        rb"^DELETE /wp-json/wp/v2/posts/",
    )
    edits_in_place = True

    def __init__(self, folder: Path) -> None:
        php = needs("php", "php-cli php-mysql php-xml php-curl php-mbstring php-gd")
        self._mariadbd = needs("mariadbd", "mariadb-server")
        if not (SITE / "wp-load.php").exists():
            pytest.skip("WordPress is not installed (apt-get install wordpress wordpress-theme-twentytwentythree)")
        self.folder, self._database, server = folder, free_port(), free_port()
        self.proxy = Proxy(free_port(), server)
        self.url = f"http://127.0.0.1:{self.proxy.port}"
        self._begin_database()
        self._php: Process | None = None
        try:
            self._copy_site()
            self.passwords = json.loads(subprocess.run([php, "install.php"], cwd=folder, check=True, capture_output=True).stdout)
            # Its workers outlive a plain end: the whole group is ended.
            self._php = Process(
                [php, "-S", f"127.0.0.1:{server}", "-t", "site", "router.php"],
                folder / "php.log",
                cwd=folder,
                env={"PHP_CLI_SERVER_WORKERS": "4"},
            )
            self._php.until(self._answers)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        self.proxy.close()
        if self._php is not None:
            self._php.stop()
        self.stop_database()

    def settings(self) -> dict[str, str]:
        return {"url": self.url, "user": "publisher", "password": self.passwords["publisher"]}

    def said(self) -> list[Said]:
        """Return the articles that stand, oldest first."""
        rows = self.rows(
            "select ID, post_title, replace(post_content, char(10), ' '), post_name from wp_posts where post_type='post' and post_status='publish' order by ID"
        )
        return [
            Said(id=i, text=f"{title}\n{content}", url=f"{self.url}/{name}/", pictures=self._featured(i))
            for i, title, content, name in rows
        ]

    def pictures(self) -> list[tuple[str, str, str]]:
        """Return (slug, alternative text, file) of all pictures on the site."""
        return [
            (name, alt, file)
            for name, alt, file in self.rows(
                "select p.post_name, ifnull(a.meta_value,''), f.meta_value from wp_posts p "
                "left join wp_postmeta a on a.post_id=p.ID and a.meta_key='_wp_attachment_image_alt' "
                "join wp_postmeta f on f.post_id=p.ID and f.meta_key='_wp_attached_file' where p.post_type='attachment' order by p.ID"
            )
        ]

    def files(self) -> list[Path]:
        """Return the pictures as files, all sizes."""
        return [p for p in (self.folder / "site/wp-content/uploads").rglob("*") if p.is_file()]

    def delete(self, article: str) -> None:
        """Put an article in the bin, as an editor does by hand."""
        self.as_editor("DELETE", f"posts/{article}")

    def get(self, path: str) -> tuple[int, str]:
        """Return status and page as a visitor gets them."""
        return get(path if path.startswith("http") else self.url + path)

    def as_editor(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Make a call as somebody else who works on the site."""
        from base64 import b64encode

        login = b64encode(f"other:{self.passwords['other']}".encode()).decode()
        request = urllib.request.Request(
            f"{self.url}/wp-json/wp/v2/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Basic {login}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def rows(self, query: str) -> list[list[str]]:
        """Return what the database answers."""
        args = [
            needs("mariadb", "mariadb-client"),
            "--no-defaults",
            "-S",
            self._socket,
            "-u",
            "root",
            "wp",
            "-N",
            "-B",
            "-r",
            "-e",
        ]
        done = subprocess.run([*map(str, args), query], check=True, capture_output=True, text=True)
        return [line.split("\t") for line in done.stdout.splitlines()]

    def begin_database(self) -> None:
        """Let the database come back."""
        user = as_user("mysql", self._data)
        self._mariadb = Process(
            [
                *user, self._mariadbd, "--no-defaults", f"--datadir={self._data}", "--bind-address=127.0.0.1",
                f"--port={self._database}", f"--socket={self._socket}", "--innodb-buffer-pool-size=64M",
                f"--pid-file={self._data}/pid",
            ],
            self.folder / "mariadb.log",
        )  # fmt: skip
        admin = [needs("mariadb-admin", "mariadb-client"), "--no-defaults", "-S", str(self._socket), "-u", "root", "ping"]
        self._mariadb.until(lambda: subprocess.run(admin, capture_output=True).returncode == 0)

    def stop_database(self) -> None:
        """End the database: the site answers that it cannot reach it."""
        self._mariadb.stop()

    def _begin_database(self) -> None:
        self._data = self.folder / "db"
        self._socket = self._data / "socket"
        self._data.mkdir()
        self.folder.chmod(0o755)
        install = needs("mariadb-install-db", "mariadb-server")
        user = as_user("mysql", self._data)
        args = [*user, install, "--no-defaults", f"--datadir={self._data}", "--auth-root-authentication-method=normal"]
        subprocess.run(args, check=True, capture_output=True, cwd="/")
        self.begin_database()
        made = "create database wp; create user wp@'127.0.0.1' identified by 'wp'; create user wp@localhost identified by 'wp'; "
        made += "grant all on wp.* to wp@'127.0.0.1'; grant all on wp.* to wp@localhost"
        args = [needs("mariadb", "mariadb-client"), "--no-defaults", "-S", str(self._socket), "-u", "root", "-e", made]
        subprocess.run(args, check=True, capture_output=True)

    def _copy_site(self) -> None:
        shutil.copytree(SITE, self.folder / "site", ignore=shutil.ignore_patterns("wp-config.php"), ignore_dangling_symlinks=True)
        (self.folder / "site/wp-config.php").write_text(_CONFIG.format(database=self._database, url=self.url))
        (self.folder / "router.php").write_text(_ROUTER)
        (self.folder / "install.php").write_text(_INSTALL)
        (self.folder / "site/wp-content/uploads").mkdir(exist_ok=True)

    def _answers(self) -> bool:
        try:
            return self.get("/wp-json/")[0] == 200
        except OSError:
            return False

    def _featured(self, article: str) -> Sequence[str]:
        query = f"select a.meta_value from wp_postmeta t join wp_postmeta a on a.post_id=t.meta_value and a.meta_key='_wp_attachment_image_alt' where t.meta_key='_thumbnail_id' and t.post_id={int(article)}"
        return [row[0] for row in self.rows(query)]


def get(url: str) -> tuple[int, str]:
    """Return status and body of a page."""
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
