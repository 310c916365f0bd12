"""What Slurm says, taken apart, and said again in words for people."""

import pytest

from capsulier.core.launch import Launch, Limits
from capsulier.engines.slurm.commands import sbatch_options
from capsulier.engines.slurm.settings import SlurmSettings
from capsulier.engines.slurm.words import (
    ClusterJob,
    ClusterNode,
    megabytes,
    read_job,
    read_nodes,
    read_queue,
    why_waiting,
)


def a_job(reason: str, *, cpus: int = 1, memory_mb: int = 100) -> ClusterJob:
    return ClusterJob("7", "capsulier.0.81-1", "PENDING", cpus, memory_mb, "", reason)


def a_node(name: str = "n1", *, state: str = "mixed", free_cpus: int = 4, free_memory_mb: int = 48_000) -> ClusterNode:
    return ClusterNode(name, state, 8, free_cpus, 64_000, free_memory_mb)


def test_the_queue_is_read_whatever_stands_in_its_last_column() -> None:
    [waiting, over] = read_queue("12|capsulier.0.81-1|PENDING|2|500M||Resources\n9|x|NODE_FAIL|1|1.50G|n3|a|b\n")
    assert (waiting.number, waiting.cpus, waiting.memory_mb, waiting.is_waiting) == ("12", 2, 500, True)
    assert (over.memory_mb, over.node, over.reason, over.is_over, over.lost_its_node) == (1536, "n3", "a|b", True, True)


def test_a_node_of_two_partitions_is_one_node() -> None:
    said = "n2  idle   0/8/0/8  64000 0  \nn1 mixed 3/5/0/8 64000 16000\nn1 mixed 3/5/0/8 64000 16000\n"
    assert [(each.name, each.free_cpus, each.free_memory_mb) for each in read_nodes(said)] == [
        ("n1", 5, 48_000),
        ("n2", 8, 64_000),
    ]


@pytest.mark.parametrize(
    ("text", "mb"), [("500M", 500), ("64G", 65_536), ("2T", 2_097_152), ("1024K", 1), ("7", 7), ("", 0)]
)
def test_sizes(text: str, mb: int) -> None:
    assert megabytes(text) == mb


def test_a_job_is_read_from_its_facts() -> None:
    job = read_job("JobId=5 JobName=a=b JobState=OUT_OF_MEMORY Reason=OutOfMemory ReqNodeList=(null) NodeList=n1")
    assert job is not None
    assert (job.number, job.name, job.state, job.node) == ("5", "a=b", "OUT_OF_MEMORY", "n1")
    assert read_job("") is None


@pytest.mark.parametrize(
    ("job", "nodes", "words"),
    [
        (a_job("Resources", memory_mb=64_000), [a_node()], "waits for memory: 67 GB asked, 50 GB free"),
        (a_job("Resources", cpus=8), [a_node(), a_node(free_cpus=6)], "waits for processors: 8 asked, 6 free"),
        (a_job("Resources"), [a_node()], "waits for a place on the cluster"),
        (a_job("Resources"), [a_node(state="down*"), a_node(state="drained")], "waits for a node: none is up"),
        (a_job("Priority"), [], "waits for its turn on the cluster: others come before it"),
        (a_job("PartitionDown"), [], "waits for its partition, which is down"),
        (a_job("QOSMaxJobsPerUserLimit"), [], "waits for a limit of the cluster (QOSMaxJobsPerUserLimit)"),
        (a_job("SomethingNew"), [], "waits for the cluster (SomethingNew)"),
    ],
)
def test_why_it_waits(job: ClusterJob, nodes: list[ClusterNode], words: str) -> None:
    assert why_waiting(job, nodes) == words


def test_everything_that_slurm_would_choose_by_itself_is_said() -> None:
    launch = Launch(81, 1, "true", {}, limits=Limits(timeout_s=90, memory_bytes=1 << 30, cpus=1.5, grace_s=10))
    options = sbatch_options(SlurmSettings("http://x", partition="batch", qos="low"), launch, "capsulier.0.81-1")
    assert {"--mem=1088M", "--cpus-per-task=2", "--time=62", "--no-requeue", "--partition=batch", "--qos=low"} <= {
        *options
    }


def test_a_launch_s_own_options_win() -> None:
    launch = Launch(81, 1, "true", {}, options={"partition": "gpu", "gres": "gpu:1"})
    options = sbatch_options(SlurmSettings("http://x", partition="batch"), launch, "name")
    assert {"--partition=gpu", "--gres=gpu:1", "--mem=1088M", "--cpus-per-task=1"} <= {*options}
    assert not any(each.startswith("--time") for each in options)
