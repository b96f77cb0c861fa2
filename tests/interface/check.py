"""The interface for other programs, as such a program meets it: by a client that is generated from its own
description, and by schemathesis, which tries what nobody thought of. Run by `cargo xtask test interface`.

Everything happens in a folder of its own, against the stand-in CLI.
"""

import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BIN = Path(sys.executable).parent
BOSK = os.environ["BOSK_BIN"]
LIMIT = 60


def run(*words, **more):
    return subprocess.run(words, check=True, text=True, **more)


def told(*words, environment):
    return run(BOSK, *words, env=environment, stdout=subprocess.PIPE).stdout


def repository(folder: Path, environment) -> Path:
    made = folder / "shop"
    run("git", "init", "--quiet", "--initial-branch=main", str(made), env=environment)
    identity = ["-c", "user.name=Tester", "-c", "user.email=tester@example.org"]
    run("git", "-C", str(made), *identity, "commit", "--quiet", "--allow-empty", "--message=first", env=environment)
    return made


def with_generated_client(folder: Path, address: str, token: str, environment):
    description = folder / "openapi.json"
    description.write_text(told("serve", "--describe", environment=environment))
    run(str(BIN / "openapi-python-client"), "generate", "--path", str(description), "--meta", "none",
        "--output-path", str(folder / "bosk_client"), stdout=subprocess.DEVNULL)
    sys.path.insert(0, str(folder))
    client = importlib.import_module("bosk_client").AuthenticatedClient(base_url=address, token=token)
    models = importlib.import_module("bosk_client.models")
    call = lambda name: importlib.import_module(f"bosk_client.api.tasks.{name}")
    wanted = models.Execute(prompt="By a generated client\n!ask\n!say Done.", repository=str(repository(folder, environment)))
    accepted = call("execute").sync(client=client, body=wanted)
    begun = time.monotonic()
    while True:
        task = call("show").sync(accepted.task_id, client=client)
        assert time.monotonic() - begun < LIMIT, task
        if task.glance == "done":
            break
        if task.asks:
            allow = models.Answering.from_dict({"request_id": task.asks[0]["request_id"], "answer": {"answer": "allow"}})
            assert call("answer").sync_detailed(accepted.task_id, client=client, body=allow).status_code in (202, 409)
        time.sleep(0.05)
    assert task.title == "By a generated client" and not task.problem, task
    assert [one.task_id for one in call("list_").sync(client=client)] == [accepted.task_id]
    assert call("end").sync_detailed(accepted.task_id, client=client).status_code == 202
    nobody = models.Execute(prompt="x", repository="/nowhere")
    refused = call("execute").sync(client=client, body=nobody)
    assert refused.code == "not_a_repository", refused


def with_schemathesis(address: str, token: str):
    # That a folder must be a repository, no schema says, and 3.0 is no whole number here. What was ended can still
    # be looked at.
    run(str(BIN / "schemathesis"), "run", f"{address}/api/openapi.json", "--header", f"Authorization: Bearer {token}",
        "--exclude-checks", "positive_data_acceptance,use_after_free", "--max-examples", "50", "--no-color")


def main():
    with tempfile.TemporaryDirectory(prefix="bosk-interface-") as name:
        folder = Path(name)
        (folder / "person").mkdir()
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(folder / "person"), "BOSK_HOME": str(folder / "home"),
            "CLAUDE_CONFIG_DIR": str(folder / "claude"), "GIT_CONFIG_NOSYSTEM": "1", "BOSK_BIN": BOSK,
            "BOSK_CLAUDE": str(Path(BOSK).with_name("stand-in-claude")),
        }
        token = told("serve", "--show-token", environment=environment).strip()
        served = subprocess.Popen([BOSK, "serve", "--port", "0"], env=environment, text=True, stdout=subprocess.PIPE)
        try:
            address = served.stdout.readline().strip()
            with_generated_client(folder, address, token, environment)
            with_schemathesis(address, token)
            assert served.poll() is None, "it has ended"
        finally:
            served.kill()
            listed = json.loads(told("ls", "--json", environment=environment))
            for session in listed:
                # It may have ended by itself.
                subprocess.run([BOSK, "kill", session["id"]], env=environment, check=False, capture_output=True)


if __name__ == "__main__":
    main()
