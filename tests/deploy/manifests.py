"""Reading what is deployed: Compose's services and Kubernetes' objects, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from tests.deploy.conftest import DEPLOY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KUBERNETES = DEPLOY / "kubernetes"
COMPOSE = DEPLOY / "compose" / "compose.yaml"


def services() -> dict[str, dict[str, Any]]:
    """Compose's services, merged as YAML merges them."""
    return YAML(typ="safe").load(COMPOSE)["services"]


def kubernetes_files() -> list[Path]:
    """Every manifest, without the lists that name them."""
    found = [*KUBERNETES.glob("*.yaml"), *KUBERNETES.glob("nodes/*.yaml")]
    return sorted(path for path in found if path.name != "kustomization.yaml")


def objects(*files: Path) -> list[dict[str, Any]]:
    """What is in these files, or in all."""
    reader = YAML(typ="safe")
    return [each for path in files or kubernetes_files() for each in reader.load_all(path)]


def named(kind: str, name: str) -> dict[str, Any]:
    """One object."""
    (found,) = (o for o in objects() if (o["kind"], o["metadata"]["name"]) == (kind, name))
    return found


def pods(*files: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The pods that are made, by their maker's name."""
    for each in objects(*files):
        spec = each.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            yield each["metadata"]["name"], spec["template"]["spec"]


def containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    """All of a pod's, those that run first too."""
    return pod.get("initContainers", []) + pod["containers"]
