"""The lessons: a folder each, with its source, exercises, questions and explorer."""
