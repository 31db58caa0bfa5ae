"""An element's path: from the document down, through frames and open shadow roots.

Written as Stagehand writes it: `/html[1]/body[1]/my-card[1]//div[1]/button[1]`, where `//` enters
a shadow root and what follows an `iframe` is the document inside. It names exactly one element or
none, so unlike a locator by role it never finds another one that is like it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import FrameLocator, Locator, Page, Selectors

_ENGINE = "path"
_SCRIPT = r"""{
  queryAll(root, path) {
    let element = root;
    for (const [, slashes, tag, place] of path.matchAll(/(\/\/?)([^\/\[]+)\[(\d+)\]/g)) {
      const scope = slashes === "//" ? element.shadowRoot : element;
      const children = scope ? [...scope.children] : [];
      element = children.filter((child) => child.localName.toLowerCase() === tag)[place - 1];
      if (!element) return [];
    }
    return element === root ? [] : [element];
  },
  query(root, path) { return this.queryAll(root, path)[0] ?? null; },
}"""
_FRAME = re.compile(r"(?<=\])(?=/html\[1\])")

TEXT_OF_PATH = r"""(element) => {
  const path = (node) => {
    const parent = node.parentNode;
    if (!parent || parent.nodeType === Node.DOCUMENT_NODE) return `/${node.localName}[1]`;
    const alike = [...parent.children].filter((child) => child.localName === node.localName);
    const own = `${node.localName}[${alike.indexOf(node) + 1}]`;
    return parent instanceof ShadowRoot ? `${path(parent.host)}//${own}` : `${path(parent)}/${own}`;
  };
  return path(element);
}"""
"""The path of an element within its own document."""


async def teach(selectors: Selectors) -> None:
    """Makes Playwright understand `path=`, in a world that the page cannot reach into."""
    await selectors.register(_ENGINE, script=_SCRIPT, content_script=True)


def locate(page: Page, path: str) -> Locator:
    """The locator of the one element at `path`; Playwright must have been taught."""
    *_, own = _FRAME.split(path)
    return root_of(page, path).locator(f"{_ENGINE}={own}")


def root_of(page: Page, path: str) -> Page | FrameLocator:
    """The document that the element at `path` is in."""
    *frames, _ = _FRAME.split(path)
    root: Page | FrameLocator = page
    for frame in frames:
        root = root.locator(f"{_ENGINE}={frame}").content_frame
    return root
