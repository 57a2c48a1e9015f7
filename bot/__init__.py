"""First Mile: health messages from people you know, and somebody who asks after you when you come home.

The house is a grid: folders are kinds of code, files in them are the same nouns.

    cli -> app -> {conversations  web  delivery  ticks  simulator}   the doors: someone spoke, asked, a message waits,
                                                                     a time came
                      -> actions                                     one use case = one transaction
                          -> {catalogue  store}                      words            SQL
                              -> domain                              pure rules

Arrows point down only; tests/test_architecture.py holds them.
"""

__version__ = "0.1.0"
