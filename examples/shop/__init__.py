"""The Looking-Glass Shop: a small web shop with everything a browser test meets in life."""
