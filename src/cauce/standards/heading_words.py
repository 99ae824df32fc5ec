"""Of which words is a heading made? Takes `camelCase`, `snake_case`, accents and case apart.

When two headings mean the same field is answered by the room `harmonise`.
"""

import re
import unicodedata

from cauce.standards import form_words

__all__ = ["heading_words", "split_words"]


def split_words(text: str) -> tuple[str, ...]:
    """Every word and number of a heading, in its order.

    >>> split_words("prs_FirstName"), split_words("Año de Registro")
    (('prs', 'first', 'name'), ('ano', 'de', 'registro'))
    """
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    plain = unicodedata.normalize("NFKD", apart).casefold()
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return tuple(re.findall(r"[^\W\d_]+|\d+", letters))


def heading_words(text: str) -> tuple[str, ...]:
    """The words that carry the meaning: articles and prepositions of the three languages away, unless none is left.

    >>> heading_words("Fecha de nacimiento")
    ('fecha', 'nacimiento')
    """
    words = split_words(text)
    return tuple(word for word in words if word not in form_words.words("small")) or words
