from pathlib import Path

from capsulier.cli.machine_zone import machine_zone


def link(tmp_path: Path, target: str) -> Path:
    path = tmp_path / "localtime"
    path.symlink_to(target)
    return path


def test_tz_names_the_zone(tmp_path: Path) -> None:
    localtime = link(tmp_path, "/usr/share/zoneinfo/Asia/Tokyo")
    assert machine_zone({"TZ": "Europe/Paris"}, localtime) == "Europe/Paris"
    assert machine_zone({"TZ": ":Europe/Paris"}, localtime) == "Europe/Paris"


def test_localtime_leads_to_the_zone(tmp_path: Path) -> None:
    localtime = link(tmp_path, "../usr/share/zoneinfo/America/Argentina/Ushuaia")
    assert machine_zone({}, localtime) == "America/Argentina/Ushuaia"


def test_what_is_no_zone_is_passed_over(tmp_path: Path) -> None:
    localtime = link(tmp_path, "/usr/share/zoneinfo/Asia/Tokyo")
    assert machine_zone({"TZ": "CET-1CEST,M3.5.0"}, localtime) == "Asia/Tokyo"
    assert machine_zone({"TZ": "../../etc/passwd"}, localtime) == "Asia/Tokyo"


def test_where_nothing_tells_it_is_utc(tmp_path: Path) -> None:
    assert machine_zone({}, tmp_path / "none") == "UTC"
    (tmp_path / "localtime").write_bytes(b"TZif")
    assert machine_zone({}, tmp_path / "localtime") == "UTC"
