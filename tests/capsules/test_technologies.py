"""Each technology with its real program, installed where it is missing."""

import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from uv import find_uv_bin

from capsulier.capsules import runtimes
from capsulier.capsules.shelf import get_capsule
from capsulier.core.reasons import Reason
from capsulier.services import capsule_health
from capsulier.services.launches import compile_launch
from capsulier.services.progress import read_progress
from capsulier.store.models import Execution
from tests.archives import zip_of
from tests.capsules.conftest import cannot_test, need
from tests.capsules.running import facts_of, run, run_all
from tests.servers import until

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

LONG_S = 800.0


def jar_of(tmp_path: Path, name: str, source: str, *options: str) -> bytes:
    """A jar that runs this class."""
    (tmp_path / f"{name}.java").write_text(source)
    subprocess.run(["javac", *options, "-d", tmp_path / "classes", tmp_path / f"{name}.java"], check=True)
    made = tmp_path / "made.jar"
    subprocess.run(
        ["jar", "--create", "--file", made, "--main-class", name, "-C", tmp_path / "classes", "."], check=True
    )
    return made.read_bytes()


HELLO = """
public class Hello {
    public static void main(String[] arguments) {
        System.out.println("Hello from Java " + String.join(" ", arguments) + " " + System.getProperty("java.version"));
        System.exit(arguments.length > 2 ? 3 : 0);
    }
}
"""


def test_bash() -> None:
    assert run("bash").succeeded().out == "Hello from Capsulier\n"


def test_a_python_zip_that_requires_a_compiled_wheel() -> None:
    main = (
        "import sys, numpy, numpy._core._multiarray_umath as it\nprint(numpy.arange(10).sum(), it.__file__, sys.argv)"
    )
    package = ("sums.zip", zip_of({"__main__.py": main, "requirements.txt": "numpy>=2\n"}))
    ran = run("python", None, package, within_s=LONG_S).succeeded()
    assert ran.out.startswith("45 ")
    assert ".so" in ran.out
    assert "['sums.zip', 'arg1', 'arg2']" in ran.out
    assert "numpy==" in ran.log("setup")
    warm = compile_launch(facts_of("python", None, package))
    assert not warm.steps
    assert run_all([warm])[0].succeeded().out == ran.out


def test_a_python_project_that_cannot_be_resolved_fails_with_the_resolvers_words() -> None:
    project = "[project]\nname = 'x'\nversion = '1'\ndependencies = ['numpy<1', 'numpy>2']\n"
    ran = run("python", None, ("x.zip", zip_of({"__main__.py": "", "pyproject.toml": project})), within_s=LONG_S)
    assert ran.standing.reason is Reason.SETUP
    assert "No solution found when resolving dependencies" in ran.standing.detail
    assert "numpy" in ran.standing.detail


WHICH = "import sys; print('%d.%d' % sys.version_info[:2])"


def test_two_python_interpreters() -> None:
    there = [each.id for each in get_capsule("python").runtimes if tuple(map(int, each.id.split("."))) >= (3, 9)]
    if len(there) < 2:
        pytest.skip("this machine has only one Python interpreter")
    files = {"__main__.py": f"import idna; {WHICH}", "requirements.txt": "idna==3.10\n"}
    for runtime in there[:2]:
        plain = run(
            "python",
            "python {file}",
            ("which.py", b"import sys; print('%d.%d' % sys.version_info[:2])"),
            runtime=runtime,
        )
        assert plain.succeeded().out == f"{runtime}\n"
        installed = run("python", "python {file}", ("which.zip", zip_of(files)), runtime=runtime, within_s=LONG_S)
        assert installed.succeeded().out == f"{runtime}\n"


@pytest.mark.usefixtures("javac")
def test_a_jar(tmp_path: Path) -> None:
    jar = jar_of(tmp_path, "Hello", HELLO)
    assert run("java-scala", None, ("hello-1.0.jar", jar)).succeeded().out.startswith("Hello from Java arg1 arg2 ")
    failed = run("java-scala", "java -jar {file} 1 2 3", ("hello-1.0.jar", jar))
    assert (failed.standing.reason, failed.standing.exit_code) == (Reason.EXIT, 3)


@pytest.mark.usefixtures("javac")
def test_every_java_that_is_found_runs_what_it_can(tmp_path: Path) -> None:
    jar = jar_of(tmp_path, "Hello", HELLO, "--release", "8")
    for runtime in get_capsule("java-scala").runtimes:
        out = run("java-scala", "java -jar {file}", ("hello.jar", jar), runtime=runtime.id).succeeded().out
        assert out == f"Hello from Java  {runtime.version}\n"


WORD_COUNT = """
import sys
from pyspark.sql import SparkSession, functions as f

spark = SparkSession.builder.appName("words").getOrCreate()
lines = spark.read.text(sys.argv[1])
words = lines.select(f.explode(f.split(f.lower("value"), "[^a-z]+")).alias("word")).where("word <> ''")
for row in words.groupBy("word").count().orderBy(f.desc("count"), "word").limit(3).collect():
    print(row["word"], row["count"])
print(spark.sparkContext.master, spark.conf.get("spark.sql.shuffle.partitions"))
"""


TEXT = Path(os.__file__)
"""A real one of some length."""
COUNT = f"spark-submit --conf spark.sql.shuffle.partitions=4 {{file}} {TEXT}"


@pytest.mark.usefixtures("pyspark")
def test_a_word_count_on_spark() -> None:
    counted = Counter(word for word in re.split("[^a-z]+", TEXT.read_text().lower()) if word)
    expected = sorted(counted.items(), key=lambda each: (-each[1], each[0]))[:3]
    ran = run("spark", COUNT, ("words.py", WORD_COUNT.encode()), within_s=LONG_S).succeeded()
    assert ran.out == "".join(f"{word} {count}\n" for word, count in expected) + "local[*] 4\n"


@pytest.mark.usefixtures("pyspark")
def test_settings_of_the_spark_capsule_choose_master_and_options(own_capsule: Path) -> None:
    own_capsule.write_text(
        'extends = "spark"\n[settings]\n"spark.master" = "local[1]"\n"spark.sql.shuffle.partitions" = "3"\n'
    )
    ran = run("spark", f"spark-submit {{file}} {TEXT}", ("words.py", WORD_COUNT.encode()), within_s=LONG_S).succeeded()
    assert ran.out.endswith("local[1] 3\n")


SPARK_JAR = """
import org.apache.spark.sql.SparkSession;

public class Main {
    public static void main(String[] arguments) {
        SparkSession spark = SparkSession.builder().appName("jar").getOrCreate();
        System.out.println("rows " + spark.range(1000).count() + " " + arguments[0]);
        spark.stop();
    }
}
"""


@pytest.mark.usefixtures("javac", "pyspark")
def test_a_jar_on_spark(tmp_path: Path) -> None:
    spark = get_capsule("spark").runtime("")
    assert spark is not None
    [jars] = Path(spark.executable).parent.parent.glob("lib/python3*/site-packages/pyspark/jars")
    jar = jar_of(tmp_path, "Main", SPARK_JAR, "-cp", f"{jars}/*")
    assert run("spark", None, ("count.jar", jar), within_s=LONG_S).succeeded().out == "rows 1000 arg1\n"


R_SCRIPT = """
args <- commandArgs(trailingOnly = TRUE)
cat(sprintf("mean %.2f %s\\n", mean(cars$speed), args[1]))
"""


def test_an_r_script_and_an_archive_of_them() -> None:
    need("r", "Rscript", "r-base-core")
    assert run("r", None, ("speed.R", R_SCRIPT.encode()), within_s=LONG_S).succeeded().out == "mean 15.40 arg1\n"
    archive = zip_of({"main.R": 'source("lib/more.R"); more()', "lib/more.R": 'more <- function() cat("more\\n")'})
    assert run("r", None, ("r.zip", archive)).succeeded().out == "more\n"
    assert run("r", "Rscript -e 'cat(6 * 7)'").succeeded().out == "42"


TALEND_RUN = """#!/bin/sh
cd `dirname $0`
ROOT_PATH=`pwd`
java -cp .:$ROOT_PATH:$ROOT_PATH/../lib/greeter.jar Hello --context=Default "$@"
"""


@pytest.mark.usefixtures("javac")
def test_a_talend_export(tmp_path: Path) -> None:
    export = {
        "jobInfo.properties": "job=Load_customers\n",
        "lib/greeter.jar": jar_of(tmp_path, "Hello", HELLO),
        "Load_customers/Load_customers_run.sh": TALEND_RUN,
        "Load_customers/Load_customers_run.bat": "rem not this one",
    }
    ran = run("talend", "sh {file} one", ("Load_customers_0.1.zip", zip_of(export))).succeeded()
    assert ran.out.startswith("Hello from Java --context=Default one ")


def test_sql_over_parquet() -> None:
    write = b"COPY (SELECT range AS n, range % 3 AS kind FROM range(3000)) TO 'numbers.parquet' (FORMAT parquet);"
    made = run("sql", None, ("make.sql", write), within_s=LONG_S).succeeded()
    parquet = made.work / "numbers.parquet"
    read = f"""
    -- a comment; with a semicolon
    CREATE TABLE numbers AS SELECT * FROM '{parquet}';
    SELECT kind, count(*) AS rows, getvariable('day') AS day FROM numbers GROUP BY kind ORDER BY kind;
    """
    ran = run("sql", "duckdb kept.db {file} day=monday", ("read.sql", read.encode()), within_s=LONG_S).succeeded()
    assert (
        "kind  rows  day\n----  ----  ------\n0     1000  monday\n1     1000  monday\n2     1000  monday\n" in ran.out
    )
    assert (ran.work / "kept.db").exists()
    failed = run("sql", None, ("bad.sql", b"SELECT 1;\nSELECT nothing FROM nowhere;"))
    assert (failed.standing.reason, failed.standing.exit_code) == (Reason.EXIT, 1)
    assert "bad.sql, statement 2 of 2: Catalog Error" in failed.log("stderr")
    assert "SELECT nothing FROM nowhere" in failed.log("stderr")


DBT_PROJECT = {
    "shop/dbt_project.yml": "name: shop\nversion: '1.0'\nprofile: shop\nmodel-paths: [models]\n",
    "shop/profiles.yml": "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb}\n",
    "shop/models/orders.sql": "select range as id, range * 2 as amount from range(10)\n",
    "shop/models/total.sql": "{{ config(materialized='table') }} select sum(amount) total from {{ ref('orders') }}\n",
}


def test_a_dbt_project_over_duckdb() -> None:
    ran = run("dbt", None, ("shop.zip", zip_of(DBT_PROJECT)), within_s=LONG_S).succeeded()
    assert "PASS=2" in ran.out
    shown = run("sql", f"duckdb {ran.work}/shop/shop.duckdb {{file}}", ("total.sql", b"FROM total"), within_s=LONG_S)
    assert "90" in shown.succeeded().out


def notebook_of(*cells: str) -> bytes:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    shown = [
        {
            "cell_type": "code",
            "id": f"cell{number}",
            "execution_count": None,
            "metadata": {"tags": ["parameters"]} if number == 0 else {},
            "outputs": [],
            "source": cell,
        }
        for number, cell in enumerate(cells)
    ]
    return json.dumps({"cells": shown, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}).encode()


def test_a_notebook_with_a_parameter_and_a_plot() -> None:
    plot = "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot(range(points)); plt.show()"
    package = zip_of(
        {"report.ipynb": notebook_of("points = 3", "print('points', points)", plot), "requirements.txt": "matplotlib\n"}
    )
    ran = run(
        "notebook", "papermill {file} output.ipynb -p points 42", ("report.zip", package), within_s=LONG_S
    ).succeeded()
    made = json.loads((ran.work / "output.ipynb").read_text())
    outputs = [output for cell in made["cells"] for output in cell.get("outputs", [])]
    assert "points 42\n" in ["".join(each.get("text", "")) for each in outputs]
    [image] = [each["data"]["image/png"] for each in outputs if "image/png" in each.get("data", {})]
    assert base64.b64decode(image).startswith(b"\x89PNG")


@pytest.fixture
def bash_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A kernel of another language, in an environment of its own, as people register theirs; its name."""
    environment = tmp_path / "kernel"
    for command in (
        ["venv", "--quiet", environment],
        ["pip", "install", "--quiet", "--python", environment, "bash_kernel"],
    ):
        subprocess.run([find_uv_bin(), *command], check=True)
    subprocess.run([environment / "bin" / "python", "-m", "bash_kernel.install", "--sys-prefix"], check=True)
    monkeypatch.setenv("JUPYTER_PATH", str(environment / "share" / "jupyter"))
    return "bash"


def test_a_notebook_in_another_kernel(bash_kernel: str) -> None:
    package = ("shell.ipynb", notebook_of("day=monday", "echo $((6 * 7)) on $day"))
    command = "papermill {file} output.ipynb -p day friday"
    ran = run("notebook", command, package, runtime=bash_kernel, within_s=LONG_S).succeeded()
    assert "42 on friday" in (ran.work / "output.ipynb").read_text()


def test_a_notebook_of_somebody_elses_environment() -> None:
    notebook = json.loads(notebook_of("import sys; print('in', '%d.%d' % sys.version_info[:2])"))
    notebook["metadata"]["kernelspec"] |= {"name": "conda-env-theirs-py", "display_name": "Theirs"}
    for runtime in [each.id for each in get_capsule("notebook").runtimes if each.recommended]:
        package = ("theirs.ipynb", json.dumps(notebook).encode())
        ran = run("notebook", None, package, runtime=runtime, within_s=LONG_S).succeeded()
        assert f"in {runtime}" in (ran.work / "output.ipynb").read_text()


def test_a_notebook_whose_cell_fails_has_failed() -> None:
    ran = run("notebook", None, ("bad.ipynb", notebook_of("x = 1", "1 / 0")), within_s=LONG_S)
    assert (ran.standing.reason, ran.standing.exit_code) == (Reason.EXIT, 1)
    assert "ZeroDivisionError" in ran.log("stderr")
    assert (ran.work / "output.ipynb").exists()


MODEST = """
[engine]
runtime = "runc"
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=512:512"]
netns = "host"
"""
"""For a test machine that is itself a container: what podman would raise or make of its own may be denied there."""


@pytest.fixture
def image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An image with a shell, made here and not fetched."""
    need("docker", "podman", "podman")
    need("docker", "busybox", "busybox-static")
    (tmp_path / "root" / "bin").mkdir(parents=True)
    shutil.copy(shutil.which("busybox") or "", tmp_path / "root" / "bin" / "sh")
    subprocess.run(f"tar -C {tmp_path}/root -c . | podman import --quiet - capsulier-test", shell=True, check=False)
    probe = ["podman", "run", "--rm", "capsulier-test", "sh", "-c", "true"]
    if subprocess.run(probe, capture_output=True, check=False).returncode != 0:
        need("docker", "/usr/sbin/runc", "runc")
        (tmp_path / "containers.conf").write_text(MODEST)
        monkeypatch.setenv("CONTAINERS_CONF", str(tmp_path / "containers.conf"))
        probed = subprocess.run(probe, capture_output=True, text=True, check=False)
        if probed.returncode != 0:
            cannot_test("docker", f"podman cannot run containers here: {probed.stderr.strip()[-200:]}")
    yield "capsulier-test"
    subprocess.run(["podman", "image", "rm", "--force", "capsulier-test"], capture_output=True, check=False)


def test_a_container(image: str) -> None:
    said = (
        'echo "$CAPSULIER_JOB_NAME" $GREETING >made.txt; echo "{\\"progress\\": 1}" >"$CAPSULIER_JOB_PROGRESS"; exit 4'
    )
    ran = run("docker", f"{image} sh -c '{said}'", runtime="podman", variables={"GREETING": "hello"}, within_s=LONG_S)
    assert ran.standing.exit_code == 4, ran.told()
    assert (ran.work / "made.txt").read_text() == "nightly hello\n"
    told = read_progress(Execution(id=int(ran.directory.name.split("-")[0]), placement=1))
    assert told is not None
    assert told.value == 1


def test_a_container_that_runs_too_long_is_ended_with_its_command(image: str) -> None:
    ran = run("docker", f"{image} sh -c 'while :; do :; done'", runtime="podman", timeout_s=3, within_s=LONG_S)
    assert ran.standing.reason is Reason.TIMEOUT
    list_running = ["podman", "ps", "--quiet", "--filter", f"name={ran.directory.name.split('-')[0]}"]
    # podman's monitor notices the end of the container's process by itself, and writes it down a moment later.
    until(lambda: not subprocess.run(list_running, capture_output=True, check=True).stdout, what="its end in podman")


@pytest.fixture
def docker_image(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An image with a shell in a daemon of docker's own, which changes nothing of the machine's network."""
    need("docker", "dockerd", "docker.io")
    need("docker", "busybox", "busybox-static")
    place = Path(tempfile.mkdtemp(prefix="capsulier-docker-"))  # a socket's path is short
    (place / "root" / "bin").mkdir(parents=True)
    shutil.copy(shutil.which("busybox") or "", place / "root" / "bin" / "sh")
    own = ["--data-root", place / "data", "--exec-root", place / "exec", "--pidfile", place / "pid"]
    alone = ["--storage-driver=vfs", "--iptables=false", "--ip6tables=false", "--bridge=none"]
    monkeypatch.setenv("DOCKER_HOST", f"unix://{place}/docker.sock")
    monkeypatch.setattr(runtimes, "_answers", {})  # that no daemon answered a moment ago, too
    monkeypatch.setattr(capsule_health, "_lately", {})
    with (place / "log").open("wb") as log:
        daemon = subprocess.Popen(["dockerd", "--host", f"unix://{place}/docker.sock", *own, *alone], stderr=log)
    try:
        try:
            until(lambda: subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0)
        except AssertionError:
            cannot_test("docker", f"dockerd does not start here: {(place / 'log').read_text()[-300:]}")
        taken_in = f"tar -C {place}/root -c . | docker import - capsulier-test"
        subprocess.run(taken_in, shell=True, check=True, capture_output=True)
        yield "capsulier-test"
    finally:
        daemon.terminate()
        daemon.wait(60)
        shutil.rmtree(place, ignore_errors=True)


def test_a_container_of_docker(docker_image: str) -> None:
    said = 'echo "$CAPSULIER_JOB_NAME" $GREETING >made.txt; echo "$0" >&2; exit 4'
    variables = {"GREETING": "hello"}
    ran = run("docker", f"{docker_image} sh -c '{said}'", runtime="docker", variables=variables, within_s=LONG_S)
    assert ran.standing.exit_code == 4, ran.told()
    assert (ran.work / "made.txt").read_text() == "nightly hello\n"
    assert ran.log("stderr") == "sh\n"


def test_a_container_of_docker_that_runs_too_long_is_ended_with_its_command(docker_image: str) -> None:
    command = f"{docker_image} sh -c 'while :; do :; done'"
    ran = run("docker", command, runtime="docker", timeout_s=3, within_s=LONG_S)
    assert ran.standing.reason is Reason.TIMEOUT
    list_running = ["docker", "ps", "--quiet"]
    until(lambda: not subprocess.run(list_running, capture_output=True, check=True).stdout, what="its end in docker")
