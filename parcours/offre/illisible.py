"""Ce qui ne se lit pas d'un fichier : le fichier entier, ou l'un de ses objets."""


class FichierIllisible(ValueError):
    """Rien ne peut être lu du fichier. Le texte de l'erreur dit pourquoi et quoi faire."""


class Illisible(str):
    """Un objet du fichier qui ne se lit pas ; le texte dit pourquoi."""

    __slots__ = ()
