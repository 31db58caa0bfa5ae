"""The matcher: plain instructions and statements resolved against the page, without a model."""
