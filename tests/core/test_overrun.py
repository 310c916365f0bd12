from capsulier.core.overrun import in_words


def test_it_says_for_how_long_and_after_what() -> None:
    assert in_words(3600, 7800) == "runs longer than usual: 2 h 10 min, warned after 1 h"
    assert in_words(3600) == "runs longer than usual, warned after 1 h"
    assert in_words(None) == "runs longer than usual"
