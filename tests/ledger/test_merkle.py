"""Trees and their proofs, for any number of leaves."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from domain.merkle import Tree, root, root_from


def leaves(count):
    return [hashlib.sha256(bytes([n])).digest() for n in range(count)]


@given(st.integers(1, 70), st.data())
def test_every_leaf_leads_to_the_root_by_its_proof_alone(count, data):
    tree = Tree(leaves(count))
    assert tree.root == root(leaves(count))
    index = data.draw(st.integers(0, count - 1))
    proof = tree.proof(index)
    assert root_from(leaves(count)[index], index, count, proof) == tree.root
    other = data.draw(st.integers(0, count - 1).filter(lambda n: n != index) | st.just(-1))
    assert root_from(leaves(count)[index], other, count, proof) != tree.root
    assert root_from(leaves(count)[index], index, count, [*proof, tree.root]) is None
    assert root_from(bytes(32), index, count, proof) != tree.root


def test_the_tree_is_that_of_rfc_6962():
    a, b, c = leaves(3)
    inner = hashlib.sha256(b"\x01" + a + b).digest()
    assert root([a, b, c]) == hashlib.sha256(b"\x01" + inner + c).digest()
    assert root([a]) == a
