"""Steps in words: decided once, by a model or by the matcher, and performed like any other step."""
