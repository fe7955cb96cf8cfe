import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis

from config.redis import EmbeddedRedis

OWNER = """
import sys, time
from pathlib import Path
from config.redis import EmbeddedRedis
server = EmbeddedRedis(Path(sys.argv[1]))
server.ensure()
print(server.client().info("server")["process_id"], flush=True)
time.sleep(600)
"""


def start_owner(folder: Path) -> tuple[subprocess.Popen[str], int]:
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def end(process: subprocess.Popen[str]) -> None:
    with process:
        process.kill()


def gone(pid: int) -> bool:
    for _ in range(200):
        if not Path(f"/proc/{pid}").exists() or "(redis-server) Z" in _stat(pid):
            return True
        time.sleep(0.05)
    return False


def _stat(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "(redis-server) Z"


def test_processes_that_start_at_once_share_one_server_that_ends_with_the_last(tmp_path):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", OWNER, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    pids = {int(process.stdout.readline()) for process in processes}
    assert len(pids) == 1
    end(processes[0])
    end(processes[1])
    time.sleep(0.3)
    assert EmbeddedRedis(tmp_path).client().ping()
    end(processes[2])
    assert gone(pids.pop())


def test_the_server_outlives_whoever_started_it(tmp_path):
    first, pid = start_owner(tmp_path)
    second = EmbeddedRedis(tmp_path)
    second.ensure()
    os.kill(first.pid, signal.SIGKILL)
    end(first)
    time.sleep(0.3)
    with second.client() as client:
        assert client.info("server")["process_id"] == pid
    second.release()
    assert gone(pid)


def test_a_killed_server_is_started_again_by_whoever_needs_it(tmp_path):
    server = EmbeddedRedis(tmp_path)
    server.ensure()
    with server.client() as client:
        pid = client.info("server")["process_id"]
    os.kill(pid, signal.SIGKILL)
    assert gone(pid)
    server.ensure()
    with server.client() as client:
        assert client.ping()
    server.release()


def test_a_folder_with_a_long_path_has_its_socket_in_a_short_one(tmp_path):
    folder = tmp_path / ("long" * 30)
    server = EmbeddedRedis(folder)
    server.ensure()
    assert len(str(server.socket)) < 100
    with server.client() as client:
        assert client.ping()
    server.release()


def test_a_client_of_a_server_that_is_down_fails_at_once(tmp_path):
    with pytest.raises(redis.ConnectionError):
        EmbeddedRedis(tmp_path).client().ping()
