"""Kubernetes' own schemas accept the manifests; unknown fields are mistakes."""

from __future__ import annotations

import kubernetes_validate
import pytest

from tests.deploy.manifests import objects

VERSION = "1.34"
OF_OTHERS = {"ScaledObject", "TriggerAuthentication"}
"""KEDA's kinds, which Kubernetes' schemas do not know."""

KNOWN = [each for each in objects() if each["kind"] not in OF_OTHERS]


@pytest.mark.parametrize("manifest", KNOWN, ids=lambda m: f"{m['kind']} {m['metadata']['name']}")
def test_it_is_of_its_schema(manifest):
    kubernetes_validate.validate(manifest, VERSION, strict=True)
