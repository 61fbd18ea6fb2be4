"""Letters as TeX names them, and as matplotlib's copies of its fonts number them."""

import unicodedata

_GREEK = "αβγδεζηθικλμνξπρστυφχψ"
_CAPITALS = "ΓΔΘΛΞΠΣΥΦΨ"
# Computer Modern as matplotlib brings it (BaKoMa): its numbers are not those of Unicode.
_LETTERS = {
    "cmmi": dict(zip("®¯°±²³´µ¶∙¸¹º»¼½¾¿ÀÁÂÃ", _GREEK, strict=True))
    | {"!": "ω", '"': "ε", "'": "φ", ":": ".", ";": ",", "=": "/"},
    "cmr": dict(zip("¡¢£¤¥¦§¨©ª", _CAPITALS, strict=True)) | {"\u00ad": "Ω"},
    "cmsy": {"¡": "−", "¢": "·", "£": "×", "¤": "∗", "§": "±", "±": "∘", "»": "∼", "¼": "≈"},
}


def tex_letter(letter: str, font: str) -> str:
    """Return what a letter shows in a font, by the font's name.

    Examples
    --------
    >>> tex_letter("¹", "GLWMXF+Cmmi10"), tex_letter("¹", "DejaVuSans")
    ('μ', '¹')
    """
    family = font.rpartition("+")[2].lower().rstrip("0123456789")
    return _LETTERS.get(family, {}).get(letter, letter)


def greek(name: str) -> str:
    """Return the Greek letter that TeX calls so, "" for what is none.

    Examples
    --------
    >>> greek("mu"), greek("Lambda"), greek("varphi"), greek("times")
    ('μ', 'Λ', 'φ', '')
    """
    size = "CAPITAL" if name[:1].isupper() else "SMALL"
    letter = name.removeprefix("var").upper().replace("LAMBDA", "LAMDA")  # as Unicode spells it
    try:
        return unicodedata.lookup(f"GREEK {size} LETTER {letter}")
    except KeyError:
        return ""
