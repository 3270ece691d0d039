"""Des paramètres qui se contredisent : la phrase, et le champ à corriger."""


class Contradiction(ValueError):
    """Un paramètre refusé : `champ` est son nom, `phrase` dit lequel des deux corriger."""

    def __init__(self, champ: str, phrase: str) -> None:
        super().__init__(phrase)
        self.champ = champ
        self.phrase = phrase
