"""What is deployed is well formed, says what the code reads, and gives away nothing it need not."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from runtime.broker.rabbitmq import topology
from runtime.settings import SECRET_PREFIX, Settings
from tests.deploy.conftest import DEPLOY
from tests.deploy.manifests import (
    COMPOSE,
    KUBERNETES,
    containers,
    kubernetes_files,
    named,
    objects,
    pods,
    services,
)

BIN = Path(sys.executable).parent
SCRIPTS = ["compose/make-secrets", "rabbitmq/make-definitions", "setup/browser", "setup/python",
           "setup/rabbitmq"]  # fmt: skip
ROLES = ("api", "dispatcher", "projections", "executor")
ELSEWHERE = {"PROCTOR_URL", "PROCTOR_METRICS_PORT"}
"""Read by the client, and by the server that every role has beside its work."""

GRACE = float(Settings.model_fields["drain_grace"].default)
AFTER_GRACE = 20
"""Seconds an executor may need behind its grace, to give the attempt back and end its browser."""

YAML_STYLE = """
extends: default
rules:
  line-length: {max: 120}
  document-start: disable
  braces: {max-spaces-inside: 0}
  comments: {min-spaces-from-content: 1}
  comments-indentation: disable
"""


def assert_clean(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def seconds(text: str) -> int:
    return int(text.removesuffix("s"))


# -- well formed ---------------------------------------------------------------------------------


def test_the_yaml_is_tidy():
    assert_clean(BIN / "yamllint", "--strict", "-d", YAML_STYLE, DEPLOY)


def test_compose_is_of_its_schema():
    assert_clean(BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE)


def test_the_dockerfile_has_no_known_mistake():
    assert_clean(BIN / "hadolint", DEPLOY / "docker" / "Dockerfile")


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_has_no_known_mistake(script):
    assert_clean(BIN / "shellcheck", "--severity", "warning", DEPLOY / script)


def test_the_kustomization_names_every_manifest():
    named = YAML(typ="safe").load(KUBERNETES / "kustomization.yaml")["resources"]
    assert sorted(named) == [p.name for p in kubernetes_files() if p.parent == KUBERNETES]


def test_no_image_is_bound_to_a_registry():
    images = [service["image"] for service in services().values()]
    images += [container["image"] for _, pod in pods() for container in containers(pod)]
    images += re.findall(r"^ARG PYTHON=(.*)$", (DEPLOY / "docker" / "Dockerfile").read_text(), re.M)
    assert [image for image in images if "/" in image] == []


# -- as the code has it --------------------------------------------------------------------------


def test_only_settings_are_set():
    known = {f"PROCTOR_{name.upper()}" for name in Settings.model_fields} | ELSEWHERE
    given = {name for service in services().values() for name in service.get("environment", {})}
    for _, pod in pods():
        for container in containers(pod):
            given |= {each["name"] for each in container.get("env", [])}
    (generated,) = YAML(typ="safe").load(KUBERNETES / "kustomization.yaml")["configMapGenerator"]
    given |= {literal.partition("=")[0] for literal in generated["literals"]}
    given |= set(re.findall(r"PROCTOR_\w+(?==)", (DEPLOY / "docker" / "Dockerfile").read_text()))
    proctors = {n for n in given if n.startswith("PROCTOR_") and not n.startswith(SECRET_PREFIX)}
    assert proctors - known == set()


def test_compose_waits_longer_than_a_role_drains():
    for name in ROLES:
        service = services()[name]
        grace = float(service["environment"].get("PROCTOR_DRAIN_GRACE", GRACE))
        assert seconds(service["stop_grace_period"]) >= grace + AFTER_GRACE


def test_kubernetes_waits_longer_than_a_role_drains():
    for name in ROLES:
        pod = named("Deployment", name)["spec"]["template"]["spec"]
        given = {each["name"]: each.get("value") for each in pod["containers"][0].get("env", [])}
        grace = float(given.get("PROCTOR_DRAIN_GRACE") or GRACE)
        assert pod["terminationGracePeriodSeconds"] >= grace + AFTER_GRACE


def test_the_scaler_counts_the_queue_that_its_executors_consume():
    (trigger,) = named("ScaledObject", "executor")["spec"]["triggers"]
    (container,) = named("Deployment", "executor")["spec"]["template"]["spec"]["containers"]
    (pool,) = (each["value"] for each in container["env"] if each["name"] == "PROCTOR_POOL")
    assert trigger["metadata"]["queueName"] == topology.run_queue(pool)
    assert trigger["metadata"]["excludeUnacknowledged"] == "false"


def test_what_is_uninstalled_from_the_image_is_not_what_proctor_runs_on():
    command = [sys.executable, DEPLOY / "docker" / "unneeded.py"]
    listed = set(
        subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.decode().split()
    )
    assert {"pytest", "mypy", "ruff", "hypothesis"} <= listed
    needed = {
        "proctor",
        "pika",
        "playwright",
        "psycopg",
        "psycopg-binary",
        "psycopg-pool",
        "uvicorn",
    }
    assert listed & needed == set()


# -- secrets -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As the script makes them."""
    folder = tmp_path_factory.mktemp("secrets") / "made"
    subprocess.run([DEPLOY / "compose" / "make-secrets", folder], check=True, capture_output=True)
    return folder


def test_the_script_makes_every_file_that_compose_reads(secrets):
    named = set(re.findall(r"\./secrets/([\w.-]+)", COMPOSE.read_text()))
    assert {each for each in named if not (secrets / each).is_file()} == set()


def test_the_script_makes_every_secret_that_kubernetes_needs(secrets):
    named = {
        source["secretRef"]["name"].removeprefix("proctor-")
        for _, pod in pods()
        for container in containers(pod)
        for source in container.get("envFrom", [])
        if "secretRef" in source and not source["secretRef"].get("optional")
    }
    assert named == {*ROLES, "migrate", "retention"}
    assert {each for each in named if not (secrets / f"{each}.env").is_file()} == set()


def test_a_role_is_given_no_other_roles_password(secrets):
    def passwords(text: str) -> set[str]:
        return set(re.findall(r"[0-9a-f]{48,64}", text))

    given = {role: passwords((secrets / f"{role}.env").read_text()) for role in ROLES}
    assert sum(len(each) for each in given.values()) == len(set.union(*given.values())) == 8


def test_passwords_are_kept_when_the_script_runs_again(secrets):
    before = (secrets / "api.env").read_text()
    subprocess.run([DEPLOY / "compose" / "make-secrets", secrets], check=True, capture_output=True)
    assert (secrets / "api.env").read_text() == before


def test_the_folder_of_secrets_is_closed_and_never_committed(secrets):
    assert secrets.stat().st_mode & 0o077 == 0
    assert "secrets/" in (DEPLOY / "compose" / ".gitignore").read_text().splitlines()


def test_no_manifest_holds_a_secret():
    assert [each["metadata"]["name"] for each in objects() if each["kind"] == "Secret"] == []


# -- no more than it must ------------------------------------------------------------------------


def test_nothing_is_published_but_on_this_machine():
    ports = [port for service in services().values() for port in service.get("ports", [])]
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_a_service_has_limits_and_may_gain_nothing():
    for service in services().values():
        assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory", "pids"}
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]


def test_a_role_cannot_write_to_its_image():
    assert all(services()[name]["read_only"] for name in (*ROLES, "migrate"))


def test_every_pod_of_proctor_keeps_the_restricted_standard():
    for _, pod in pods(*KUBERNETES.glob("*.yaml")):
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"]["type"] in {"RuntimeDefault", "Localhost"}
        for container in containers(pod):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }


def test_executors_run_under_the_profile_that_the_nodes_are_given():
    pod = named("Deployment", "executor")["spec"]["template"]["spec"]
    folder, _, name = pod["securityContext"]["seccompProfile"]["localhostProfile"].partition("/")
    assert (KUBERNETES / "nodes" / name).is_file()
    (volume,) = (
        volume["hostPath"]["path"]
        for each, pod in pods()
        for volume in pod["volumes"]
        if each == "seccomp-profile" and "hostPath" in volume
    )
    assert volume == f"/var/lib/kubelet/seccomp/{folder}"
    assert f"seccomp:../kubernetes/nodes/{name}" in services()["executor"]["security_opt"]


def test_a_tested_page_does_not_reach_the_metadata_address():
    internet, _ = named("NetworkPolicy", "sites")["spec"]["egress"]
    (excepted,) = (to["ipBlock"]["except"] for to in internet["to"] if "except" in to["ipBlock"])
    assert {"169.254.0.0/16", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"} <= set(excepted)
