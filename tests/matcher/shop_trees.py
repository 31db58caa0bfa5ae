"""Accessibility trees of pages of the example shop, as Stagehand 4.3 wrote them, shortened."""

from __future__ import annotations

import asyncio
from typing import Any

from executor.matcher.matcher import Matcher
from executor.words.question import Kind, Question

HOME = """\
[1-2] RootWebArea: The Looking-Glass Shop
  [1-26] scrollable, html
    [1-35] body
      [1-36] banner
        [1-37] link: The Looking-Glass Shop
        [1-40] navigation: Main
          [1-42] button: Departments ▾
            [1-44] StaticText: Departments
          [1-54] link: Log in
          [1-56] link: Cart 0
            [1-57] StaticText: Cart
            [1-59] StaticText: 0
      [1-60] main
        [1-61] region: White Rabbit pocket watch
          [1-62] div
            [1-65] heading: White Rabbit pocket watch
              [1-66] link: White Rabbit pocket watch
            [1-68] paragraph
              [1-69] StaticText: Always two days slow, and never late again.
            [1-5] form
              [1-70] LabelText
                [1-71] StaticText: Name
                [1-6] textbox: Name
              [1-74] button: Buy now
              [1-77] StaticText: $42
        [1-79] region: All products
          [1-80] div
            [1-81] heading: All products
            [1-9] search
              [1-10] searchbox: Search the shop
              [1-7] checkbox: In stock only
              [1-91] div
                [1-92] LabelText
                  [1-93] StaticText: Sort by
                [1-8] select: Sort by
                  [1-98] MenuListPopup
                    [1-100] option: Our choice [selected]
                    [1-101] option: Name
                    [1-102] option: Price, low to high
                    [1-103] option: Price, high to low
          [1-127] status
            [1-128] StaticText: 3 products
          [1-129] div
            [1-130] article
              [1-131] link: Dormouse teapot $28
                [1-133] heading: Dormouse teapot
                [1-135] paragraph
                  [1-136] StaticText: $28
            [1-137] article
              [1-138] link: Unbirthday cups $18
                [1-140] heading: Unbirthday cups
                [1-142] paragraph
                  [1-143] StaticText: $18
            [1-186] article
              [1-187] link: Vorpal letter opener $24 Sold out
                [1-189] heading: Vorpal letter opener
                [1-191] paragraph
                  [1-192] StaticText: $24
                [1-193] paragraph
                  [1-194] StaticText: Sold out
        [1-16] Iframe: Newsletter
          [0-11] RootWebArea: Newsletter
            [0-196] scrollable, html
              [0-202] body
                [0-203] div
                  [0-204] heading: Rabbit-hole news
                  [0-206] paragraph
                    [0-207] StaticText: Once a month, and never on your unbirthday.
                [0-12] form
                  [0-13] textbox: Email
                  [0-212] button: Subscribe
      [1-214] contentinfo
        [1-217] link: Traps
"""

CART = """\
[1-364] RootWebArea: Your cart
  [1-373] body
    [1-374] banner
      [1-377] navigation: Main
        [1-386] link: Cart 2
          [1-343] StaticText: Cart
          [1-342] StaticText: 2
    [1-388] main
      [1-389] heading: Your cart
      [1-390] div
        [1-391] table
          [1-392] rowgroup
            [1-393] row
              [1-394] columnheader: Product
              [1-395] columnheader: Price
              [1-396] columnheader: Quantity
              [1-397] columnheader: Sum
              [1-398] columnheader
          [1-400] row
            [1-403] cell: Dormouse teapot White
              [1-404] link: Dormouse teapot
              [1-350] LineBreak: \n\
              [1-351] StaticText: White
            [1-406] cell: $28
            [1-407] cell
              [1-336] spinbutton: Quantity of Dormouse teapot
                [1-353] StaticText: 1
              [1-412] button: Update
            [1-413] cell: $28
            [1-414] cell
              [1-415] button: Remove
          [1-500] row
            [1-503] cell: Dormouse teapot cosy
              [1-504] link: Dormouse teapot cosy
            [1-506] cell: $7
            [1-507] cell
              [1-536] spinbutton: Quantity of Dormouse teapot cosy
                [1-553] StaticText: 2
              [1-512] button: Update
            [1-513] cell: $14
            [1-514] cell
              [1-515] button: Remove
        [1-416] complementary: Summary
          [1-417] paragraph
            [1-357] StaticText: Total: $42
          [1-418] link: Check out
          [1-421] button: Empty the cart
"""

CHECKOUT = """\
[1-474] RootWebArea: Checkout
  [1-483] body
    [1-498] main
      [1-499] section
        [1-500] heading: Checkout
        [1-465] form
          [1-501] LabelText
            [1-450] StaticText: Full name
            [1-466] textbox: Full name
              [1-467] StaticText: Ann Liddell
          [1-505] LabelText
            [1-452] StaticText: Password
            [1-468] textbox: Password
              [1-469] StaticText: •••
          [1-507] div
            [1-508] LabelText
              [1-453] StaticText: Country
            [1-470] select: Country
              [1-511] MenuListPopup
                [1-515] option: Choose… [selected]
                [1-518] option: United Kingdom
                [1-527] option: Wonderland
          [1-530] group: Delivery
            [1-531] Legend
              [1-455] StaticText: Delivery
            [1-471] radio: Standard (free) [checked]
            [1-472] radio: Express ($8)
          [1-473] checkbox: I accept the terms [checked]
          [1-475] switch: Gift wrap
          [1-600] combobox: Wrapping paper
          [1-601] combobox: Ribbon
          [1-537] div
            [1-461] StaticText: Total: $28
            [1-539] button: Place order
      [1-602] listbox
        [1-603] option: Hearts
        [1-604] option: Spades
"""

ORDER = """\
[1-763] RootWebArea: Order confirmed
  [1-772] body
    [1-787] main
      [1-788] section
        [1-790] heading: Thank you, Ann
        [1-791] paragraph
          [1-752] StaticText: Your order 1001 is on its way.
        [1-792] div
          [1-793] table
            [1-795] row
              [1-796] cell
              [1-798] cell: 1 x White Rabbit pocket watch
              [1-800] cell: $1,042.50
            [1-801] row
              [1-802] rowheader: Standard delivery
              [1-804] cell: $0
          [1-805] paragraph
            [1-758] StaticText: Order total:
            [1-759] StaticText: $1,042.50
          [1-810] DescriptionList
            [1-811] term: Weight
            [1-812] definition
              [1-813] StaticText: 3 kg
            [1-814] term: Gift
            [1-815] definition
              [1-816] StaticText: yes
        [1-806] p
          [1-807] link: Download receipt
          [1-808] link: Keep shopping
"""


def ask(kind: Kind, tree: str, instruction: str, **properties: str) -> Any:
    """The content that the matcher answers; properties are those of the schema, name to type."""
    schema = {"type": "object", "properties": {n: {"type": t} for n, t in properties.items()}}
    question = Question(kind, instruction, "", "", tree, schema)
    return asyncio.run(Matcher().answer(question)).content
