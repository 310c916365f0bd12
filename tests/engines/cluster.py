"""A real Slurm cluster of three nodes on this machine, with a munge and a configuration of its own."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.engines.far_node import FarNetwork
from tests.servers import until

PACKAGES = ("slurmctld", "slurmd", "slurm-client", "slurm-wlm-basic-plugins", "munge")
NODES = ("n1", "n2", "n3")
_INSTALL = Path(__file__).parents[2] / ".ci" / "install-debian"
_CONFIGURATION = """
ClusterName=tests
SlurmctldHost={host}({here})
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={place}/munge.socket
CredType=cred/munge
SlurmctldPort={ports[0]}
StateSaveLocation={place}/slurmctld
SlurmdSpoolDir={place}/%n
SlurmctldPidFile={place}/slurmctld.pid
SlurmdPidFile={place}/%n.pid
SlurmctldLogFile={place}/slurmctld.log
SlurmdLogFile={place}/%n.log
ProctrackType=proctrack/cgroup
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0
SlurmdParameters=config_overrides
BatchStartTimeout=120
SlurmdTimeout={lost_after_s}
JobRequeue=0
KillWait=3
MinJobAge=60
ReturnToService=2
NodeName=n1 NodeHostname={host} NodeAddr={here} Port={ports[1]} CPUs=64 RealMemory=64000
NodeName=n2 NodeHostname={host} NodeAddr={here} Port={ports[2]} CPUs=64 RealMemory=64000
NodeName=n3 NodeHostname={host} NodeAddr={there} Port={ports[3]} CPUs=64 RealMemory=64000
PartitionName=batch Nodes=n1,n2,n3 Default=YES LLN=YES MaxTime=INFINITE State=UP
PartitionName=far Nodes=n3 MaxTime=INFINITE State=UP
"""


@dataclass
class SlurmCluster:
    place: Path
    network: FarNetwork | None = None
    """Of the last node, where it is to be cut off."""
    daemons: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return {"SLURM_CONF": str(self.place / "slurm.conf")}

    def start(self, name: str) -> None:
        """Of `munged`, `slurmctld`, or a node."""
        log = (self.place / f"{name}.out").open("ab")
        with log:
            self.daemons[name] = subprocess.Popen(
                self._command(name), env=os.environ | self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def _command(self, name: str) -> list[str]:
        if name == "munged":
            own = {"key-file": "key", "socket": "socket", "pid-file": "pid", "log-file": "log", "seed-file": "seed"}
            paths = [f"--{option}={self.place}/munge.{end}" for option, end in own.items()]
            return ["munged", "--foreground", "--force", *paths]
        if name == "slurmctld":
            return ["slurmctld", "-D"]
        enter = self.network.enter if self.network and name == NODES[-1] else []
        return [*enter, "slurmd", "-D", "-N", name]

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """The daemon; the jobs that it has started go on."""
        self.daemons[name].send_signal(number)
        if number == signal.SIGKILL:
            self.daemons[name].wait()

    def run(self, *command: str) -> str:
        done = subprocess.run(
            command, env=os.environ | self.environment, capture_output=True, text=True, check=False, timeout=30
        )
        return done.stdout

    def wait_until_idle(self) -> None:
        idle = {f"{node} idle" for node in NODES}
        until(lambda: {*self.run("sinfo", "-h", "-N", "-o", "%N %T").splitlines()} == idle, within_s=90, every_s=0.2)

    def stop(self) -> None:
        with ExitStack() as stack:
            for daemon in self.daemons.values():
                stack.callback(daemon.wait)
                stack.callback(daemon.kill)
        _end_steps(self.place)


@contextmanager
def slurm_cluster(*, lost_after_s: int = 10, network: FarNetwork | None = None) -> Iterator[SlurmCluster]:
    """Up and idle; ended with all of its jobs afterwards. With a network, the last node is in it."""
    _install()
    place = Path(tempfile.mkdtemp(prefix="capsulier-slurm-"))
    place.chmod(0o755)
    cluster = SlurmCluster(place, network)
    (place / "munge.key").write_bytes(os.urandom(128))
    (place / "munge.key").chmod(0o600)
    (place / "slurmctld").mkdir()
    facts = {"host": os.uname().nodename.partition(".")[0], "place": place, "ports": _ports(4)}
    facts |= {"here": network.here if network else "127.0.0.1", "there": network.there if network else "127.0.0.1"}
    text = _CONFIGURATION.format(**facts, user="root" if os.getuid() == 0 else os.getlogin(), lost_after_s=lost_after_s)
    (place / "slurm.conf").write_text(text)
    is_hybrid = Path("/sys/fs/cgroup/freezer").exists()
    (place / "cgroup.conf").write_text(f"CgroupPlugin=cgroup/{'v1' if is_hybrid else 'v2'}\n")
    try:
        cluster.start("munged")
        until((place / "munge.socket").exists)
        for name in ("slurmctld", *NODES):
            cluster.start(name)
        cluster.wait_until_idle()
        yield cluster
    finally:
        cluster.run("scancel", "--me")
        cluster.stop()
        shutil.rmtree(place, ignore_errors=True)


def _install() -> None:
    if shutil.which("slurmctld") and shutil.which("munged"):
        return
    for package in PACKAGES:
        if subprocess.run([_INSTALL, package, "the tests on a Slurm cluster"], check=False).returncode:
            pytest.fail(f"The Debian package {package} is not there.")


def _ports(count: int) -> list[int]:
    with ExitStack() as stack:
        held = [stack.enter_context(closing(socket.socket())) for _ in range(count)]
        for each in held:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in held]


def _end_steps(place: Path) -> None:
    """What jobs have left: their configuration's path is in their environment."""
    mark = f"SLURM_CONF={place}/slurm.conf".encode()
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in path.read_bytes().split(b"\0") and int(path.parent.name) != os.getpid():
                os.kill(int(path.parent.name), signal.SIGKILL)
        except OSError:
            continue
