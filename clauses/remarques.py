"""Les constats des contrôles, prêts à lire : teinte, icône, mot, et à qui ils se montrent."""

from collections.abc import Iterable
from dataclasses import dataclass

from clauses.models import Constat, NiveauControle
from clauses.regles.controles import CATALOGUE, ConstatHeures
from comptes.models import Profil

# Niveau → teinte du message, icône, mot.
ASPECTS = {
    NiveauControle.BLOQUANT: ("refus", "triangle", "Bloquant"),
    NiveauControle.NE_COMPTE_PAS: ("attente", "croix", "Ne compte pas"),
    NiveauControle.AVERTISSEMENT: ("attente", "triangle", "Avertissement"),
    NiveauControle.INFORMATION: ("info", "info", "Information"),
}


@dataclass(frozen=True, slots=True)
class Remarque:
    """Un constat prêt à lire : son niveau, sa phrase, son dessin."""

    niveau: str
    phrase: str

    @property
    def teinte(self) -> str:
        return ASPECTS[NiveauControle(self.niveau)][0]

    @property
    def symbole(self) -> str:
        return ASPECTS[NiveauControle(self.niveau)][1]

    @property
    def mot(self) -> str:
        return ASPECTS[NiveauControle(self.niveau)][2]


def remarques(constats: Iterable[Constat | ConstatHeures], profil: str) -> list[Remarque]:
    """Les constats à montrer à ce profil, du plus lourd au plus léger."""
    ordre = list(ASPECTS)
    trouvees = [Remarque(str(c.niveau), c.phrase) for c in constats if se_montre(c.code, profil)]
    return sorted(trouvees, key=lambda r: ordre.index(r.niveau))


def se_montre(code: str, profil: str) -> bool:
    """Un constat réservé ne se montre qu'au facilitateur ; celui d'un contrôle retiré du catalogue aussi, par prudence."""
    return profil == Profil.FACILITATEUR or (code in CATALOGUE and not CATALOGUE[code].reserve)
